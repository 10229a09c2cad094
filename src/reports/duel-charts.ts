/** The charts of the page of duels. */
import type { TopLevelSpec } from 'vega-lite';
import type { DuelRow } from './duel-measures.ts';
import type { BackOff } from './duels.ts';
import { colour } from './palette.ts';
import { type CostRow, costCases, type ScriptRow } from './paxos-costs.ts';

const hues = [
  colour('teal'),
  colour('blue'),
  colour('slate'),
  colour('violet'),
  colour('red'),
] as const;
const shapes = ['diamond', 'square', 'cross', 'circle', 'triangle-up'] as const;

/** One hue and one shape for each name, in their order. */
function series(field: string, domain: readonly (string | number)[]) {
  const shared = { field, type: 'nominal', sort: null } as const;
  const names = domain.map(String);
  return {
    color: { ...shared, scale: { domain: names, range: hues.slice(0, names.length) } },
    shape: { ...shared, scale: { domain: names, range: shapes.slice(0, names.length) } },
  } as const;
}

const nameOf = (proposers: number): string =>
  proposers === 1 ? '1 proposer' : `${proposers} proposers`;

/** Of one back-off: marks with intervals are simulated, lines are the model without machines. */
export function undecidedChart(rows: readonly DuelRow[], backOff: BackOff): TopLevelSpec {
  const values = rows
    .filter((row) => row.backOff === backOff)
    .flatMap(({ proposers, undecided }) =>
      undecided.map(({ afterMs, found, expected }) => ({
        ...{ proposers: nameOf(proposers), afterMs, expected: 100 * expected.share },
        ...{ found: 100 * found.share, low: 100 * found.low, high: 100 * found.high },
      })),
    );
  const { color, shape } = series('proposers', [1, 2, 3, 5, 8].map(nameOf));
  const x = {
    field: 'afterMs',
    type: 'quantitative',
    title: 'after so many ms',
    axis: { grid: false, tickCount: 4 },
  } as const;
  const y = (field: string) =>
    ({
      field,
      type: 'quantitative',
      title: 'runs that are undecided (%)',
      scale: { domainMin: 0, domainMax: 100 },
    }) as const;
  return {
    title: `back-off ${backOff}`,
    data: { values },
    width: 270,
    height: 230,
    layer: [
      { mark: { type: 'line', strokeWidth: 1.2 }, encoding: { x, y: y('expected'), color } },
      {
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: { x, y: y('low'), y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', filled: true, size: 40, opacity: 1 },
        encoding: { x, y: y('found'), color, shape },
      },
    ],
  };
}

/** Of random back-off: the mean time until a value is learnt, or the mean number of ballots begun until then. */
export function endingsChart(
  rows: readonly DuelRow[],
  key: 'decidedMs' | 'ballots',
  title: string,
): TopLevelSpec {
  const values = rows.flatMap(({ proposers, [key]: figure }) => {
    if (figure === undefined) return [];
    const { mean, low, high } = figure.found;
    const [least, most] = [low ?? mean, high ?? mean];
    return [{ proposers, mean, low: least, high: most, expected: figure.expected.mean }];
  });
  const x = {
    field: 'proposers',
    type: 'quantitative',
    title: 'proposers',
    axis: { grid: false, tickMinStep: 1 },
  } as const;
  const y = (field: string) =>
    ({ field, type: 'quantitative', title, scale: { zero: true } }) as const;
  const [slate, blue] = [colour('slate'), colour('blue')];
  return {
    data: { values },
    width: 300,
    height: 230,
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.2, color: slate },
        encoding: { x, y: y('expected') },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.8, color: blue },
        encoding: { x, y: y('low'), y2: { field: 'high' } },
      },
      {
        mark: { type: 'point', filled: true, size: 46, opacity: 1, color: blue },
        encoding: { x, y: y('mean') },
      },
    ],
  };
}

/** Lines are the formula, marks are measured. */
export function scriptChart(rows: readonly ScriptRow[]): TopLevelSpec {
  const values = rows.map(({ n, rounds, expected, prepareMessages }) => {
    return { acceptors: `${n} acceptors`, rounds, expected, found: prepareMessages };
  });
  const { color, shape } = series('acceptors', [...new Set(values.map((one) => one.acceptors))]);
  const x = {
    field: 'rounds',
    type: 'quantitative',
    title: 'rounds k',
    axis: { grid: false },
  } as const;
  const y = (field: string) =>
    ({ field, type: 'quantitative', title: 'messages 1a until then' }) as const;
  return {
    data: { values },
    width: 330,
    height: 220,
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: { x, y: y('expected'), color },
      },
      {
        mark: { type: 'point', filled: true, size: 50, opacity: 1 },
        encoding: { x, y: y('found'), color, shape },
      },
    ],
  };
}

/** Messages by the number of acceptors: lines are the formulas, marks are measured. */
export function costChart(rows: readonly CostRow[]): TopLevelSpec {
  const named = (row: { readonly case: string; readonly formula: string }): string =>
    `${row.case}: ${row.formula}`;
  const values = rows.map((row) => {
    return { case: named(row), n: row.n, expected: row.expected, found: row.messages };
  });
  const cases = costCases.map(({ says, formula }) => named({ case: says, formula }));
  const { color, shape } = series('case', cases);
  const x = {
    field: 'n',
    type: 'quantitative',
    title: 'acceptors n',
    axis: { grid: false, tickMinStep: 1 },
  } as const;
  const y = (field: string) =>
    ({ field, type: 'quantitative', title: 'messages until a value is learnt' }) as const;
  return {
    data: { values },
    width: 330,
    height: 260,
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: { x, y: y('expected'), color },
      },
      {
        mark: { type: 'point', filled: true, size: 50, opacity: 1 },
        encoding: { x, y: y('found'), color, shape },
      },
    ],
  };
}
