/**
 * What is published of retries, overload and tails, or was computed from the published models: data, copied from
 * elsewhere.
 *
 * The trials of aws-samples/aws-arch-backoff-simulator (2015), of which each has 100 means and the standard deviation
 * of one trial; the model of N. Bronson and others, *Metastable Failures in Distributed Systems*, HotOS 2021, over
 * 300 runs; J. Dean, L. Barroso, *The Tail at Scale*, CACM 2013.
 */
import type { Algorithm } from './contended-row.ts';

export interface PublishedFigure {
  readonly mean: number;
  /** Of a single trial. */
  readonly deviation: number;
}

export interface PublishedTrials {
  readonly completionMs: PublishedFigure;
  readonly writeCalls: PublishedFigure;
}

/** The trials behind each published mean. */
export const publishedTrials = 100;

const trials = (
  completion: readonly [number, number],
  calls: readonly [number, number],
): PublishedTrials => ({
  completionMs: { mean: completion[0], deviation: completion[1] },
  writeCalls: { mean: calls[0], deviation: calls[1] },
});

/** By the number of clients. */
export const backoffRows: Readonly<Record<number, Readonly<Record<Algorithm, PublishedTrials>>>> = {
  10: {
    none: trials([377, 34], [50.4, 4.1]),
    exponential: trials([3590, 1322], [51, 4.1]),
    decorrelatedJitter: trials([437, 86], [37.7, 2.2]),
    equalJitter: trials([734, 199], [43, 2.5]),
    fullJitter: trials([458, 100], [38.9, 2.3]),
  },
  100: {
    none: trials([2029, 48], [2424, 35]),
    exponential: trials([62984, 3670], [1851, 61]),
    decorrelatedJitter: trials([4643, 760], [1002, 30]),
    equalJitter: trials([6664, 656], [812, 8.4]),
    fullJitter: trials([4857, 458], [796, 7.7]),
  },
};

/** Goodput in three windows, in seconds, over 300 runs. */
export const metastableRows: readonly {
  readonly arrivalRate: number;
  readonly resends: number;
  readonly windows: readonly (readonly [from: number, to: number, figure: PublishedFigure])[];
}[] = [
  {
    arrivalRate: 280,
    resends: 1,
    windows: [
      [0, 60, { mean: 279.9, deviation: 2.3 }],
      [150, 200, { mean: 0, deviation: 0 }],
      [500, 600, { mean: 0, deviation: 0 }],
    ],
  },
  {
    arrivalRate: 280,
    resends: 0,
    windows: [
      [0, 60, { mean: 279.9, deviation: 2.3 }],
      [150, 200, { mean: 183.2, deviation: 49.1 }],
      [500, 600, { mean: 279.9, deviation: 1.7 }],
    ],
  },
  {
    arrivalRate: 140,
    resends: 1,
    windows: [
      [0, 60, { mean: 140, deviation: 1.6 }],
      [150, 200, { mean: 138.5, deviation: 14.6 }],
      [500, 600, { mean: 140, deviation: 1.2 }],
    ],
  },
];

/** That at least one of `n` leaves exceeds what each exceeds with `q`. */
export const fanOutRows = [
  { q: 0.01, n: 100, probability: 0.634 },
  { q: 0.0001, n: 2000, probability: 0.181 },
] as const;
