/** Percentiles of the histogram against those of the sorted list. */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { expect, test } from 'vitest';
import { hdrHistograms } from '../../src/statistics/index.ts';

const durations = fc.array(
  fc.oneof(fc.nat(3000), fc.nat(10_000_000), fc.integer({ min: 0, max: 1e15 })),
  { minLength: 1, maxLength: 200 },
);

test('every percentile is that of the sorted list, to a thousandth', () => {
  fc.assert(
    fc.property(durations, fc.constantFrom(50, 90, 99, 99.9, 100), (list, percent) => {
      const histogram = hdrHistograms()('durations');
      for (const us of list) histogram.record(us);
      const sorted = list.toSorted((a, b) => a - b);
      // Nearest rank: the smallest that at least so many of a hundred do not exceed.
      const exact = sorted[Math.ceil((percent / 100) * list.length - 1e-9) - 1] ?? 0;
      const found = histogram.percentile?.(percent) ?? 0;
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.max(0.5, exact / 1000));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('also of very many durations from microseconds to months', () => {
  const draw = seedrandom.alea('durations');
  const list = Array.from({ length: 200_000 }, () => Math.floor(Math.exp(draw() * 30)));
  const histogram = hdrHistograms()('durations');
  for (const us of list) histogram.record(us);
  list.sort((a, b) => a - b);
  for (const percent of [50, 90, 99, 99.9, 100]) {
    const exact = list[Math.ceil((percent / 100) * list.length - 1e-9) - 1] ?? 0;
    const found = histogram.percentile?.(percent) ?? 0;
    expect(Math.abs(found / exact - 1), `p${percent}`).toBeLessThan(1e-3);
  }
});

test('a name has one histogram', () => {
  const histograms = hdrHistograms();
  histograms('a').record(7);
  expect(histograms('a').percentile?.(50)).toBe(7);
  expect(histograms('b').percentile?.(50)).toBe(0);
});
