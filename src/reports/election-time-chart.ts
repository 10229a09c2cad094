/** Election times as curves, with the published points. */
import type { TopLevelSpec } from 'vega-lite';
import type { TimesOf } from './election-times.ts';
import { colour } from './palette.ts';
import { shareOf } from './published-elections.ts';

/** Curves are simulated, with the 95 % intervals of the percentiles; circles are published. */
export function timesChart(
  of: readonly TimesOf[],
  x: { readonly title: string; readonly isLogarithmic: boolean },
): TopLevelSpec {
  const cases = of.map(({ says }) => says);
  const curve = of.flatMap(({ says, curveMs }) =>
    curveMs.map((ms, index) => ({ case: says, ms, percent: index + 1 })),
  );
  const points = of.flatMap(({ says, rows }) =>
    rows.flatMap(({ name, publishedMs, lowMs, highMs }) =>
      name === 'mean'
        ? []
        : [{ case: says, percent: 100 * shareOf(name), publishedMs, lowMs, highMs }],
    ),
  );
  const time = (field: string) => ({
    field,
    type: 'quantitative' as const,
    title: x.title,
    ...(x.isLogarithmic
      ? { scale: { type: 'log' as const }, axis: { values: [20, 50, 100, 200, 500, 1000] } }
      : { scale: { zero: false } }),
  });
  const y = {
    field: 'percent',
    type: 'quantitative',
    title: 'elections over by then (%)',
    scale: { domainMin: 0, domainMax: 100 },
  } as const;
  const range = [colour('teal'), colour('blue'), colour('violet'), colour('red')];
  const color = {
    field: 'case',
    type: 'nominal',
    sort: null,
    scale: { domain: cases, range: range.slice(0, cases.length) },
  } as const;
  const shape = {
    ...color,
    scale: {
      domain: cases,
      range: ['circle', 'square', 'diamond', 'triangle-up'].slice(0, cases.length),
    },
  } as const;
  return {
    width: 330,
    height: 260,
    layer: [
      {
        data: { values: curve },
        mark: { type: 'line', strokeWidth: 1.4 },
        encoding: { x: time('ms'), y, order: { field: 'percent' }, color },
      },
      {
        data: { values: points },
        mark: { type: 'rule', strokeWidth: 4, opacity: 0.45 },
        encoding: { x: time('lowMs'), x2: { field: 'highMs' }, y, color },
      },
      {
        data: { values: points },
        mark: { type: 'point', filled: false, size: 60, strokeWidth: 1.5, opacity: 1 },
        encoding: { x: time('publishedMs'), y, color, shape },
      },
    ],
  };
}
