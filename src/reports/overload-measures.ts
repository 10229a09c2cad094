/** Overload kept alive by retries: the published rows, runs of the machines beside the model, and what cures it. */
import type { TopLevelSpec } from 'vega-lite';
import type { Seed } from '../simulator/random.ts';
import { type Estimate, estimate } from '../statistics/estimate.ts';
import { type Cell, cell, toleratedCell } from './cells.ts';
import { answeredUs, arrivalsUs, goodput, type Overload, published } from './metastable-model.ts';
import { type Cure, overloaded } from './overloads.ts';
import { colour } from './palette.ts';
import type { metastableRows, PublishedFigure } from './published-resilience.ts';

/** A published row, from runs of the model without machines. */
export interface MetastableRow {
  readonly arrivalRate: number;
  readonly resends: number;
  readonly runs: number;
  readonly windows: readonly {
    readonly from: number;
    readonly to: number;
    readonly found: Estimate;
    readonly published: PublishedFigure;
  }[];
}

/** Run `i` of each row has the seed `seed/i`. */
export function measureMetastable(
  row: (typeof metastableRows)[number],
  runs: number,
  seed: Seed,
): MetastableRow {
  const { arrivalRate, resends } = row;
  const overload: Overload = { ...published, arrivalRate, resends };
  const answered = Array.from({ length: runs }, (_, index) =>
    answeredUs(overload, arrivalsUs(overload, `${seed}/${index + 1}`)),
  );
  const windows = row.windows.map(([from, to, figure]) => {
    const found = estimate(answered.map((one) => goodput(one, from, to))) as Estimate;
    return { from, to, found, published: figure };
  });
  return { arrivalRate, resends, runs, windows };
}

/** Zero is exact; else four standard deviations of the mean, of which the published one has 300 runs. */
export function goodputTolerance({ deviation }: PublishedFigure, runs: number): number {
  return 4 * deviation * Math.hypot(1 / Math.sqrt(runs), 1 / Math.sqrt(300));
}

export function metastableCells(rows: readonly MetastableRow[]): readonly Cell[] {
  return rows.flatMap(({ arrivalRate, resends, runs, windows }) =>
    windows.map(({ from, to, found, published: figure }) => {
      const tolerance = goodputTolerance(figure, runs);
      return toleratedCell(
        'metastable',
        `${arrivalRate} calls a second, ${resends} resends: goodput from ${from} to ${to} s`,
        `${figure.mean} ± ${tolerance.toFixed(2)}`,
        'the published model over 300 runs; 4 standard errors of both means',
        found.mean.toFixed(2),
        Math.abs(found.mean - figure.mean) <= tolerance,
      );
    }),
  );
}

/** One run of the machines: what was answered in time, second by second. */
export interface CureRow {
  readonly name: string;
  readonly overload: Overload;
  /** Answers in time in each ten seconds, in a second. */
  readonly goodput: readonly number[];
  /** Whether every answer came in the microsecond in which the model has it; absent where it has no such cure. */
  readonly equalsModel?: boolean;
  /** Whether in the last quarter of the run what is asked is answered, as the rules let one expect. */
  readonly recovers: boolean;
  readonly expected: boolean;
}

export const windowSeconds = 10;

/** The published rates over `scale`, the time-out as it is; the system is the same but for its chance. */
function scaled(scale: number, resends: number, rate: number, horizonSeconds: number): Overload {
  const serviceRate = published.serviceRate / scale;
  return { ...published, arrivalRate: rate / scale, serviceRate, resends, horizonSeconds };
}

interface CureCase {
  readonly name: string;
  readonly resends: number;
  readonly rate: number;
  readonly cure?: Cure;
  readonly recovers: boolean;
}

/** The budget is 1 in 100: 1.01 times 280 is below 300, which 1.1 times would not be. */
export const cureCases: readonly CureCase[] = [
  { name: 'one resend', resends: 1, rate: 280, recovers: false },
  { name: 'no resend', resends: 0, rate: 280, recovers: true },
  { name: 'one resend, half the load', resends: 1, rate: 140, recovers: true },
  {
    name: 'one resend, budget of 1 %',
    resends: 1,
    rate: 280,
    cure: { budget: { kind: 'tokens', capacity: 5, callsPerRetry: 100 } },
    recovers: true,
  },
  {
    name: 'one resend, circuit breaker',
    resends: 1,
    rate: 280,
    cure: { hasBreaker: true },
    recovers: true,
  },
];

export function measureCure(
  { name, resends, rate, cure, recovers: expected }: CureCase,
  scale: number,
  horizonSeconds: number,
  seed: Seed,
): CureRow {
  const overload = scaled(scale, resends, rate, horizonSeconds);
  const ours = overloaded(overload, seed, cure);
  const model = answeredUs(overload, ours.arrivalsUs, 'done');
  const lastQuarter = Math.floor((3 * horizonSeconds) / 4);
  const late = goodput(ours.answeredUs, lastQuarter, horizonSeconds);
  const windows = Array.from({ length: horizonSeconds / windowSeconds }, (_, index) =>
    goodput(ours.answeredUs, windowSeconds * index, windowSeconds * (index + 1)),
  );
  return {
    ...{ name, overload, goodput: windows, expected },
    ...(cure === undefined && {
      equalsModel:
        model.length === ours.answeredUs.length &&
        model.every((atUs, index) => atUs === ours.answeredUs[index]),
    }),
    // Of what arrives by chance in the last quarter nine in ten: well above what a tipped system gives.
    recovers: late > 0.9 * asked(ours.arrivalsUs, lastQuarter, horizonSeconds),
  };
}

const asked = goodput;

export function cureCells(rows: readonly CureRow[]): readonly Cell[] {
  return rows.flatMap(({ name, equalsModel, recovers, expected }) => [
    cell(
      'overload',
      `${name}: recovers`,
      expected ? 'yes' : 'no',
      'derived: below the service rate with its resends',
      recovers ? 'yes' : 'no',
    ),
    ...(equalsModel === undefined
      ? []
      : [
          cell(
            'overload',
            `${name}: answers, each to the microsecond`,
            'those of the model',
            'derived: recursion without machines',
            equalsModel ? 'those of the model' : 'others',
          ),
        ]),
  ]);
}

/** Goodput over time; the band is the freeze. */
export function cureChart(rows: readonly CureRow[]): TopLevelSpec {
  const values = rows.flatMap(({ name, goodput: windows, overload }) =>
    windows.map((perSecond, index) => ({
      name,
      seconds: windowSeconds * (index + 0.5),
      share: (100 * perSecond) / overload.serviceRate,
    })),
  );
  const domain = rows.map(({ name }) => name);
  const shared = { field: 'name', type: 'nominal', sort: null } as const;
  const hues = [
    colour('red'),
    colour('slate'),
    colour('amber'),
    colour('blue'),
    colour('teal'),
  ] as const;
  const color = { ...shared, scale: { domain, range: hues.slice(0, domain.length) } };
  const shapes = ['triangle-up', 'diamond', 'cross', 'circle', 'square'] as const;
  const shape = { ...shared, scale: { domain, range: shapes.slice(0, domain.length) } };
  const x = {
    field: 'seconds',
    type: 'quantitative',
    title: 'seconds',
    axis: { grid: false },
  } as const;
  const y = {
    field: 'share',
    type: 'quantitative',
    title: 'answered in time (% of the service rate)',
  } as const;
  return {
    width: 420,
    height: 280,
    layer: [
      {
        data: {
          values: [{ from: published.frozenAt, to: published.frozenAt + published.freezeSeconds }],
        },
        mark: { type: 'rect', color: colour('line'), opacity: 0.6 },
        encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' } },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: { x, y, color },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 22, opacity: 1 },
        encoding: { x, y, color, shape },
      },
    ],
  };
}

/** Means of the runs of the model with 95 % intervals; circles are published. */
export function metastableChart(rows: readonly MetastableRow[]): TopLevelSpec {
  const named = ({ arrivalRate, resends }: MetastableRow): string =>
    `${arrivalRate} a second, ${resends === 1 ? 'one resend' : 'no resend'}`;
  const values = rows.flatMap((row) =>
    row.windows.map(({ from, to, found, published: figure }) => ({
      row: named(row),
      window: `${from} to ${to} s`,
      mean: found.mean,
      low: found.low ?? found.mean,
      high: found.high ?? found.mean,
      published: figure.mean,
    })),
  );
  const domain = rows.map(named);
  const shared = { field: 'row', type: 'nominal', sort: null } as const;
  const hues = [colour('red'), colour('slate'), colour('amber')] as const;
  const color = { ...shared, scale: { domain, range: [...hues] } };
  const shape = { ...shared, scale: { domain, range: ['triangle-up', 'diamond', 'cross'] } };
  const x = {
    field: 'window',
    type: 'ordinal',
    sort: null,
    title: 'window',
    axis: { labelAngle: 0 },
  } as const;
  const y = (field: string) =>
    ({ field, type: 'quantitative', title: 'goodput (in a second)' }) as const;
  return {
    width: 260,
    height: 280,
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1.8 },
        encoding: { x, y: y('low'), y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', filled: true, size: 50, opacity: 1 },
        encoding: { x, y: y('mean'), color, shape },
      },
      {
        mark: {
          ...{ type: 'point', filled: false, shape: 'circle', size: 170, strokeWidth: 1 },
          color: colour('ink'),
        },
        encoding: { x, y: y('published') },
      },
    ],
  };
}
