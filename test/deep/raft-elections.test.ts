/** Ten thousand elections of every published case, within the stated tolerances without any slack. */
import { describe, expect, test } from 'vitest';
import { uniform } from '../../src/index.ts';
import {
  crashElection,
  fullRuns,
  measureCrash,
  measureWideArea,
  orderCells,
} from '../../src/reports/election-times.ts';
import { figure16, wideArea } from '../../src/reports/published-elections.ts';
import { isAsExpected, measureSplits, splitPoints } from '../../src/reports/split-votes.ts';

const hour = { timeout: 3_600_000 };

test('split votes: every point of the table within the 99.9 % interval', hour, () => {
  const rows = splitPoints.map((point) => measureSplits(point, fullRuns, 1));
  expect(rows.filter((row) => !isAsExpected(row))).toEqual([]);
});

test.each(wideArea.map((one) => [one.says, one] as const))(
  'over a wide area, %s',
  hour,
  (says, one) => {
    const { rows } = measureWideArea(one, fullRuns, 1);
    console.log(says, rows.map(({ name, foundMs }) => `${name} ${Math.round(foundMs)}`).join(' '));
    expect(rows.filter(({ isWithin }) => !isWithin)).toEqual([]);
  },
);

describe('figure 16', () => {
  test('every percentile, and their order', hour, () => {
    const measured = figure16.map((one) => measureCrash(one, fullRuns, 1));
    for (const { says, rows } of measured)
      console.log(
        says,
        rows.map(({ name, foundMs }) => `${name} ${Math.round(foundMs)}`).join(' '),
      );
    expect(measured.flatMap(({ rows }) => rows.filter(({ isWithin }) => !isWithin))).toEqual([]);
    expect(orderCells('', measured).filter(({ isEqual }) => !isEqual)).toEqual([]);
  });

  test(
    'no one law of the broadcast fits all rows: one for long timeouts spoils short ones',
    hour,
    () => {
      const slower = { latency: uniform(1, 6), force: uniform(1, 14) };
      const missed = (id: string): readonly string[] => {
        const one = figure16.find((row) => `${row.minTimeoutMs}-${row.maxTimeoutMs}` === id);
        if (one === undefined) throw new Error(`no row ${id}`);
        const { rows } = measureCrash(one, 1000, 1, { ...crashElection(one), ...slower });
        return rows
          .filter(({ name }) => ['mean', 'p25', 'p50'].includes(name))
          .filter(
            ({ foundMs, publishedMs, toleranceMs }) =>
              Math.abs(foundMs - publishedMs) > toleranceMs,
          )
          .map(({ name }) => name);
      };
      expect(missed('150-155')).toEqual([]);
      expect(missed('12-24')).toEqual(['mean', 'p25', 'p50']);
    },
  );
});
