/**
 * How long elections take, against published distributions: over a wide area (Ongaro 2014, chapter 9), and after
 * a crash of the leader in a local network (figure 16 of the paper).
 */

import { Digest } from '../model/digest.ts';
import { constant, uniform } from '../model/distribution.ts';
import { createStreams, type Seed } from '../simulator/random.ts';
import { type Estimate, estimate } from '../statistics/estimate.ts';
import {
  type QuantileEstimate,
  quantile,
  quantileEstimate,
} from '../statistics/order-statistics.ts';
import { type Cell, toleratedCell } from './cells.ts';
import { awaited, type Election, firstHeartbeatMs, stableSinceMs } from './elections.ts';
import {
  type figure16,
  type Percentile,
  type PublishedTimes,
  percentiles,
  shareOf,
  type wideArea,
} from './published-elections.ts';

/** Runs at which the stated tolerances are meant; with fewer, they hold of the 99.9 % intervals. */
export const fullRuns = 10_000;

/** A measured time beside the published one. */
export interface TimeRow {
  readonly name: Percentile | 'mean';
  readonly publishedMs: number;
  readonly foundMs: number;
  /** 95 % interval. */
  readonly lowMs: number;
  readonly highMs: number;
  /** How far from the published one it may be. */
  readonly toleranceMs: number;
  readonly isWithin: boolean;
}

/** The distribution of a case's election times. */
export interface TimesOf {
  readonly id: string;
  readonly says: string;
  readonly runs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly rows: readonly TimeRow[];
  /** The 1st to the 99th percentile, for the curve. */
  readonly curveMs: readonly number[];
}

/** How far a measured time may be from a published one: a share of it, or so many ms if that is more. */
interface Tolerance {
  readonly share: number;
  readonly ms: number;
}

/** The longest log is the best; all entries are of one term. */
const differentLogs = '1 1.1 1.1.1 1.1.1.1 1.1.1.1.1';

/** The wide area of the dissertation's simulator: no disk, all timers fresh at 0. */
export function wideAreaElection(one: (typeof wideArea)[number]): Election {
  return {
    servers: 5,
    failed: one.failed,
    minTimeoutMs: 300,
    maxTimeoutMs: 600,
    heartbeatMs: 150,
    latency: uniform(30, 40),
    force: constant(0),
    // Servers are alike otherwise, so it does not matter who has which log.
    ...(one.logsDiffer && { logs: differentLogs }),
  };
}

/** From time 0 until the finally stable leader takes office. */
export function measureWideArea(one: (typeof wideArea)[number], runs: number, seed: Seed): TimesOf {
  const election = wideAreaElection(one);
  const times = seeds(seed, runs).map((own) => awaited(election, own, stableSinceMs));
  return timesOf(one.id, one.says, times, one.published, (name) => ({
    share: name === 'p99' ? 0.1 : 0.03,
    ms: 0,
  }));
}

/**
 * Figure 16, by a model that fits it: the paper gives a broadcast time of about 15 ms and not its parts.
 *
 * A run begins with the last heartbeat, which restarts all timers at almost the same time; the leader, with the
 * longest log, is down from then on. So the two of the other four with the shorter logs cannot win.
 */
export function crashElection(one: (typeof figure16)[number]): Election {
  return {
    servers: 5,
    failed: 1,
    minTimeoutMs: one.minTimeoutMs,
    maxTimeoutMs: one.maxTimeoutMs,
    heartbeatMs: one.minTimeoutMs / 2,
    latency: uniform(1, 4.5),
    force: uniform(1, 8),
    logs: differentLogs,
    startWithinMs: 2,
  };
}

/**
 * From the crash until somebody hears from a new leader. What the leader does between its last heartbeat and its
 * crash changes nothing, so the moment of the crash, uniform in the heartbeat interval, is drawn beside the run.
 */
export function measureCrash(
  one: (typeof figure16)[number],
  runs: number,
  seed: Seed,
  election: Election = crashElection(one),
): TimesOf {
  const times = seeds(seed, runs).map((own) => {
    const law = uniform(0, election.heartbeatMs);
    const crashUs = createStreams(own, new Digest()).duration('crash', 'leader', law);
    return awaited(election, own, firstHeartbeatMs) - crashUs / 1000;
  });
  const says = `timeouts ${one.minTimeoutMs} to ${one.maxTimeoutMs} ms`;
  const id = `${one.minTimeoutMs}-${one.maxTimeoutMs}`;
  // A third of the broadcast time, whose law is not published: of 18 ms, 15 % say nothing.
  return timesOf(id, says, times, one.published, () => ({ share: 0.15, ms: 5 }));
}

function seeds(seed: Seed, runs: number): readonly string[] {
  return Array.from({ length: runs }, (_, index) => `${seed}/${index + 1}`);
}

function timesOf(
  id: string,
  says: string,
  timesMs: readonly number[],
  published: PublishedTimes,
  toleranceOf: (name: Percentile | 'mean') => Tolerance,
): TimesOf {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const named: readonly (Percentile | 'mean')[] = ['mean', ...percentiles];
  const rows = named.flatMap((name): readonly TimeRow[] => {
    const publishedMs = name === 'mean' ? published.mean : published.percentilesMs[name];
    if (publishedMs === undefined) return [];
    const { share, ms } = toleranceOf(name);
    const toleranceMs = Math.max(share * publishedMs, ms);
    const { value, low, high } = estimated(sorted, name, 0.95);
    const slack = timesMs.length >= fullRuns ? undefined : estimated(sorted, name, 0.999);
    const isWithin =
      (slack?.low ?? value) <= publishedMs + toleranceMs &&
      (slack?.high ?? value) >= publishedMs - toleranceMs;
    return [{ name, publishedMs, foundMs: value, lowMs: low, highMs: high, toleranceMs, isWithin }];
  });
  return {
    id,
    says,
    runs: timesMs.length,
    minMs: quantile(sorted, 0),
    maxMs: quantile(sorted, 1),
    rows,
    curveMs: Array.from({ length: 99 }, (_, index) => quantile(sorted, (index + 1) / 100)),
  };
}

function estimated(
  sorted: readonly number[],
  name: Percentile | 'mean',
  confidence: number,
): QuantileEstimate {
  if (name !== 'mean') return quantileEstimate(sorted, shareOf(name), confidence);
  const { mean, low, high } = estimate(sorted, confidence) as Estimate;
  return { value: mean, low: low ?? mean, high: high ?? mean };
}

export function timeCells(figure: string, source: string, of: readonly TimesOf[]): readonly Cell[] {
  return of.flatMap(({ says, rows }) =>
    rows.map(({ name, publishedMs, foundMs, lowMs, highMs, toleranceMs, isWithin }) =>
      toleratedCell(
        figure,
        `${says}: ${name} (ms)`,
        `${publishedMs} ± ${rounded(toleranceMs)}`,
        source,
        `${rounded(foundMs)} (${rounded(lowMs)} to ${rounded(highMs)})`,
        isWithin,
      ),
    ),
  );
}

/** Of the experiment, about; its law is not published, so no model tells apart what is closer than this. */
const broadcastMs = 15;

/** Figure 16: which timeouts are better at which percentile, and that none beats half the shortest timeout. */
export function orderCells(source: string, of: readonly TimesOf[]): readonly Cell[] {
  const names = of[0]?.rows.map(({ name }) => name) ?? [];
  const orders = names.map((name) => {
    const times = of.map(({ id, rows }) => ({ id, ...rowOf(rows, name) }));
    const pairs = times.flatMap((one) => times.map((other) => ({ one, other })));
    const apart = pairs.filter(
      ({ one, other }) => one.publishedMs < other.publishedMs - broadcastMs,
    );
    const order = (key: 'publishedMs' | 'foundMs'): string =>
      times
        .toSorted((a, b) => a[key] - b[key])
        .map(({ id }) => id)
        .join(' < ');
    return toleratedCell(
      'figure 16',
      `order at ${name}`,
      `${order('publishedMs')}, where ${broadcastMs} ms apart`,
      source,
      order('foundMs'),
      apart.every(({ one, other }) => one.foundMs < other.foundMs),
    );
  });
  const minima = of.map(({ id, minMs }) => {
    const half = Number(id.split('-')[0]) / 2;
    return toleratedCell(
      'figure 16',
      `timeouts ${id} ms: shortest time (ms)`,
      `at least ${half}`,
      source,
      String(rounded(minMs)),
      minMs >= half,
    );
  });
  return [...orders, ...minima];
}

function rowOf(rows: readonly TimeRow[], name: TimeRow['name']): TimeRow {
  const row = rows.find((one) => one.name === name);
  if (row === undefined) throw new Error(`broken promise: no ${name} was published`);
  return row;
}

/** To a tenth. */
export const rounded = (ms: number): number => Math.round(ms * 10) / 10;
