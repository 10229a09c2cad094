/** Back-off, overload and tails in many runs, within the published tolerances. */
import { describe, expect, test } from 'vitest';
import { backoffCells, measureBackoff } from '../../src/reports/backoff-trials.ts';
import { algorithmNames } from '../../src/reports/contended-row.ts';
import { answeredUs, published } from '../../src/reports/metastable-model.ts';
import {
  cureCases,
  cureCells,
  measureCure,
  measureMetastable,
  metastableCells,
} from '../../src/reports/overload-measures.ts';
import { overloaded } from '../../src/reports/overloads.ts';
import { metastableRows } from '../../src/reports/published-resilience.ts';
import { fanOutCells, hedgeCells, measureFanOut, measureHedge } from '../../src/reports/tails.ts';

const hour = { timeout: 3_600_000 };

describe('back-off on a contended row, 100 trials', () => {
  test.each(algorithmNames.flatMap((one) => [10, 100].map((clients) => [one, clients] as const)))(
    '%s, %i clients',
    hour,
    (algorithm, clients) => {
      const cells = backoffCells([measureBackoff(algorithm, clients, 100, 'deep')]);
      expect(cells.filter(({ isEqual }) => !isEqual)).toEqual([]);
    },
  );
});

describe('an overload that retries keep alive', () => {
  test('the model over 300 runs of each row', hour, () => {
    const rows = metastableRows.map((row) => measureMetastable(row, 300, 'deep'));
    expect(metastableCells(rows).filter(({ isEqual }) => !isEqual)).toEqual([]);
  });

  test(
    'machines at the published rates answer what the model does, through the freeze',
    hour,
    () => {
      for (const [arrivalRate, resends] of [
        [280, 1],
        [140, 1],
      ] as const) {
        const overload = { ...published, arrivalRate, resends, frozenAt: 10, horizonSeconds: 40 };
        const ours = overloaded(overload, 'deep');
        expect(ours.answeredUs).toEqual(answeredUs(overload, ours.arrivalsUs, 'done'));
      }
    },
  );

  test.each(cureCases.map((one) => [one.name, one] as const))('%s', hour, (_, one) => {
    const cells = cureCells([measureCure(one, 10, 400, 'deep')]);
    expect(cells.filter(({ isEqual }) => !isEqual)).toEqual([]);
  });
});

test('the slowest of many leaves', hour, () => {
  for (const [n, runs] of [
    [1, 5000],
    [10, 2000],
    [100, 1000],
    [2000, 100],
  ] as const)
    expect(fanOutCells(measureFanOut(n, runs, 'deep')).filter((one) => !one.isEqual)).toEqual([]);
});

test('second requests', hour, () => {
  const { tails, load } = measureHedge(10_000, 'deep');
  expect(hedgeCells(tails, load).filter(({ isEqual }) => !isEqual)).toEqual([]);
});
