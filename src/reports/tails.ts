/** Tails (Dean and Barroso, The Tail at Scale, 2013): the slowest of many leaves, and a second request in time. */
import type { TopLevelSpec } from 'vega-lite';
import { constant, exponential, pareto } from '../model/distribution.ts';
import { defineSystem } from '../model/system.ts';
import { defineCaller } from '../patterns/resilience/caller.ts';
import { hedge } from '../patterns/resilience/hedge.ts';
import { defineClient, type Request } from '../patterns/services/client.ts';
import { defineServices } from '../patterns/services/services.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { type Share, share } from '../statistics/estimate.ts';
import { binomialRange, type CountRange } from '../statistics/order-statistics.ts';
import { type Cell, toleratedCell } from './cells.ts';
import { colour } from './palette.ts';
import { fanOutRows } from './published-resilience.ts';

/** A share of runs or calls, beside the closed form and what that lets one expect with 99.9 %. */
export interface TailShare {
  readonly found: Share;
  readonly expected: number;
  readonly allowed: CountRange;
}

function tailShare(count: number, of: number, expected: number): TailShare {
  return { found: share(count, of), expected, allowed: binomialRange(of, expected, 0.999) };
}

export function isTailAllowed({ found: { count }, allowed }: TailShare): boolean {
  return count >= allowed.low && count <= allowed.high;
}

export interface FanOutRow extends TailShare {
  readonly n: number;
  /** What each leaf exceeds with this probability. */
  readonly q: number;
}

/** The latencies that a leaf exceeds with these probabilities are looked at. */
const shares = [0.01, 0.001, 0.0001] as const;
const leafMs = 10;

/** That at least one of `n` leaves exceeds what each exceeds with `q`. */
export const fanOutProbability = (q: number, n: number): number => 1 - (1 - q) ** n;

/** Waits for `n` calls that begin at once, so many times; run `i` has the seed `seed/n/i`. */
export function measureFanOut(n: number, runs: number, seed: Seed): readonly FanOutRow[] {
  const services = defineServices({ leaf: { time: exponential(leafMs), concurrency: n } });
  const operations = Array.from({ length: n }, (_, index): Request => {
    return { type: 'REQUEST', service: 'leaf', call: `leaf ${index + 1}` };
  });
  const system = defineSystem({
    name: 'fan-out',
    nodes: () => ({ root: defineClient(services, operations), ...services.nodes }),
  });
  const slowestMs = Array.from({ length: runs }, (_, index) => {
    const { metrics } = run(system, {
      seed: `${seed}/${n}/${index + 1}`,
      operations: operations.map((operation) => ({ process: 'root', operation, atMs: 0 })),
      latency: constant(0),
      horizonMs: 1e6,
    });
    const { returned, latency } = metrics.operations;
    if (returned !== n || latency.maxMs === null)
      throw new Error(`broken promise: ${returned} of ${n} leaves have answered`);
    return latency.maxMs;
  });
  return shares.map((q) => {
    const count = slowestMs.filter((ms) => ms > leafMs * Math.log(1 / q)).length;
    return { n, q, ...tailShare(count, runs, fanOutProbability(q, n)) };
  });
}

export interface HedgeRow extends TailShare {
  readonly hedged: boolean;
  /** The share of the calls that take longer. */
  readonly overMs: number;
}

export interface HedgeLoad extends TailShare {
  readonly afterMs: number;
}

/** What takes at least 5 ms, and has a long tail: mean 15 ms, one call in a thousand takes 500. */
const replica = { minMs: 5, shape: 1.5 } as const;
const replicaTail = (ms: number): number =>
  ms <= replica.minMs ? 1 : (replica.minMs / ms) ** replica.shape;

/** The second request is made after what one call in twenty exceeds. */
export const hedgeAfterMs = Math.round(replica.minMs * 0.05 ** (-1 / replica.shape));

/** Pr(X > t) with a second request after `h`. */
export function hedgedTail(tail: (ms: number) => number, h: number, ms: number): number {
  return ms <= h ? tail(ms) : tail(ms) * tail(ms - h);
}

const overMs = [10, 20, 30, 40, 50, 70, 100, 150, 200, 400] as const;

/** So many calls of a service with servers enough, with and without a second request. */
export function measureHedge(
  calls: number,
  seed: Seed,
): { readonly tails: readonly HedgeRow[]; readonly load: HedgeLoad } {
  const without = callsMs(false, calls, seed);
  const having = callsMs(true, calls, seed);
  const tails = [without, having].flatMap(({ takenMs, hedged }) =>
    overMs.map((ms): HedgeRow => {
      const count = takenMs.filter((one) => one > ms).length;
      const expected = hedged ? hedgedTail(replicaTail, hedgeAfterMs, ms) : replicaTail(ms);
      return { hedged, overMs: ms, ...tailShare(count, calls, expected) };
    }),
  );
  const more = tailShare(having.attempts - calls, calls, replicaTail(hedgeAfterMs));
  return { tails, load: { afterMs: hedgeAfterMs, ...more } };
}

function callsMs(hedged: boolean, calls: number, seed: Seed) {
  const services = defineServices({
    replica: { time: pareto(replica.minMs, replica.shape), concurrency: 1_000_000 },
  });
  const policies = hedged ? [hedge({ after: constant(hedgeAfterMs) })] : [];
  const system = defineSystem({
    name: 'hedging',
    nodes: () => ({ root: defineCaller(services, { policies }), ...services.nodes }),
  });
  const { trace, metrics } = run(system, {
    seed: `${seed}/${hedged ? 'hedged' : 'plain'}`,
    workload: [
      {
        loop: 'open',
        arrivals: { kind: 'constant', everyMs: 20 },
        mix: [{ operation: { type: 'REQUEST', service: 'replica' } }],
        fields: { call: { kind: 'serial' } },
        operations: calls,
      },
    ],
    latency: constant(0),
    horizonMs: 1e9,
    trace: true,
  });
  const takenMs: number[] = [];
  const begun = new Map<string, number>();
  for (const { atUs = 0, decision, effects } of trace) {
    if (decision.type === 'invoke')
      begun.set((decision.operation as unknown as Request).call, atUs);
    for (const effect of effects) {
      if (effect.type !== 'mark' || effect.name !== 'returned') continue;
      const { call } = effect.data as { readonly call: string };
      takenMs.push((atUs - (begun.get(call) ?? Number.NaN)) / 1000);
    }
  }
  if (takenMs.length !== calls)
    throw new Error(`broken promise: ${takenMs.length} of ${calls} calls were answered`);
  return { hedged, takenMs, attempts: metrics.messagesByType.call?.sent ?? 0 };
}

const source = 'Dean and Barroso 2013: closed form, with its 99.9 % interval';

function tailCell(figure: string, what: string, row: TailShare): Cell {
  const { found, expected, allowed } = row;
  const claim = `${expected.toPrecision(3)}: ${allowed.low} to ${allowed.high} of ${found.of}`;
  return toleratedCell(figure, what, claim, source, String(found.count), isTailAllowed(row));
}

export function fanOutCells(rows: readonly FanOutRow[]): readonly Cell[] {
  return rows.map((row) =>
    tailCell('fan-out', `${row.n} leaves, each slow with ${row.q}: runs that are slow`, row),
  );
}

export function hedgeCells(rows: readonly HedgeRow[], load: HedgeLoad): readonly Cell[] {
  const tails = rows.map((row) =>
    tailCell('hedging', `${row.hedged ? 'with' : 'without'}: calls over ${row.overMs} ms`, row),
  );
  return [...tails, tailCell('hedging', `second requests after ${load.afterMs} ms`, load)];
}

/** Lines are the closed form, filled marks are simulated, circles are published. */
export function fanOutChart(rows: readonly FanOutRow[]): TopLevelSpec {
  const named = (q: number): string => `each slow with ${q}`;
  const values = rows.map(({ n, q, found }) => {
    const [y, low, high] = [found.share, found.low, found.high].map((one) => 100 * one);
    return { n, q: named(q), y, low, high };
  });
  const curve = shares.flatMap((q) =>
    Array.from({ length: 34 }, (_, index) => {
      const n = 10 ** (index / 10);
      return { n, q: named(q), y: 100 * fanOutProbability(q, n) };
    }),
  );
  const published = fanOutRows.map(({ n, probability }) => ({ n, y: 100 * probability }));
  const domain = shares.map(named);
  const shared = { field: 'q', type: 'nominal', sort: null } as const;
  const range = [colour('red'), colour('violet'), colour('blue')];
  const color = { ...shared, scale: { domain, range } };
  const shape = { ...shared, scale: { domain, range: ['triangle-up', 'square', 'circle'] } };
  const x = {
    field: 'n',
    type: 'quantitative',
    title: 'leaves, logarithmic',
    scale: { type: 'log' },
    axis: { grid: false, tickCount: 4 },
  } as const;
  const y = { field: 'y', type: 'quantitative', title: 'requests that are slow (%)' } as const;
  return {
    width: 330,
    height: 250,
    layer: [
      {
        data: { values: curve },
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: { x, y, color },
      },
      {
        data: { values },
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 46, opacity: 1 },
        encoding: { x, y, color, shape },
      },
      {
        data: { values: published },
        mark: {
          ...{ type: 'point', filled: false, shape: 'circle', size: 150, strokeWidth: 1 },
          color: colour('ink'),
        },
        encoding: { x, y },
      },
    ],
  };
}

/** Lines are the closed form, marks are simulated. */
export function hedgeChart(rows: readonly HedgeRow[]): TopLevelSpec {
  const named = (hedged: boolean): string => (hedged ? 'with a second request' : 'without');
  const values = rows.map(({ hedged, overMs: ms, found }) => {
    const [y, low, high] = [found.share, found.low, found.high].map((one) => 100 * one);
    return { hedged: named(hedged), ms, y, low: Math.max(low ?? 0, 0.001), high };
  });
  const curve = [false, true].flatMap((hedged) =>
    Array.from({ length: 60 }, (_, index) => {
      const ms = 8 * 50 ** (index / 59);
      const tail = hedged ? hedgedTail(replicaTail, hedgeAfterMs, ms) : replicaTail(ms);
      return { hedged: named(hedged), ms, y: 100 * tail };
    }),
  );
  const domain = [named(false), named(true)];
  const shared = { field: 'hedged', type: 'nominal', sort: null } as const;
  const color = { ...shared, scale: { domain, range: [colour('red'), colour('blue')] } };
  const shape = { ...shared, scale: { domain, range: ['triangle-up', 'circle'] } };
  const x = {
    field: 'ms',
    type: 'quantitative',
    title: 'longer than so many ms, logarithmic',
    scale: { type: 'log' },
    axis: { grid: false, tickCount: 4 },
  } as const;
  const y = (field: string) =>
    ({
      field,
      type: 'quantitative',
      title: 'calls (%), logarithmic',
      scale: { type: 'log' },
      axis: { tickCount: 4 },
    }) as const;
  return {
    width: 330,
    height: 250,
    layer: [
      {
        data: { values: curve },
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: { x, y: y('y'), color },
      },
      {
        data: { values: values.filter((one) => one.high !== undefined && one.high > 0) },
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: { x, y: y('low'), y2: { field: 'high' }, color },
      },
      {
        data: { values: values.filter((one) => one.y !== undefined && one.y > 0) },
        mark: { type: 'point', filled: true, size: 46, opacity: 1 },
        encoding: { x, y: y('y'), color, shape },
      },
    ],
  };
}
