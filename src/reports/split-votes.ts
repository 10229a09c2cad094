/**
 * How often the first election is split, against the closed form (Ongaro 2014, chapter 9).
 *
 * The earliest server to time out asks for votes, and its request is `l` on its way. Servers whose timeouts
 * come before it is there stand too and vote for themselves; nobody hears them first who does not, since all
 * latencies are equal. So the first term has a leader if and only if the earliest server and those that it
 * reaches in time are a majority.
 */
import type { TopLevelSpec } from 'vega-lite';
import { constant } from '../model/distribution.ts';
import type { Seed } from '../simulator/random.ts';
import { type Share, share } from '../statistics/estimate.ts';
import { binomialRange, type CountRange } from '../statistics/order-statistics.ts';
import { type Cell, toleratedCell } from './cells.ts';
import { type Election, electionRun, leadersIn } from './elections.ts';
import { colour } from './palette.ts';
import { splitVotes } from './published-elections.ts';

export interface SplitPoint {
  readonly servers: number;
  readonly live: number;
  /** One-way latency as a fraction of the range of timeouts. */
  readonly latencyFraction: number;
}

export interface SplitRow extends SplitPoint {
  /** The closed form. */
  readonly expected: number;
  /** Runs without a leader in the first term, with the 95 % interval of their share. */
  readonly split: Share;
  /** How many there may be if the closed form is right, with 99.9 %. */
  readonly allowed: CountRange;
}

/** A timeout of 150 to 300 ms, as in the paper; its range is the unit of the latency. */
const timeouts = { minTimeoutMs: 150, maxTimeoutMs: 300 } as const;
const rangeMs = timeouts.maxTimeoutMs - timeouts.minTimeoutMs;

/** Every point of the published table. */
export const splitPoints: readonly SplitPoint[] = splitVotes.clusters.flatMap((cluster) =>
  splitVotes.latencyFractions.map((latencyFraction) => ({ ...cluster, latencyFraction })),
);

/**
 * The probability that `c - 1` or more of the others time out within `l` of the earliest, where `c` servers,
 * the earliest included, are too many for those that are left to be a majority with it.
 */
export function splitProbability({ servers, live, latencyFraction: l }: SplitPoint): number {
  const c = live - Math.floor(servers / 2) + 1;
  let sum = 0;
  for (let k = c - 1; k <= live; k++) sum += choose(live, k) * l ** k * (1 - l) ** (live - k);
  return sum;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

/** Simulates so many first elections of that point; run `i` has the seed `seed/i`. */
export function measureSplits(point: SplitPoint, runs: number, seed: Seed): SplitRow {
  const latencyMs = point.latencyFraction * rangeMs;
  const election: Election = {
    servers: point.servers,
    failed: point.servers - point.live,
    ...timeouts,
    heartbeatMs: timeouts.minTimeoutMs / 2,
    latency: constant(latencyMs),
    force: constant(0),
  };
  // The last one to time out at the latest, and its request and the votes on their way.
  const horizonMs = timeouts.maxTimeoutMs + 2 * latencyMs + 1;
  let count = 0;
  for (let i = 1; i <= runs; i++) {
    const { trace } = electionRun(election, `${seed}/${i}`, horizonMs);
    if (!leadersIn(trace).some(({ term }) => term === 1)) count++;
  }
  const expected = splitProbability(point);
  return {
    ...point,
    expected,
    split: share(count, runs),
    allowed: binomialRange(runs, expected, 0.999),
  };
}

/** Whether so many splits are what the closed form lets one expect. */
export function isAsExpected({ split: { count }, allowed: { low, high } }: SplitRow): boolean {
  return count >= low && count <= high;
}

export function splitCells(rows: readonly SplitRow[]): readonly Cell[] {
  return rows.map((row) =>
    toleratedCell(
      'split votes',
      `${row.live} of ${row.servers} servers up, latency ${row.latencyFraction} of the range`,
      `${percent(row.expected)}: ${row.allowed.low} to ${row.allowed.high} of ${row.split.of}`,
      'Ongaro 2014, chapter 9: closed form, with its 99.9 % interval',
      `${percent(row.split.share)}: ${row.split.count}`,
      isAsExpected(row),
    ),
  );
}

/** `5.23 %`. */
export function percent(value: number): string {
  return `${Number((100 * value).toPrecision(3))} %`;
}

const nameOf = ({ servers, live }: SplitPoint): string => `${live} of ${servers} servers up`;

/** Lines are the closed form, with the published points upon them; filled marks are simulated. */
export function splitChart(rows: readonly SplitRow[]): TopLevelSpec {
  const clusters = splitVotes.clusters.map((one) => nameOf({ ...one, latencyFraction: 0 }));
  const curve = splitVotes.clusters.flatMap((cluster) =>
    Array.from({ length: 41 }, (_, index) => {
      const point = { ...cluster, latencyFraction: index / 200 };
      return { cluster: nameOf(point), x: index / 200, y: 100 * splitProbability(point) };
    }),
  );
  const measured = rows.map((row) => ({
    cluster: nameOf(row),
    x: row.latencyFraction,
    y: 100 * row.split.share,
    low: 100 * row.split.low,
    high: 100 * row.split.high,
  }));
  const published = rows.map((row) => ({
    cluster: nameOf(row),
    x: row.latencyFraction,
    y: 100 * row.expected,
  }));
  const x = {
    field: 'x',
    type: 'quantitative',
    title: 'latency as a fraction of the range of timeouts',
    axis: { grid: false, tickCount: 5 },
  } as const;
  const y = {
    field: 'y',
    type: 'quantitative',
    title: 'first elections that are split (%)',
  } as const;
  const scale = {
    domain: clusters,
    range: [colour('teal'), colour('blue'), colour('slate'), colour('violet'), colour('red')],
  };
  const color = { field: 'cluster', type: 'nominal', sort: null, scale } as const;
  const shape = {
    field: 'cluster',
    type: 'nominal',
    sort: null,
    scale: { domain: clusters, range: ['diamond', 'square', 'cross', 'circle', 'triangle-up'] },
  } as const;
  return {
    width: 330,
    height: 260,
    layer: [
      {
        data: { values: curve },
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: { x, y, color },
      },
      {
        data: { values: measured },
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: {
          x,
          y: { ...y, field: 'low' },
          y2: { field: 'high' },
          color,
        },
      },
      {
        data: { values: measured },
        mark: { type: 'point', filled: true, size: 46, opacity: 1 },
        encoding: { x, y, color, shape },
      },
      {
        data: { values: published },
        mark: {
          type: 'point',
          filled: false,
          shape: 'circle',
          size: 150,
          strokeWidth: 1,
          color: colour('ink'),
        },
        encoding: { x, y },
      },
    ],
  };
}
