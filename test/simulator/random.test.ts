/** Random streams: named, independent of each other, the same on every machine; and what they sample. */
import { describe, expect, test } from 'vitest';
import { Digest } from '../../src/model/digest.ts';
import {
  constant,
  type Distribution,
  describeDistribution,
  exponential,
  uniform,
} from '../../src/model/distribution.ts';
import { createStreams, legalSeed, type Seed } from '../../src/simulator/random.ts';
import pinned from './first-draws.json' with { type: 'json' };

const streamsOf = (seed: Seed) => createStreams(seed, new Digest());

function draws(seed: Seed, owner: string, count: number): number[] {
  const { draw } = streamsOf(seed);
  return Array.from({ length: count }, () => draw('latency', owner));
}

describe('streams', () => {
  test('give the pinned first hundred draws', () => {
    // A regression pin: these numbers are seedrandom.alea's and were copied from our own output.
    for (const { seed, owner, draws: expected } of pinned)
      expect(draws(seed, owner, expected.length)).toEqual(expected);
    expect(pinned.map(({ draws }) => draws.length)).toEqual([100, 100]);
  });

  test('do not depend on what other streams draw', () => {
    const alone = draws(1, 'a->b', 50);
    const streams = streamsOf(1);
    const among = Array.from({ length: 50 }, (_, i) => {
      for (let k = 0; k < i % 4; k++) streams.draw('latency', 'b->a');
      if (i % 7 === 0) streams.draw('timer', 'a->b');
      return streams.draw('latency', 'a->b');
    });
    expect(among).toEqual(alone);
  });

  test('of neighbouring seeds and names have nothing in common', () => {
    const all = [1, 2, 3, '1'].flatMap((seed) =>
      ['a', 'b', 'ab'].map((name) => draws(seed, name, 20).join()),
    );
    // Digits in a text are the same seed as the number; all others differ.
    expect(new Set(all).size).toBe(9);
    const numbers = [1, 2, 3].flatMap((seed) => draws(seed, 'a', 200));
    expect(new Set(numbers).size).toBe(600);
  });

  test('mix every draw into the digest', () => {
    const digestAfter = (count: number): string => {
      const digest = new Digest();
      const streams = createStreams(1, digest);
      for (let i = 0; i < count; i++) streams.draw('latency', 'x');
      return digest.hex();
    };
    expect(new Set([0, 1, 2, 3].map(digestAfter)).size).toBe(4);
  });
});

describe('durations', () => {
  const sample = (distribution: Distribution, count = 20_000): number[] => {
    const { duration } = streamsOf(5);
    return Array.from({ length: count }, () => duration('latency', 'x', distribution));
  };
  const mean = (values: readonly number[]): number =>
    values.reduce((a, b) => a + b, 0) / values.length;

  test('are whole microseconds', () => {
    for (const distribution of [constant(1.0004), uniform(1, 2), exponential(1)])
      expect(sample(distribution, 500).every(Number.isInteger)).toBe(true);
  });

  test('of a constant are that, and draw nothing', () => {
    const digest = new Digest();
    expect(createStreams(1, digest).duration('latency', 'x', constant(2.5))).toBe(2500);
    expect(digest.hex()).toBe(new Digest().hex());
  });

  test('of a uniform law stay in its range and fill its quarters evenly', () => {
    const values = sample(uniform(5, 15));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(5000);
    expect(Math.max(...values)).toBeLessThan(15_001);
    // The mean of 20,000 has a standard error of 20 us; five of them are allowed.
    expect(Math.abs(mean(values) - 10_000)).toBeLessThan(100);
    for (let quarter = 0; quarter < 4; quarter++) {
      const low = 5000 + quarter * 2500;
      const share = values.filter((value) => value >= low && value < low + 2500).length / 20_000;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.016);
    }
  });

  test('of an exponential law have its mean, its median, and nothing below the minimum', () => {
    const values = sample(exponential(10));
    expect(Math.abs(mean(values) - 10_000)).toBeLessThan(360);
    const below = values.filter((value) => value < 10_000 * Math.LN2).length / 20_000;
    expect(Math.abs(below - 0.5)).toBeLessThan(0.018);
    expect(Math.min(...sample(exponential(10, 4)))).toBe(4000);
  });

  test('of another law fail these tests, so that they can tell', () => {
    expect(Math.abs(mean(sample(uniform(5, 16))) - 10_000)).toBeGreaterThan(100);
    expect(Math.abs(mean(sample(exponential(11))) - 10_000)).toBeGreaterThan(360);
  });
});

describe('wrong input', () => {
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => constant(-1), /constant\(-1\): the delay is -1; it must be .*zero or more/],
    [() => constant(Number.NaN), /the delay is NaN/],
    [() => uniform(5, 2), /uniform\(5, 2\): the maximum is 2; it must be at least the minimum, 5/],
    [() => exponential(Number.POSITIVE_INFINITY), /the mean is Infinity/],
    [() => exponential(1, -3), /the minimum is -3/],
    [() => legalSeed(1.5), /the seed is 1\.5; it must be a whole number or a text, such as 1/],
    [() => legalSeed(''), /the seed is ""/],
    [() => legalSeed(undefined), /the seed is undefined/],
  ];
  test('is told in one sentence', () => {
    for (const [action, sentence] of wrong) expect(action).toThrow(sentence);
  });

  test('and laws are described in words', () => {
    expect([constant(5), uniform(1, 2), exponential(3)].map(describeDistribution)).toEqual([
      '5 ms',
      'uniform 1 to 2 ms',
      'exponential, mean 3 ms',
    ]);
  });
});
