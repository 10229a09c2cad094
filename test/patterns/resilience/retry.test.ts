/** Retry: its formulas against the oracle, its runs against a reference, its options, each refusal. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/index.ts';
import {
  type Backoff,
  delayAt,
  type RetryOptions,
  retry,
} from '../../../src/patterns/resilience/index.ts';
import { called } from './guarded-calls.ts';
import { retryReference } from './retry-reference.ts';

interface Oracle {
  readonly jitterFormulas: readonly {
    readonly id: string;
    readonly worked?: { readonly delaysSeconds: readonly number[] };
  }[];
}
const oracle = JSON.parse(
  readFileSync(new URL('../../calibration/retry-formulas.json', import.meta.url), 'utf8'),
) as Oracle;

const plain = (ms: number): Backoff => ({ kind: 'constant', ms });

const worked = oracle.jitterFormulas.find(({ id }) => id === 'decorrelatedV2')?.worked
  ?.delaysSeconds;

describe('the wait before a retry', () => {
  const b = 5;
  const c = 2000;
  const full = (jitter: 'none' | 'full' | 'equal'): Backoff => {
    return { kind: 'exponential', ms: b, capMs: c, jitter };
  };
  const draws = fc.tuple(fc.nat(2000), fc.double({ min: 0, max: 1, noNaN: true }));

  test('is that of the formulas', () => {
    fc.assert(
      fc.property(draws, ([n, r]) => {
        const v = Math.min(c, b * 2 ** n);
        expect(delayAt(full('none'), n, r)).toBe(v);
        expect(delayAt(full('full'), n, r)).toBe(r * v);
        expect(delayAt(full('equal'), n, r)).toBe(v / 2 + (r * v) / 2);
        const last = 40 + n;
        expect(delayAt({ kind: 'decorrelated', ms: b, capMs: c }, n, r, { ms: last, r: 0 })).toBe(
          Math.min(c, b + r * (3 * last - b)),
        );
        // Polly's 25 % either way, on constant and linear waits.
        const share = { kind: 'share', share: 0.25 } as const;
        const near = (value: number) => expect.closeTo(value, 6);
        expect(delayAt({ kind: 'constant', ms: 8, jitter: share }, n, r)).toEqual(
          near(8 * (0.75 + 0.5 * r)),
        );
        const linear: Backoff = { kind: 'linear', ms: 8, capMs: 1e6, jitter: share };
        expect(delayAt(linear, n, r)).toEqual(near((n + 1) * 8 * (0.75 + 0.5 * r)));
        // MicroProfile Fault Tolerance.
        const within: Backoff = { kind: 'constant', ms: 8, jitter: { kind: 'within', ms: 20 } };
        expect(delayAt(within, n, r)).toEqual(near(Math.max(0, 8 - 20 + 40 * r)));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('that is decorrelated by version 2 has the worked values', () => {
    const of: Backoff = { kind: 'decorrelated-v2', ms: 1000, capMs: 1e9 };
    const delays = [0, 1, 2, 3, 4].map((n) =>
      delayAt(of, n, 0.5, n === 0 ? undefined : { ms: 0, r: 0.5 }),
    );
    expect(delays.map((ms) => Math.round(ms * 10) / 10_000)).toEqual(worked);
  });

  test('is the cap beyond the largest number, and nothing for a base of nothing', () => {
    for (const n of [1023, 1024, 1025, 5000]) {
      const drawn = { ms: 1, r: 0.5 };
      expect(delayAt({ kind: 'exponential', ms: 3, capMs: 70 }, n, 0.5)).toBe(70);
      expect(delayAt({ kind: 'exponential', ms: 0, capMs: 70 }, n, 0.5)).toBe(0);
      expect(delayAt({ kind: 'decorrelated-v2', ms: 3, capMs: 70 }, n, 0.5, drawn)).toBe(70);
      expect(delayAt({ kind: 'decorrelated-v2', ms: 0, capMs: 70 }, n, 0.5, drawn)).toBe(0);
    }
  });

  test('in a run is what was drawn, the next depending on it', () => {
    const one = (backoff: Backoff, levels = 1) =>
      called([retry({ attempts: 5, backoff, levels })], { script: ['fail'] }, [['a', 0]]).arrivals;
    // With a single level r is a half: the worked values, summed up.
    const times = one({ kind: 'decorrelated-v2', ms: 1000 }).map((line) => Number(line.slice(2)));
    const waits = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 1000);
    expect(waits.map((wait) => Math.round(wait * 1e4) / 1e4)).toEqual(worked?.slice(0, 4));
    // 5 + (15 - 5) / 2 = 10, 5 + (30 - 5) / 2 = 17.5, 5 + (52.5 - 5) / 2 = 28.75
    expect(one({ kind: 'decorrelated', ms: 5, capMs: 20 })).toEqual([
      'a 0',
      'a 10',
      'a 27.5',
      'a 47.5',
      'a 67.5',
    ]);
    const spread = new Set(
      Array.from({ length: 30 }, (_, seed) =>
        called(
          [retry({ attempts: 2, backoff: { kind: 'decorrelated', ms: 16 }, levels: 4 })],
          { script: ['fail'] },
          [['a', 0]],
          { seed },
        ).arrivals.at(-1),
      ),
    );
    expect([...spread].sort()).toEqual(['a 20', 'a 28', 'a 36', 'a 44']);
  });
});

describe('a retry', () => {
  test('makes the attempts of the reference, at its times', () => {
    const arbitrary = fc.record({
      attempts: fc.integer({ min: 1, max: 5 }),
      base: fc.integer({ min: 0, max: 9 }),
      factor: fc.integer({ min: 1, max: 3 }),
      total: fc.option(fc.integer({ min: 1, max: 60 })),
      outcomes: fc.array(fc.constantFrom('reply' as const, 'fail' as const), {
        minLength: 1,
        maxLength: 5,
      }),
      takesMs: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ attempts, base, factor, total, outcomes, takesMs }) => {
        // At halves, so that no two things happen at the same time.
        const totalMs = total === null ? null : total + 0.5;
        const expected = retryReference({
          ...{ attempts, totalMs, outcomes, takesMs },
          waits: (n) => Math.min(20, base * factor ** n),
        });
        const options: RetryOptions = {
          attempts,
          backoff: { kind: 'exponential', ms: base, factor, capMs: 20 },
          ...(totalMs === null ? {} : { totalTime: constant(totalMs) }),
        };
        const seen = called([retry(options)], { time: constant(takesMs), script: outcomes }, [
          ['a', 0],
        ]);
        expect(seen.arrivals).toEqual(expected.begun.map((at) => `a ${at}`));
        expect(seen.ends).toEqual([`a ${expected.ends} ${expected.at}`]);
      }),
      { seed: 3, numRuns: 120 },
    );
  });

  test('is for the errors that it names, and never for what was not tried', () => {
    const tried = (options: RetryOptions, error: string) =>
      called([retry({ ...options, backoff: plain(1) })], { refuses: () => error }, [['a', 0, 1]])
        .arrivals.length;
    expect(tried({}, 'anything')).toBe(3);
    expect(tried({ on: ['full'] }, 'full')).toBe(3);
    expect(tried({ on: ['full'] }, 'other')).toBe(1);
    expect(tried({ on: (error) => error !== 'other' }, 'other')).toBe(1);
    expect(tried({}, 'breaker-open')).toBe(1);
    expect(tried({}, 'cancelled')).toBe(1);
    expect(tried({}, 'bulkhead-full')).toBe(1);
    expect(tried({ onRejection: true }, 'bulkhead-full')).toBe(3);
    expect(tried({ onRejection: true, on: () => true }, 'breaker-open')).toBe(1);
  });

  test('keeps within a budget: a share of the calls under way, or a bucket', () => {
    const calls = Array.from({ length: 10 }, (_, index) => [`c${index}`, index / 100] as const);
    const made = (budget: RetryOptions['budget'], service = { concurrency: 20 }) =>
      called(
        [retry({ attempts: 3, backoff: plain(1), ...(budget && { budget }) })],
        { time: constant(10), script: ['fail'], ...service },
        calls,
      ).arrivals.length;
    expect(made(undefined)).toBe(30);
    // One of them is retried at a time, twice; once it has ended nobody is left to be.
    expect(made({ kind: 'share', ratio: 0, floor: 1 })).toBe(12);
    expect(made({ kind: 'share', ratio: 0, floor: 0 })).toBe(10);
    expect(made({ kind: 'tokens', capacity: 4, callsPerRetry: 5 })).toBe(14);
    expect(made({ kind: 'tokens', capacity: 0, callsPerRetry: 1 })).toBe(10);
    // A tenth of a hundred calls that come one after the other, and what was in the bucket at first.
    const many = Array.from({ length: 100 }, (_, index) => [`c${index}`, index * 100] as const);
    const budget = { kind: 'tokens', capacity: 2, callsPerRetry: 10 } as const;
    expect(
      called([retry({ attempts: 2, backoff: plain(1), budget })], { script: ['fail'] }, many)
        .arrivals.length,
    ).toBe(100 + 2 + 9);
  });

  test('around another multiplies: 3 layers with 4 attempts make 64 calls', () => {
    const layer = retry({ attempts: 4, backoff: plain(0) });
    expect(called([layer, layer, layer], { script: ['fail'] }, [['a', 0]]).arrivals).toHaveLength(
      64,
    );
  });

  test.each([
    [{ attempts: 0 }, 'attempts is 0; it must be a whole number, 1 or more'],
    [{ attempts: 1.5 }, 'attempts is 1.5; it must be'],
    [{ attempt: 2 }, 'there is no option "attempt"; did you mean "attempts"?'],
    [{ on: 'full' }, 'on is "full"; it must be a list of errors, or a function'],
    [{ levels: 0 }, 'levels is 0'],
    [{ totalTime: 100 }, 'totalTime is no distribution'],
    [{ backoff: { kind: 'fibonacci', ms: 1 } }, 'backoff.kind is "fibonacci"'],
    [{ backoff: { kind: 'constant', ms: -1 } }, 'backoff.ms is -1'],
    [{ backoff: { kind: 'decorrelated', ms: 1, factor: 3 } }, 'no option "backoff.factor"'],
    [{ backoff: { kind: 'exponential', ms: 1, factor: 0.5 } }, 'backoff.factor is 0.5'],
    [{ backoff: { kind: 'exponential', ms: 1, jitter: 'half' } }, 'backoff.jitter is "half"'],
    [{ budget: { kind: 'share', ratio: 2, floor: 0 } }, 'budget.ratio is 2'],
    [{ budget: { kind: 'tokens', capacity: 1 } }, 'budget.callsPerRetry is'],
  ])('refuses %o', (options, sentence) => {
    expect(() => retry(options as never)).toThrow(sentence);
  });
});
