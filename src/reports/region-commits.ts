/**
 * What a commit costs a client between real regions. With fixed latencies the answer is exact: the client's round
 * trip to the leader, and the leader's to the follower that completes its majority, which is the
 * floor(n / 2)-th nearest one.
 */
import type { TopLevelSpec } from 'vega-lite';
import { constant } from '../model/distribution.ts';
import { regionalLaw, regions } from '../model/latency.ts';
import { raft } from '../protocols/raft/system.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { type Cell, toleratedCell } from './cells.ts';
import { colour } from './palette.ts';

/** Servers in regions, the leader first, and the client's region. */
export interface Placement {
  readonly says: string;
  readonly servers: readonly string[];
  readonly client: string;
}

export interface CommitRow extends Placement {
  readonly commits: number;
  /** From the request to the answer: the shortest and the longest. */
  readonly minMs: number;
  readonly maxMs: number;
  readonly clientRoundTripMs: number;
  /** Of the follower that completes the leader's majority. */
  readonly quorumRoundTripMs: number;
}

/** Regions of AWS and of Google Cloud, whose round trips were measured; see src/model/latency.ts. */
export const placements: readonly Placement[] = [
  {
    says: 'three in Europe',
    servers: ['eu-west-1', 'eu-west-2', 'eu-central-1'],
    client: 'eu-west-1',
  },
  {
    says: 'five in Europe',
    servers: ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1'],
    client: 'eu-central-1',
  },
  {
    says: 'three over two oceans',
    servers: ['us-east-1', 'eu-west-1', 'ap-northeast-1'],
    client: 'us-east-1',
  },
  {
    says: 'the same, client in Tokyo',
    servers: ['us-east-1', 'eu-west-1', 'ap-northeast-1'],
    client: 'ap-northeast-1',
  },
  {
    says: 'five on four continents',
    servers: ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-2', 'sa-east-1'],
    client: 'us-east-2',
  },
  {
    says: 'the same, led from Sydney',
    servers: ['ap-southeast-2', 'us-east-1', 'us-west-2', 'eu-west-1', 'sa-east-1'],
    client: 'us-east-2',
  },
  {
    says: 'five of Google Cloud',
    servers: ['us-central1', 'us-east1', 'us-west1', 'europe-west1', 'asia-east1'],
    client: 'us-central1',
  },
];

/** The expected latency of a commit. */
export const expectedMs = (row: CommitRow): number => row.clientRoundTripMs + row.quorumRoundTripMs;

/** A microsecond for each of the four ways, which are rounded to whole ones. */
const toleranceMs = 0.004;

export function isExact(row: CommitRow): boolean {
  const expected = expectedMs(row);
  return expected - row.minMs <= toleranceMs && row.maxMs - expected <= toleranceMs;
}

/** A client in its region commits so many commands, one after the other. */
export function measureCommits(placement: Placement, commits: number, seed: Seed): CommitRow {
  const { servers, client } = placement;
  const nodes = servers.map((region, index) => [`s${index + 1}`, region] as const);
  const latency = regions(Object.fromEntries([...nodes, ['c1', client]]), { scatter: false });
  const done = run(raft, {
    seed,
    parameters: {
      servers: servers.length,
      commands: commits,
      standing: 's1',
      // Longer than any round trip between regions, so that nobody asks twice.
      electionMinMs: 2000,
      electionMaxMs: 4000,
      heartbeatMs: 1000,
    },
    latency,
    // The leader's write overlaps with replication; a follower's is not in the formula.
    forceLatency: constant(0),
    // By then the first term has its leader.
    think: constant(6000),
    horizonMs: 8000 * (commits + 1),
  });
  const { latency: taken } = done.metrics.operations;
  if (taken.count !== commits || taken.minMs === null || taken.maxMs === null)
    throw new Error(`broken promise: ${taken.count} of ${commits} commands were committed`);
  const roundTripMs = (from: string, to: string): number =>
    [regionalLaw(latency, from, to), regionalLaw(latency, to, from)].reduce(
      (sum, law) => sum + (law.kind === 'constant' ? law.ms : Number.NaN),
      0,
    );
  const followers = nodes.slice(1).map(([name]) => roundTripMs('s1', name));
  followers.sort((a, b) => a - b);
  return {
    ...placement,
    commits,
    minMs: taken.minMs,
    maxMs: taken.maxMs,
    clientRoundTripMs: roundTripMs('c1', 's1'),
    quorumRoundTripMs: followers[Math.floor(servers.length / 2) - 1] as number,
  };
}

export function commitCells(rows: readonly CommitRow[]): readonly Cell[] {
  return rows.map((row) =>
    toleratedCell(
      'commits between regions',
      `${row.says}, client in ${row.client} (ms)`,
      `${expectedMs(row).toFixed(3)}: ${row.clientRoundTripMs.toFixed(3)} + ${row.quorumRoundTripMs.toFixed(3)}`,
      'client’s round trip + the floor(n / 2)-th nearest follower’s',
      row.minMs === row.maxMs
        ? row.minMs.toFixed(3)
        : `${row.minMs.toFixed(3)} to ${row.maxMs.toFixed(3)}`,
      isExact(row),
    ),
  );
}

/** Bars are the two parts of the formula, points are simulated. */
export function commitChart(rows: readonly CommitRow[]): TopLevelSpec {
  const parts = [
    { name: 'client’s round trip', of: (row: CommitRow) => row.clientRoundTripMs },
    {
      name: 'round trip that completes the majority',
      of: (row: CommitRow) => row.quorumRoundTripMs,
    },
  ];
  const values = parts.flatMap(({ name, of }, order) =>
    rows.map((row) => ({ placement: row.says, part: name, ms: of(row), order })),
  );
  const measured = rows.map((row) => ({ placement: row.says, ms: row.maxMs }));
  const y = {
    field: 'placement',
    type: 'nominal',
    sort: null,
    title: null,
    axis: { labelLimit: 240 },
  } as const;
  const title = 'latency of a commit (ms)';
  return {
    width: 260,
    height: 230,
    layer: [
      {
        data: { values },
        mark: { type: 'bar', opacity: 0.55, height: 14 },
        encoding: {
          y,
          x: { field: 'ms', type: 'quantitative', title, stack: 'zero' },
          color: {
            field: 'part',
            type: 'nominal',
            sort: null,
            scale: {
              domain: parts.map(({ name }) => name),
              range: [colour('slate'), colour('blue')],
            },
          },
          order: { field: 'order' },
        },
      },
      {
        data: { values: measured },
        mark: { type: 'point', filled: true, size: 50, opacity: 1, color: colour('ink') },
        encoding: { y, x: { field: 'ms', type: 'quantitative', title } },
      },
    ],
  };
}
