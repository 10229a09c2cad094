/** Laws of arrivals and of fields against what their formulas say, each with a law that must fail. */
import { describe, expect, test } from 'vitest';
import { Digest } from '../../src/model/digest.ts';
import { constant, exponential, uniform } from '../../src/model/distribution.ts';
import type { Arrivals, FieldLaw } from '../../src/model/loops.ts';
import { arrivalTimes } from '../../src/simulator/arrivals.ts';
import { drawValue } from '../../src/simulator/mixing.ts';
import { createStreams } from '../../src/simulator/random.ts';

/** Times in ms. */
function timesOf(arrivals: Arrivals, untilMs: number, seed = 1, fromMs = 0): number[] {
  const streams = createStreams(seed, new Digest());
  const span = { from: fromMs * 1000, until: untilMs * 1000 };
  const next = arrivalTimes(arrivals, 'x', span, streams);
  const times: number[] = [];
  for (let at = next(); at !== undefined; at = next()) times.push(at / 1000);
  return times;
}

/** Whether a count is what a Poisson variable of that mean gives, to 3.3 standard deviations (99.9 %). */
function isPoisson(count: number, mean: number): boolean {
  return Math.abs(count - mean) <= 3.3 * Math.sqrt(mean);
}

/** Kolmogorov and Smirnov: whether the sample has the distribution function, to 99.9 %. */
function fits(sample: readonly number[], cdf: (value: number) => number): boolean {
  const sorted = sample.toSorted((a, b) => a - b);
  const n = sorted.length;
  let distance = 0;
  for (const [index, value] of sorted.entries())
    distance = Math.max(distance, (index + 1) / n - cdf(value), cdf(value) - index / n);
  return distance * Math.sqrt(n) < 1.95;
}

describe('arrivals', () => {
  const gapsOf = (times: readonly number[]) =>
    times.map((time, index) => time - (times[index - 1] ?? 0));
  const ofMean20 = (gap: number) => 1 - Math.exp(-gap / 20);

  test('of Poisson have exponential gaps and the stated rate', () => {
    const times = timesOf({ kind: 'poisson', perSecond: 50 }, 100_000);
    expect(isPoisson(times.length, 5000)).toBe(true);
    expect(fits(gapsOf(times), ofMean20)).toBe(true);
    // The control: another rate, and gaps of another law with the same mean.
    expect(fits(gapsOf(timesOf({ kind: 'poisson', perSecond: 55 }, 100_000)), ofMean20)).toBe(
      false,
    );
    const renewal = timesOf({ kind: 'renewal', gap: uniform(0, 40) }, 100_000);
    expect(fits(gapsOf(renewal), ofMean20)).toBe(false);
    expect(fits(gapsOf(renewal), (gap) => gap / 40)).toBe(true);
  });

  test('of a constant gap do not drift', () => {
    const times = timesOf({ kind: 'constant', everyMs: 1 / 3 }, 1000);
    expect(times.length).toBe(3000);
    expect(times.at(-1)).toBe(1000);
  });

  test('of bursts are Poisson while on, and none while off', () => {
    const bursts = {
      kind: 'bursts',
      perSecond: 100,
      on: constant(300),
      off: constant(700),
    } as const;
    const times = timesOf(bursts, 50_000);
    expect(times.every((time) => time % 1000 <= 300)).toBe(true);
    expect(isPoisson(times.length, 100 * 0.3 * 50)).toBe(true);
    // Where in its burst an arrival comes is uniform.
    expect(
      fits(
        times.map((time) => time % 1000),
        (time) => time / 300,
      ),
    ).toBe(true);
    const both = timesOf({ ...bursts, offPerSecond: 20 }, 50_000);
    const off = both.filter((time) => time % 1000 > 300).length;
    expect(isPoisson(off, 20 * 0.7 * 50)).toBe(true);
  });

  test('of bursts with drawn phases have the mean rate of both', () => {
    const times = timesOf(
      { kind: 'bursts', perSecond: 200, on: exponential(40), off: exponential(60) },
      200_000,
    );
    // 80 in a second on average; phases make the count vary more than Poisson's.
    expect(Math.abs(times.length / 200 - 80)).toBeLessThan(3.5);
  });

  test('of a day are Poisson with the rate of the hour', () => {
    const diurnal: Arrivals = {
      kind: 'diurnal',
      perSecond: 20,
      amplitude: 0.8,
      periodMs: 24_000,
      peakAtMs: 14_000,
    };
    const days = 20;
    const hour = 1000;
    const inHours = (times: readonly number[]) => {
      const counts = Array.from({ length: 24 }, () => 0);
      for (const time of times) {
        const index = Math.floor((time % 24_000) / hour);
        counts[index] = (counts[index] ?? 0) + 1;
      }
      return counts;
    };
    // The rate integrated over the hour, in closed form.
    const expected = (index: number, amplitude: number) => {
      const angle = (ms: number) => (2 * Math.PI * (ms - 14_000)) / 24_000;
      const swing = Math.sin(angle((index + 1) * hour)) - Math.sin(angle(index * hour));
      return days * 20 * (1 + (amplitude * swing * 24) / (2 * Math.PI));
    };
    const counts = inHours(timesOf(diurnal, days * 24_000));
    const agree = (amplitude: number) =>
      counts.every((count, index) => isPoisson(count, expected(index, amplitude)));
    expect(agree(0.8)).toBe(true);
    expect(agree(0.4)).toBe(false);
    expect(counts.indexOf(Math.max(...counts))).toSatisfy((at: number) => at >= 11 && at <= 16);
  });

  test('begin where they are told to, and are the same for the same seed', () => {
    const law = { kind: 'poisson', perSecond: 50 } as const;
    expect(timesOf(law, 5000, 7)).toEqual(timesOf(law, 5000, 7));
    expect(timesOf(law, 5000, 8)).not.toEqual(timesOf(law, 5000, 7));
    const later = timesOf(law, 6000, 7, 1000);
    expect(later).toEqual(
      timesOf(law, 5000, 7).map((time) => Math.round(time * 1000 + 1e6) / 1000),
    );
  });
});

describe('keys', () => {
  const countsOf = (law: Exclude<FieldLaw, { kind: 'serial' }>, draws: number) => {
    const { draw } = createStreams(3, new Digest());
    const counts = new Map<unknown, number>();
    for (let i = 0; i < draws; i++) {
      const value = drawValue(law, () => draw('field key', 'x'));
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return counts;
  };

  /** Pearson's statistic over the first nine ranks and the rest; 27.9 at 9 degrees of freedom is 99.9 %. */
  const distance = (
    counts: ReadonlyMap<unknown, number>,
    draws: number,
    share: (i: number) => number,
  ) => {
    let rest = draws;
    let restExpected = draws;
    let sum = 0;
    for (let rank = 1; rank <= 9; rank++) {
      const seen = counts.get(`k${rank}`) ?? 0;
      const expected = draws * share(rank);
      sum += (seen - expected) ** 2 / expected;
      rest -= seen;
      restExpected -= expected;
    }
    return sum + (rest - restExpected) ** 2 / restExpected;
  };

  /** Zipf's law by its definition, summed up plainly. */
  const zipf = (keys: number, exponent: number) => {
    let total = 0;
    for (let i = 1; i <= keys; i++) total += 1 / i ** exponent;
    return (rank: number) => 1 / rank ** exponent / total;
  };

  test('of Zipf are as frequent as 1 / rank ** exponent', () => {
    const draws = 20_000;
    for (const [keys, exponent] of [
      [1000, 0.99],
      [50, 2],
      [20, 0.5],
    ] as const) {
      const counts = countsOf({ kind: 'zipf', keys, exponent }, draws);
      expect(distance(counts, draws, zipf(keys, exponent))).toBeLessThan(27.9);
      // The control: a law that is only a little flatter.
      expect(distance(counts, draws, zipf(keys, exponent - 0.1))).toBeGreaterThan(27.9);
    }
    const byDefault = countsOf({ kind: 'zipf', keys: 100 }, draws);
    expect(distance(byDefault, draws, zipf(100, 0.99))).toBeLessThan(27.9);
  });

  test('of an even law are all as frequent', () => {
    const draws = 20_000;
    const counts = countsOf({ kind: 'uniform', keys: 20, prefix: 'k' }, draws);
    expect(distance(counts, draws, () => 1 / 20)).toBeLessThan(27.9);
    expect(counts.size).toBe(20);
    expect(
      distance(countsOf({ kind: 'zipf', keys: 20, exponent: 0 }, draws), draws, () => 1 / 20),
    ).toBeLessThan(27.9);
  });

  test('are in reach, the first and the last, also of a million', () => {
    const law = { kind: 'zipf', keys: 1_000_000, exponent: 1.1 } as const;
    expect(drawValue(law, () => 0)).toBe('k1');
    expect(drawValue(law, () => 1 - 2 ** -53)).toBe('k1000000');
    expect(drawValue({ kind: 'uniform', keys: 7, prefix: 'user' }, () => 0.999)).toBe('user7');
  });

  test('of values follow their weights, and what has none never comes', () => {
    const counts = countsOf({ kind: 'values', values: ['a', 'b', 'c'], weights: [3, 0, 1] }, 8000);
    expect(counts.has('b')).toBe(false);
    expect(Math.abs((counts.get('a') ?? 0) - 6000)).toBeLessThan(3.3 * Math.sqrt(8000 * 0.1875));
  });
});
