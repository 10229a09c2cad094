/** What durations are drawn from the laws: against their distribution functions, by Kolmogorov and Smirnov. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Distribution,
  describeDistribution,
  empirical,
  exponential,
  logNormal,
  pareto,
  uniform,
} from '../../src/index.ts';
import { Digest } from '../../src/model/digest.ts';
import { createStreams } from '../../src/simulator/random.ts';

const count = 20_000;
const drawn = (law: Distribution, seed = 1): number[] => {
  const streams = createStreams(seed, new Digest());
  return Array.from({ length: count }, () => streams.duration('latency', 'x', law) / 1000);
};

/** The greatest distance between the share of draws below t and the law's probability of it. */
function distance(values: readonly number[], probability: (ms: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.max(
    ...sorted.map((ms, index) => Math.abs(probability(ms) - (index + 0.5) / sorted.length)),
  );
}

/** Of 20,000 draws, exceeded once in 10^9 seeds: sqrt(-ln(10^-9 / 2) / 2 / n). */
const critical = Math.sqrt(-Math.log(1e-9 / 2) / 2 / count);

/** The normal distribution function, by the series of its density (Marsaglia 2004). */
function normal(x: number): number {
  let [sum, term, before] = [x, x, 0];
  for (let i = 3; sum !== before; i += 2) {
    before = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x) * 0.3989422804014327;
}

const laws: readonly (readonly [Distribution, (ms: number) => number])[] = [
  [uniform(5, 15), (ms) => (ms - 5) / 10],
  [exponential(10), (ms) => 1 - Math.exp(-ms / 10)],
  [logNormal(20, 0.5), (ms) => normal(Math.log(ms / 20) / 0.5)],
  [logNormal(20, 1.2, 30), (ms) => (ms <= 30 ? 0 : normal(Math.log((ms - 30) / 20) / 1.2))],
  [pareto(10, 1.5), (ms) => 1 - (10 / ms) ** 1.5],
  [pareto(1, 0.7), (ms) => 1 - ms ** -0.7],
];

describe('draws', () => {
  for (const [law, probability] of laws)
    test(`of "${describeDistribution(law)}" are distributed as it says`, () => {
      expect(distance(drawn(law), probability)).toBeLessThan(critical);
    });

  test('of another law fail this test, so that it can tell', () => {
    for (const [index, [law]] of laws.entries()) {
      const [, other] = laws[(index + 1) % laws.length] ?? [];
      expect(distance(drawn(law), other ?? (() => 0))).toBeGreaterThan(critical);
    }
    expect(distance(drawn(logNormal(20, 0.52)), laws[2]?.[1] ?? (() => 0))).toBeGreaterThan(
      critical / 4,
    );
  });

  test('of measured durations are those, each as often as the others', () => {
    const samples = [3, 7, 7, 21.5];
    const values = drawn(empirical(samples));
    const share = (ms: number): number => values.filter((one) => one === ms).length / count;
    expect(new Set(values)).toEqual(new Set(samples));
    // Six standard errors.
    for (const [ms, expected] of [
      [3, 0.25],
      [7, 0.5],
      [21.5, 0.25],
    ] as const)
      expect(Math.abs(share(ms) - expected)).toBeLessThan(
        6 * Math.sqrt((expected * (1 - expected)) / count),
      );
  });

  test('of a heavy tail are exact whole microseconds all the same', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 1e-3, max: 1, noNaN: true }), (seed, shape) => {
        const streams = createStreams(seed, new Digest());
        for (let i = 0; i < 20; i++)
          expect(Number.isSafeInteger(streams.duration('latency', 'x', pareto(1, shape)))).toBe(
            true,
          );
      }),
      { seed: 61, numRuns: 200 },
    );
  });
});

test('a wrong law is told in one sentence', () => {
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => logNormal(-1, 1), /logNormal\(-1, 1, 0\): the median is -1; it must be/],
    [() => logNormal(1, Number.NaN), /sigma is NaN; it must be a number, zero or more/],
    [() => pareto(1, 0), /pareto\(1, 0\): the shape is 0; it must be a number above zero/],
    [() => empirical([]), /empirical\(\.\.\.\): the list of samples is empty/],
    [() => empirical([1, -2]), /sample 2 is -2; it must be/],
  ];
  for (const [action, sentence] of wrong) expect(action).toThrow(sentence);
});
