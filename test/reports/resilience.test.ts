/**
 * Back-off on a contended row, overload kept alive by retries, and tails, against what is published and against closed
 * forms, from few runs; test/deep has more.
 */
import { describe, expect, test } from 'vitest';
import { delayAt } from '../../src/patterns/resilience/index.ts';
import { backoffCells, measureBackoff, toleranceOf } from '../../src/reports/backoff-trials.ts';
import { algorithmNames, algorithms, contend } from '../../src/reports/contended-row.ts';
import { pagesOf } from '../../src/reports/index.ts';
import {
  answeredUs,
  arrivalsUs,
  goodput,
  isVulnerable,
  type Overload,
  published,
} from '../../src/reports/metastable-model.ts';
import { cureCases, measureCure } from '../../src/reports/overload-measures.ts';
import { overloaded } from '../../src/reports/overloads.ts';
import { backoffRows, fanOutRows, metastableRows } from '../../src/reports/published-resilience.ts';
import {
  fanOutProbability,
  hedgedTail,
  isTailAllowed,
  measureFanOut,
  measureHedge,
} from '../../src/reports/tails.ts';
import { binomialRange } from '../../src/statistics/order-statistics.ts';
import backoff from '../calibration/backoff-simulator.json' with { type: 'json' };
import metastable from '../calibration/metastable.json' with { type: 'json' };
import tail from '../calibration/tail-at-scale.json' with { type: 'json' };

describe('what the page shows as published', () => {
  test('are the trials of the simulator of back-off', () => {
    const rows = backoff.rows.flatMap(({ clients, results }) =>
      results.map((one) => [
        ...[clients, one.algorithm, one.meanCompletionMs, one.meanWriteCalls],
        ...[one.trialStandardDeviation.completionMs, one.trialStandardDeviation.writeCalls],
      ]),
    );
    const ours = Object.entries(backoffRows).flatMap(([clients, row]) =>
      Object.entries(row).map(([algorithm, { completionMs, writeCalls }]) => [
        ...[Number(clients), algorithm, completionMs.mean, writeCalls.mean],
        ...[completionMs.deviation, writeCalls.deviation],
      ]),
    );
    expect(ours).toEqual(rows);
  });

  test('are the rows of goodput over 300 runs, and of fan-out', () => {
    const rows = metastable.rows.map(({ arrivalRate, resends, over300Runs: of }) => {
      const windows = [of.before, of.from150To200, of.from500To600];
      return { arrivalRate, resends, windows: windows.map((one) => Object.values(one)) };
    });
    const ours = metastableRows.map(({ windows, ...row }) => {
      return { ...row, windows: windows.map(([, , { mean, deviation }]) => [mean, deviation]) };
    });
    expect(ours).toEqual(rows);
    expect(fanOutRows).toEqual(tail.fanOut.rows);
    for (const { q, n, probability } of tail.fanOut.rows)
      expect(fanOutProbability(q, n)).toBeCloseTo(probability, 3);
  });
});

describe('clients that contend for a row', () => {
  test('wait by the formulas of the article, which counts failures from 1', () => {
    const e = (n: number): number => Math.min(2000, 2 ** n * 5);
    for (let n = 1; n <= 12; n++)
      for (const r of [0, 0.25, 1]) {
        expect(delayAt(algorithms.exponential, n - 1, r)).toBe(e(n));
        expect(delayAt(algorithms.equalJitter, n - 1, r)).toBe(e(n) / 2 + (r * e(n)) / 2);
        expect(delayAt(algorithms.fullJitter, n - 1, r)).toBe(r * e(n));
      }
    expect(delayAt(algorithms.decorrelatedJitter, 0, 1)).toBe(15);
    expect(delayAt(algorithms.decorrelatedJitter, 7, 1, { ms: 1000, r: 1 })).toBe(2000);
  });

  test.each(algorithmNames)(
    '%s: time and writes are the published ones, 10 clients',
    (algorithm) => {
      const row = measureBackoff(algorithm, 10, 3, 1);
      expect(backoffCells([row])).toHaveLength(2);
      expect(backoffCells([row]).filter(({ isEqual }) => !isEqual)).toEqual([]);
    },
  );

  test('with jitter are not taken for those without', () => {
    const row = measureBackoff('fullJitter', 10, 6, 1);
    const { none, exponential } = backoffRows[10] as (typeof backoffRows)[number];
    expect(Math.abs(row.writeCalls.mean - none.writeCalls.mean)).toBeGreaterThan(
      toleranceOf(none.writeCalls, 6),
    );
    expect(Math.abs(row.completionMs.mean - exponential.completionMs.mean)).toBeGreaterThan(
      toleranceOf(exponential.completionMs, 6),
    );
  });

  test('alone one writes at once, after four messages', () => {
    const { completionMs, writeCalls } = contend('none', 1, 1);
    expect(writeCalls).toBe(1);
    expect(completionMs).toBeGreaterThan(4 * 10 - 4 * 7);
    expect(completionMs).toBeLessThan(4 * 10 + 4 * 7);
  });
});

describe('an overload that retries keep alive', () => {
  const ofRow = ({ arrivalRate, resends }: { arrivalRate: number; resends: number }): Overload => {
    return { ...published, arrivalRate, resends };
  };

  test.each(metastable.rows)(
    'the model has the published goodput: $arrivalRate calls a second, $resends resends',
    (row) => {
      const overload = ofRow(row);
      const { windows } = metastableRows.find(
        (one) => one.arrivalRate === row.arrivalRate && one.resends === row.resends,
      ) as (typeof metastableRows)[number];
      for (let seed = 1; seed <= 2; seed++) {
        const answered = answeredUs(overload, arrivalsUs(overload, seed));
        for (const [from, to, { mean, deviation }] of windows)
          expect(Math.abs(goodput(answered, from, to) - mean)).toBeLessThanOrEqual(4 * deviation);
      }
    },
  );

  test('machines answer what the model answers, each call to the microsecond', () => {
    for (const [resends, rate] of [
      [1, 280],
      [2, 140],
    ] as const) {
      const overload: Overload = {
        ...{ ...published, resends, arrivalRate: rate / 60, serviceRate: 5 },
        ...{ frozenAt: 20, horizonSeconds: 60 },
      };
      const ours = overloaded(overload, 1);
      expect(ours.answeredUs).toEqual(answeredUs(overload, ours.arrivalsUs, 'done'));
      expect(ours.answeredUs.length).toBeGreaterThan(25);
      // The model can say no: without the freeze calls are answered at other times.
      const other = { ...overload, freezeSeconds: 0 };
      expect(answeredUs(other, ours.arrivalsUs, 'done')).not.toEqual(ours.answeredUs);
    }
  });

  test('is possible below the service rate, if not with resends (mu = 300: from 150 to 300)', () => {
    const at = (arrivalRate: number, resends = 1): boolean =>
      isVulnerable(ofRow({ arrivalRate, resends }));
    expect([149, 151, 299, 301].map((rate) => at(rate))).toEqual([false, true, true, false]);
    expect(at(280, 0)).toBe(false);
  });

  test('takes a freeze whose backlog is more than can be served within the time-out', () => {
    // mu tau / lambda = 3.2 s.
    const tips = (freezeSeconds: number): boolean => {
      const overload = {
        ...ofRow({ arrivalRate: 280, resends: 1 }),
        ...{ freezeSeconds, horizonSeconds: 200 },
      };
      return goodput(answeredUs(overload, arrivalsUs(overload, 1)), 150, 200) < 1;
    };
    expect([2, 2.8, 4, 8].map(tips)).toEqual([false, false, true, true]);
  });

  test('ends with a breaker that sees each attempt', () => {
    const breaker = cureCases.find(({ cure }) => cure?.hasBreaker) as (typeof cureCases)[number];
    expect(measureCure(breaker, 60, 100, 1)).toMatchObject({ recovers: true });
    expect(measureCure({ ...breaker, cure: {} }, 60, 100, 1)).toMatchObject({ recovers: false });
  });
});

describe('tails', () => {
  test('the slowest of n leaves has the law F(t)^n, with 99.9 %', () => {
    const rows = [...measureFanOut(10, 30, 1), ...measureFanOut(100, 20, 1)];
    expect(rows.filter((row) => !isTailAllowed(row))).toEqual([]);
    // Of a hundred leaves it is not that of ten.
    const [slow] = rows.filter(({ n, q }) => n === 100 && q === 0.01);
    const allowed = binomialRange(20, fanOutProbability(0.01, 10), 0.999);
    expect(slow && isTailAllowed({ ...slow, allowed })).toBe(false);
  });

  test('a second request cuts the tail as (1 - F(t))(1 - F(t - h)), for 1 - F(h) more requests', () => {
    const { tails, load } = measureHedge(400, 1);
    expect([...tails, load].filter((row) => !isTailAllowed(row))).toEqual([]);
    expect(load.expected).toBeCloseTo(0.05, 2);
    // Without it there are too many that take long.
    const claimed = tails
      .filter(({ hedged }) => !hedged)
      .map((row) => {
        const other = tails.find((one) => one.hedged && one.overMs === row.overMs);
        return { ...row, allowed: (other ?? row).allowed };
      });
    expect(claimed.every(isTailAllowed)).toBe(false);
  });

  test('the closed form is that of one call before, and of two after the second request', () => {
    const halves = (ms: number): number => 2 ** -ms;
    expect([0, 1, 2, 3, 5].map((ms) => hedgedTail(halves, 2, ms))).toEqual([
      1, 0.5, 0.25, 0.0625, 0.00390625,
    ]);
  });
});

test('the page is written where resilience is asked for', () => {
  expect(pagesOf(['resilience'])).toEqual(['resilience.html']);
  expect(() => pagesOf(['resiliance'])).toThrow('did you mean "resilience"');
});
