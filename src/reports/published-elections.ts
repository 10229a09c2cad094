/**
 * What is published about Raft's elections: data, copied from elsewhere.
 *
 * D. Ongaro, *Consensus: Bridging Theory and Practice*, Stanford 2014, chapter 9, and the simulator behind its
 * figures, github.com/ongardie/availsim; D. Ongaro, J. Ousterhout, *In Search of an Understandable Consensus
 * Algorithm*, USENIX ATC 2014, figure 16. Quantiles are read from the published curves.
 */

export const percentiles = ['p5', 'p25', 'p50', 'p75', 'p90', 'p95', 'p99'] as const;
export type Percentile = (typeof percentiles)[number];

/** The share of the runs that a percentile stands for. */
export const shareOf = (name: Percentile): number => Number(name.slice(1)) / 100;

/** A published distribution of election times, in ms. */
export interface PublishedTimes {
  readonly mean: number;
  readonly percentilesMs: Readonly<Partial<Record<Percentile, number>>>;
}

/** Clusters of the table of split votes, and the latencies as fractions of the range of timeouts. */
export const splitVotes = {
  clusters: [
    { servers: 3, live: 3 },
    { servers: 3, live: 2 },
    { servers: 5, live: 5 },
    { servers: 5, live: 4 },
    { servers: 5, live: 3 },
  ],
  latencyFractions: [0.01, 0.05, 0.1, 0.15, 0.2],
} as const;

/** Five servers, 30 to 40 ms one way, timeouts of 300 to 600 ms, timers fresh at 0; 10,000 runs each. */
export const wideArea: readonly {
  readonly id: string;
  readonly says: string;
  readonly failed: number;
  readonly logsDiffer: boolean;
  readonly published: PublishedTimes;
}[] = [
  {
    id: 'f0',
    says: 'all five up',
    failed: 0,
    logsDiffer: false,
    published: {
      mean: 431,
      percentilesMs: { p5: 372, p25: 386, p50: 410, p75: 446, p90: 489, p95: 526, p99: 834 },
    },
  },
  {
    id: 'f1',
    says: 'one down',
    failed: 1,
    logsDiffer: false,
    published: {
      mean: 470,
      percentilesMs: { p5: 375, p25: 394, p50: 423, p75: 474, p90: 563, p95: 814, p99: 1007 },
    },
  },
  {
    id: 'logsDifferF0',
    says: 'all up, logs of five lengths',
    failed: 0,
    logsDiffer: true,
    published: {
      mean: 494,
      percentilesMs: { p5: 378, p25: 417, p50: 471, p75: 539, p90: 614, p95: 654, p99: 943 },
    },
  },
];

/** Five servers of one local network, the leader dies, two of the others cannot win; 1,000 trials each. */
export const figure16: readonly {
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
  readonly published: PublishedTimes;
}[] = [
  {
    minTimeoutMs: 12,
    maxTimeoutMs: 24,
    published: { mean: 35, percentilesMs: { p5: 18, p25: 24, p50: 30, p75: 42, p90: 53, p99: 87 } },
  },
  {
    minTimeoutMs: 150,
    maxTimeoutMs: 200,
    published: {
      mean: 156,
      percentilesMs: { p5: 104, p25: 125, p50: 146, p75: 167, p90: 194, p99: 352 },
    },
  },
  {
    minTimeoutMs: 150,
    maxTimeoutMs: 300,
    published: {
      mean: 181,
      percentilesMs: { p5: 115, p25: 144, p50: 171, p75: 208, p90: 244, p99: 415 },
    },
  },
  {
    minTimeoutMs: 150,
    maxTimeoutMs: 155,
    published: {
      mean: 345,
      percentilesMs: { p5: 106, p25: 154, p50: 287, p75: 435, p90: 609, p99: 1242 },
    },
  },
];
