/** Trials of clients that contend for a row, beside those of the published simulator. */
import type { TopLevelSpec } from 'vega-lite';
import type { Seed } from '../simulator/random.ts';
import { type Estimate, estimate } from '../statistics/estimate.ts';
import { type Cell, toleratedCell } from './cells.ts';
import { type Algorithm, algorithmNames, contend } from './contended-row.ts';
import { colour } from './palette.ts';
import { backoffRows, type PublishedFigure, publishedTrials } from './published-resilience.ts';

export const backoffFigures = ['completionMs', 'writeCalls'] as const;
export type BackoffFigure = (typeof backoffFigures)[number];

export interface BackoffRow {
  readonly algorithm: Algorithm;
  readonly clients: number;
  readonly trials: number;
  /** Means with 95 % intervals. */
  readonly completionMs: Estimate;
  readonly writeCalls: Estimate;
  readonly published?: Readonly<Record<BackoffFigure, PublishedFigure>>;
}

/** Trial `i` has the seed `seed/i`. */
export function measureBackoff(
  algorithm: Algorithm,
  clients: number,
  trials: number,
  seed: Seed,
): BackoffRow {
  const done = Array.from({ length: trials }, (_, index) =>
    contend(algorithm, clients, `${seed}/${index + 1}`),
  );
  const published = backoffRows[clients]?.[algorithm];
  return {
    ...{ algorithm, clients, trials },
    completionMs: estimate(done.map((one) => one.completionMs)) as Estimate,
    writeCalls: estimate(done.map((one) => one.writeCalls)) as Estimate,
    ...(published && { published }),
  };
}

/** Four standard errors of both means combined. */
export function toleranceOf({ deviation }: PublishedFigure, trials: number): number {
  return 4 * deviation * Math.hypot(1 / Math.sqrt(publishedTrials), 1 / Math.sqrt(trials));
}

export function isPublished(row: BackoffRow, name: BackoffFigure): boolean {
  const published = row.published?.[name];
  if (published === undefined) return true;
  return Math.abs(row[name].mean - published.mean) <= toleranceOf(published, row.trials);
}

const names: Readonly<Record<BackoffFigure, string>> = {
  completionMs: 'until all have written (ms)',
  writeCalls: 'writes that were tried',
};

export function backoffCells(rows: readonly BackoffRow[]): readonly Cell[] {
  return rows.flatMap((row) =>
    backoffFigures.flatMap((name) => {
      const published = row.published?.[name];
      if (published === undefined) return [];
      return [
        toleratedCell(
          'back-off',
          `${row.clients} clients, ${row.algorithm}: ${names[name]}`,
          `${published.mean} ± ${toleranceOf(published, row.trials).toFixed(1)}`,
          `aws-arch-backoff-simulator, ${publishedTrials} trials; 4 standard errors of both means`,
          row[name].mean.toFixed(1),
          isPublished(row, name),
        ),
      ];
    }),
  );
}

/** Marks with intervals are simulated, circles are published. */
export function backoffChart(rows: readonly BackoffRow[], name: BackoffFigure): TopLevelSpec {
  const values = rows.map((row) => {
    const { mean, low, high } = row[name];
    return {
      ...{ algorithm: row.algorithm, clients: row.clients, mean },
      ...{ low: Math.max(low ?? mean, 1), high: high ?? mean },
    };
  });
  const published = rows.flatMap((row) =>
    row.published === undefined
      ? []
      : [{ clients: row.clients, published: row.published[name].mean }],
  );
  const hues = [
    colour('slate'),
    colour('red'),
    colour('teal'),
    colour('violet'),
    colour('blue'),
  ] as const;
  const domain = [...algorithmNames];
  const shared = { field: 'algorithm', type: 'nominal', sort: null } as const;
  const color = { ...shared, scale: { domain, range: [...hues] } };
  const shape = {
    ...shared,
    scale: { domain, range: ['diamond', 'triangle-up', 'cross', 'square', 'circle'] },
  };
  const x = {
    field: 'clients',
    type: 'quantitative',
    title: 'clients',
    axis: { grid: false, tickMinStep: 10 },
  } as const;
  const y = (field: string) =>
    ({
      field,
      type: 'quantitative',
      title: `${names[name]}, logarithmic`,
      scale: { type: 'log' },
      axis: { tickCount: 4 },
    }) as const;
  return {
    width: 300,
    height: 260,
    layer: [
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: { x, y: y('mean'), color },
      },
      {
        data: { values },
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: { x, y: y('low'), y2: { field: 'high' }, color },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 46, opacity: 1 },
        encoding: { x, y: y('mean'), color, shape },
      },
      {
        data: { values: published },
        mark: {
          ...{ type: 'point', filled: false, shape: 'circle', size: 150, strokeWidth: 1 },
          color: colour('ink'),
        },
        encoding: { x, y: y('published') },
      },
    ],
  };
}
