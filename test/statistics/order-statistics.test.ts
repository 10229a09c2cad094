/** Quantiles and exact binomial ranges, against tables and against known populations. */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import {
  binomialRange,
  quantile,
  quantileEstimate,
} from '../../src/statistics/order-statistics.ts';

describe('the range of a binomial count', () => {
  test('is the exact one: 20 throws of a fair coin, 95 % (tables of the binomial distribution)', () => {
    // P(X <= 5) = 0.0207 and P(X <= 4) = 0.0059 of Binomial(20, 1/2).
    expect(binomialRange(20, 0.5, 0.95)).toEqual({ low: 6, high: 14 });
    expect(binomialRange(20, 0.5, 0.98)).toEqual({ low: 5, high: 15 });
  });

  test('serves rare and sure events', () => {
    expect(binomialRange(100, 0, 0.999)).toEqual({ low: 0, high: 0 });
    expect(binomialRange(100, 1, 0.999)).toEqual({ low: 100, high: 100 });
    // (1 - 1e-5) ** 1000 = 0.990 and two of them have 5e-5.
    expect(binomialRange(1000, 1e-5, 0.999)).toEqual({ low: 0, high: 1 });
  });

  test('neither underflows nor drifts for many trials', () => {
    const { low, high } = binomialRange(10_000, 0.5, 0.95);
    // The normal approximation: 5000 ± 1.96 * 50.
    expect([low, high]).toEqual([4902, 5098]);
  });
});

describe('quantiles', () => {
  const sorted = Array.from({ length: 100 }, (_, index) => index + 1);

  test('are the smallest sample that so many do not exceed', () => {
    expect([0, 0.01, 0.011, 0.5, 0.99, 1].map((at) => quantile(sorted, at))).toEqual([
      1, 1, 2, 50, 99, 100,
    ]);
    expect(() => quantile([], 0.5)).toThrow('no samples');
  });

  test('have intervals that cover the population’s so often, whatever the law', () => {
    const draw = seedrandom.alea('order statistics');
    const laws = { uniform: (u: number) => u, exponential: (u: number) => -Math.log(1 - u) };
    for (const [name, law] of Object.entries(laws))
      for (const at of [0.05, 0.5, 0.9]) {
        let covered = 0;
        const trials = 400;
        for (let trial = 0; trial < trials; trial++) {
          const samples = Array.from({ length: 200 }, () => law(draw())).sort((a, b) => a - b);
          const { low, high } = quantileEstimate(samples, at, 0.95);
          if (low <= law(at) && law(at) <= high) covered++;
        }
        const allowed = binomialRange(trials, 0.95, 0.999);
        // Conservative, since counts are whole: never fewer, and not always.
        expect(covered, `${name} at ${at}`).toBeGreaterThanOrEqual(allowed.low);
        expect(covered, `${name} at ${at}`).toBeLessThan(trials);
      }
  });
});
