/** The circuit breaker: its runs against a reference, windows at their edges, its place beside retry, refusals. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/index.ts';
import {
  type BreakerOptions,
  circuitBreaker,
  describePolicies,
  retry,
} from '../../../src/patterns/resilience/index.ts';
import { breakerReference } from './breaker-reference.ts';
import { called } from './guarded-calls.ts';

const open = constant(100);

/** Calls that fail or not as they say themselves, and what each came to. */
function ended(
  options: BreakerOptions,
  calls: readonly (readonly [atMs: number, fails: boolean])[],
  timeMs = 0,
): readonly string[] {
  const { ends } = called(
    [circuitBreaker(options)],
    {
      time: constant(timeMs),
      concurrency: 50,
      refuses: (input) => (input === 'bad' ? 'error' : undefined),
    },
    calls.map(([at, fails], index) => [`c${index}`, at, fails ? 'bad' : 'good'] as const),
  );
  const of = new Map(ends.map((line) => line.split(' ') as [string, string]));
  return calls.map((_, index) => of.get(`c${index}`) ?? 'nothing');
}

describe('a circuit breaker', () => {
  test('lets through and rejects what the reference does', () => {
    const rule = fc.oneof(
      fc.record({ row: fc.integer({ min: 1, max: 3 }) }),
      fc
        .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
        .map(([a, b]) => ({ size: Math.max(a, b), failures: Math.min(a, b) })),
    );
    const arbitrary = fc.record({
      rule,
      permits: fc.integer({ min: 1, max: 3 }),
      spare: fc.nat(2),
      calls: fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.boolean()), {
        minLength: 10,
        maxLength: 30,
      }),
    });
    fc.assert(
      fc.property(arbitrary, ({ rule, permits, spare, calls }) => {
        const mayFail = Math.min(spare, permits - 1);
        let at = 0;
        const timed = calls.map(([gap, fails]) => {
          at += gap;
          return [at, fails] as const;
        });
        const window: BreakerOptions['window'] =
          'row' in rule
            ? { kind: 'consecutive', failures: rule.row }
            : { kind: 'count', size: rule.size, ratio: rule.failures / rule.size };
        // At a half, so that it never ends in the moment of a call.
        const seen = ended({ window, open: constant(70.5), permits, mayFail }, timed);
        expect(seen).toEqual(breakerReference({ rule, openMs: 70.5, permits, mayFail }, timed));
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  test('opens at its ratio, or only above it', () => {
    const calls = [true, false, true, false, true].map((fails, at) => [at, fails] as const);
    const window = { kind: 'count', size: 4, ratio: 0.5 } as const;
    // Two of four have failed with the fourth, which is a success; the fifth failure opens.
    expect(ended({ window }, [...calls, [5, false]]).at(-1)).toBe('breaker-open');
    expect(ended({ window, above: true }, [...calls, [5, false]]).at(-1)).toBe('reply');
    expect(ended({ window, onSuccess: true }, calls).at(-1)).toBe('breaker-open');
    const tenth = { kind: 'count', size: 30, ratio: 0.1 } as const;
    const three = Array.from({ length: 31 }, (_, at) => [at, at > 26 && at < 30] as const);
    expect(ended({ window: tenth }, three).at(-1)).toBe('breaker-open');
  });

  test('forgets what is older than its time window, also when nothing came meanwhile', () => {
    const window = { kind: 'time', ms: 1000, slices: 10, minimum: 2, ratio: 0.5 } as const;
    const spread = (lastMs: number) =>
      ended({ window }, [
        [0, false],
        [1, false],
        [10, true],
        [lastMs, true],
        [lastMs + 1, false],
      ]);
    expect(spread(990).at(-1)).toBe('breaker-open');
    expect(spread(1005).at(-1)).toBe('reply');
    expect(spread(9000).at(-1)).toBe('reply');
  });

  test('opens on slow calls, though they succeed', () => {
    const slow = { afterMs: 50, ratio: 1 };
    const window = { kind: 'count', size: 2, ratio: 1, slow } as const;
    const calls = [0, 100, 200].map((at) => [at, false] as const);
    expect(ended({ window, onSuccess: true }, calls, 50).at(-1)).toBe('breaker-open');
    expect(ended({ window, onSuccess: true }, calls, 49).at(-1)).toBe('reply');
    expect(ended({ window }, calls, 50).at(-1)).toBe('reply');
  });

  test('stays open longer each time, where it says so, until it has closed', () => {
    const growing = (times: number) => constant(100 * times);
    const { marks } = called(
      [circuitBreaker({ window: { kind: 'consecutive', failures: 1 }, open: growing })],
      { refuses: (input) => (input === 'bad' ? 'error' : undefined) },
      [
        ['a', 0, 'bad'],
        ['b', 150, 'bad'],
        ['c', 400, 'good'],
        ['d', 500, 'bad'],
      ],
    );
    expect(marks).toEqual([
      'opened 0',
      'half-opened 100',
      'opened 150',
      'half-opened 350',
      'closed 400',
      'opened 500',
      'half-opened 600',
    ]);
  });

  test('takes errors that it does not handle for nothing, closed and half-open', () => {
    const window = { kind: 'consecutive', failures: 1 } as const;
    const seen = called(
      [circuitBreaker({ window, open, on: ['error'] })],
      { refuses: (input) => (typeof input === 'string' ? input : undefined) },
      [
        ['a', 0, 'mistake'],
        ['b', 1, 'error'],
        ['c', 2],
        ['d', 150, 'mistake'],
        ['e', 151, 'mistake'],
        ['f', 152, 'error'],
      ],
    );
    expect(seen.marks).toEqual(['opened 1', 'half-opened 101', 'opened 152', 'half-opened 252']);
  });

  test('does not count a late result, as libraries do', () => {
    // `slow` was let through closed and succeeds when the breaker is half-open, no probe having been sent.
    const late = (tagged: boolean) =>
      called(
        [circuitBreaker({ window: { kind: 'consecutive', failures: 1 }, open, tagged })],
        {
          time: (input) => constant(input === 'slow' ? 120 : 1),
          concurrency: 2,
          refuses: (input) => (input === 'bad' ? 'error' : undefined),
        },
        [
          ['a', 0, 'slow'],
          ['b', 1, 'bad'],
        ],
      ).marks;
    expect(late(true)).toEqual(['opened 2', 'half-opened 102']);
    expect(late(false)).toEqual(['opened 2', 'half-opened 102', 'closed 120']);
  });

  test('opens again when a probe is lost, and without a watchdog never does', () => {
    const lost = (probe: BreakerOptions['probe']) =>
      called(
        [
          circuitBreaker({
            window: { kind: 'consecutive', failures: 1 },
            open,
            probe: probe ?? null,
          }),
        ],
        {
          script: ['silent'],
          effects: 'every',
          refuses: (input) => (input === 'bad' ? 'error' : undefined),
        },
        [
          ['a', 0, 'bad'],
          ['b', 150],
          ['c', 155],
          ['d', 400],
        ],
      );
    expect(lost(constant(30)).marks).toEqual(
      [
        ...['effect 150', 'opened 0', 'half-opened 100', 'opened 180', 'half-opened 280'],
        ...['effect 400', 'opened 430', 'half-opened 530'],
      ].sort((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])),
    );
    expect(lost(null).ends).toContain('d breaker-open 400');
  });
});

describe('retry and breaker', () => {
  const twice = retry({ attempts: 3, backoff: { kind: 'constant', ms: 0 } });
  const four = circuitBreaker({
    window: { kind: 'consecutive', failures: 4 },
    open: constant(1e9),
  });
  const calls = Array.from({ length: 5 }, (_, index) => [`c${index}`, index * 10] as const);

  test.each([
    ['retry(circuit-breaker(service))', [twice, four], 4],
    ['circuit-breaker(retry(service))', [four, twice], 12],
  ] as const)('%s', (order, policies, expected) => {
    expect(describePolicies(policies)).toBe(order);
    expect(called(policies, { script: ['fail'] }, calls).arrivals).toHaveLength(expected);
  });
});

test.each([
  [{ permits: 0 }, 'permits is 0; it must be a whole number, 1 or more'],
  [{ permits: 2, mayFail: 2 }, 'mayFail is 2; it must be below permits, which is 2'],
  [{ threshold: 2 }, 'there is no option "threshold"'],
  [{ open: 100 }, 'open is no distribution'],
  [{ window: { kind: 'count', size: 4, minimum: 5, ratio: 1 } }, 'window.minimum is 5'],
  [{ window: { kind: 'count', size: 4, ratio: 0 } }, 'window.ratio is 0'],
  [{ window: { kind: 'time', ms: 0, ratio: 1 } }, 'window.ms is 0'],
  [{ window: { kind: 'consecutive', failures: 0 } }, 'window.failures is 0'],
  [{ tagged: 'yes' }, 'tagged is "yes"; it must be true or false'],
])('refuses %o', (options, sentence) => {
  expect(() => circuitBreaker(options as never)).toThrow(sentence);
});
