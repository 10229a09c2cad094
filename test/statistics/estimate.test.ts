/** Intervals against tables, and against how often they cover what they estimate. */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { estimate, share } from '../../src/statistics/estimate.ts';

describe('the interval of a mean', () => {
  // Percentage points of t for 0.975, as in any table (Fisher and Yates 1938, table III).
  test.each([
    [2, 12.706],
    [3, 4.303],
    [10, 2.262],
    [31, 2.042],
  ])('of %i values is t = %f standard errors wide on each side', (n, t) => {
    const values = Array.from({ length: n }, (_, index) => index);
    const mean = (n - 1) / 2;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
    const { low, high, ...rest } = estimate(values) ?? { low: 0, high: 0 };
    expect(rest).toEqual({ n, mean, min: 0, max: n - 1 });
    expect(((high ?? 0) - mean) / (deviation / Math.sqrt(n))).toBeCloseTo(t, 3);
    expect((high ?? 0) - mean).toBeCloseTo(mean - (low ?? 0), 9);
  });

  test('of one value is not known, and of none there is no mean', () => {
    expect(estimate([7])).toEqual({ n: 1, mean: 7, low: null, high: null, min: 7, max: 7 });
    expect(estimate([])).toBeUndefined();
  });

  /** The share of 2,000 samples whose interval holds the true mean. */
  const covered = (shrunkBy: number): number => {
    const draw = seedrandom.alea('coverage');
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    let hits = 0;
    for (let sample = 0; sample < 2000; sample++) {
      const { mean, high } = estimate(Array.from({ length: 6 }, normal)) ?? { mean: 0, high: 0 };
      if (Math.abs(mean) <= ((high ?? 0) - mean) / shrunkBy) hits++;
    }
    return hits / 2000;
  };

  test('covers the true mean in 95 of 100 samples, and one with 1.96 in place of t does not', () => {
    // 2,000 samples: the standard error of the share is 0.5 %.
    expect(Math.abs(covered(1) - 0.95)).toBeLessThan(0.016);
    expect(covered(2.571 / 1.96)).toBeLessThan(0.93);
  });
});

describe('the interval of a share', () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I: the score method without correction.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i is that of Wilson', (count, of, low, high) => {
    const found = share(count, of);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
    expect(found.share).toBe(count / of);
  });

  test('stays within 0 and 1, and reaches them where all or none are counted', () => {
    for (const of of [1, 2, 50])
      for (let count = 0; count <= of; count++) {
        const { low, high } = share(count, of);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect([low === 0, high === 1]).toEqual([count === 0, count === of]);
      }
  });
});
