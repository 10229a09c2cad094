/**
 * Every row of test/calibration/retry-formulas.json: the waits that each product documents, by its formula as it stands
 * there, are those of a back-off here; and each way to bound retries bounds them.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/index.ts';
import {
  type Backoff,
  delayAt,
  type Policy,
  retry,
  timeout,
} from '../../../src/patterns/resilience/index.ts';
import oracle from '../../calibration/retry-formulas.json' with { type: 'json' };
import { called } from './guarded-calls.ts';

/** What a row says: b the base, c the cap, n the retry from 0, r the draw, in ms. */
interface Row {
  readonly backoff: Backoff;
  readonly formula: (n: number, r: number) => number;
  /** How far its rounding may be away. */
  readonly withinMs?: number;
}

const [b, c] = [25, 2000];
const v = (n: number) => Math.min(c, b * 2 ** n);
const f = (t: number) => 2 ** t * Math.tanh(Math.sqrt(4 * t));

/** What the wait before drew, where the next depends on it: the same draw, and this wait. */
const before = { ms: 40, r: 0.25 };

const rows: Readonly<Record<string, readonly Row[]>> = {
  none: [{ backoff: { kind: 'exponential', ms: b, capMs: c, jitter: 'none' }, formula: v }],
  full: [
    {
      backoff: { kind: 'exponential', ms: b, capMs: c, jitter: 'full' },
      formula: (n, r) => r * v(n),
    },
  ],
  equal: [
    {
      backoff: { kind: 'exponential', ms: b, capMs: c, jitter: 'equal' },
      formula: (n, r) => v(n) / 2 + (r * v(n)) / 2,
    },
  ],
  decorrelated: [
    {
      backoff: { kind: 'decorrelated', ms: b, capMs: c },
      formula: (n, r) => {
        const previous = n === 0 ? b : before.ms;
        return Math.min(c, b + r * (3 * previous - b));
      },
    },
  ],
  decorrelatedV2: [
    {
      backoff: { kind: 'decorrelated-v2', ms: b, capMs: 1e300 },
      formula: (n, r) => ((f(n + r) - (n === 0 ? 0 : f(n - 1 + before.r))) * b) / 1.4,
    },
  ],
  pollyConstantLinear: [
    {
      backoff: { kind: 'constant', ms: b, jitter: { kind: 'share', share: 0.25 } },
      formula: (_, r) => b * (0.75 + 0.5 * r),
    },
    {
      backoff: { kind: 'linear', ms: b, capMs: 1e300, jitter: { kind: 'share', share: 0.25 } },
      formula: (n, r) => (n + 1) * b * (0.75 + 0.5 * r),
    },
  ],
  resilience4jRandomised: [
    {
      // Its factor is 1.5 and its spread 0.5. It draws whole milliseconds, hence the one more at the upper end; and it
      // caps after the jitter, so that the two agree below the cap.
      backoff: {
        ...{ kind: 'exponential', ms: b, factor: 1.5, capMs: 1e300 },
        jitter: { kind: 'share', share: 0.5 },
      },
      formula: (n, r) => {
        const d = b * 1.5 ** n;
        return Math.max(1, d * 0.5 + r * (d * 1.5 + 1 - d * 0.5));
      },
      withinMs: 1,
    },
  ],
  envoy: [
    {
      backoff: { kind: 'geometric-sum', ms: b, capMs: 10 * b, jitter: 'full' },
      formula: (n, r) => r * Math.min(10 * b, (2 ** (n + 1) - 1) * b),
    },
  ],
  amazonStatesLanguage: [
    {
      backoff: { kind: 'exponential', ms: 1000, factor: 3, capMs: 20_000, jitter: 'full' },
      formula: (k, r) => r * Math.min(1000 * 3 ** k, 20_000),
    },
  ],
  serverlessWorkflow: [
    {
      backoff: { kind: 'constant', ms: b, jitter: { kind: 'plus', fromMs: 5, toMs: 30 } },
      formula: (_, r) => b + 5 + r * 25,
    },
    {
      backoff: {
        ...{ kind: 'exponential', ms: b, capMs: 1e300 },
        jitter: { kind: 'plus', fromMs: 5, toMs: 30 },
      },
      formula: (n, r) => b * 2 ** n + 5 + r * 25,
    },
  ],
  microprofileFaultTolerance: [
    {
      backoff: { kind: 'constant', ms: b, jitter: { kind: 'within', ms: 200 } },
      formula: (_, r) => Math.max(0, b - 200 + 400 * r),
    },
  ],
};

describe('the waits of', () => {
  test('every row are asked', () => {
    expect(Object.keys(rows)).toEqual(oracle.jitterFormulas.map(({ id }) => id));
  });

  const draws = fc.tuple(fc.nat(30), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  test.each(Object.entries(rows))('%s', (_, alike) => {
    for (const { backoff, formula, withinMs = 0 } of alike)
      fc.assert(
        fc.property(draws, ([n, r]) => {
          const own = delayAt(backoff, n, r, n === 0 ? undefined : before);
          const other = formula(n, r);
          // Sums in another order differ in their last digits.
          expect(Math.abs(own - other)).toBeLessThanOrEqual(withinMs + 1e-9 * Math.abs(other));
        }),
        { seed: 5, numRuns: 60 },
      );
  });

  test('a sum of powers stays at its cap, however far it is', () => {
    const backoff: Backoff = { kind: 'geometric-sum', ms: 25, capMs: 250 };
    expect([0, 1, 2, 3, 4].map((n) => delayAt(backoff, n, 0))).toEqual([25, 75, 175, 250, 250]);
    for (const n of [1023, 1024, 5000]) expect(delayAt(backoff, n, 0.5)).toBe(250);
    expect(delayAt({ ...backoff, factor: 1 } as Backoff, 2, 0)).toBe(75);
  });

  test('in a run are these too', () => {
    const backoff: Backoff = { kind: 'geometric-sum', ms: 10, jitter: 'none' };
    const { arrivals } = called([retry({ attempts: 4, backoff })], { script: ['fail'] }, [
      ['a', 0],
    ]);
    expect(arrivals).toEqual(['a 0', 'a 10', 'a 40', 'a 110']);
  });

  test.each([
    [{ kind: 'plus', fromMs: 5, toMs: 4 }, 'backoff.jitter.toMs is 4; it must be no less than'],
    [{ kind: 'plus', fromMs: -1, toMs: 4 }, 'backoff.jitter.fromMs is -1'],
    [{ kind: 'minus' }, 'backoff.jitter is {"kind":"minus"}'],
    [null, 'backoff.jitter is null'],
  ])('%o are refused', (jitter, sentence) => {
    expect(() => retry({ backoff: { kind: 'constant', ms: 1, jitter } as never })).toThrow(
      sentence,
    );
  });
});

describe('retries are bounded by', () => {
  const wait = { kind: 'constant', ms: 10 } as const;
  const attempts = (policies: readonly Policy[]) =>
    called(policies, { time: constant(10), script: ['fail'] }, [['a', 0]], { horizonMs: 5000 })
      .arrivals.length;

  test.each([
    ['Maximal number of attempts.', [retry({ attempts: 4, backoff: wait })], 4],
    // Attempts begin at 0, 20 and 40 ms.
    [
      'Maximal total duration.',
      [retry({ attempts: null, totalTime: constant(55), backoff: wait })],
      3,
    ],
    [
      'The deadline of an outer timeout.',
      [timeout({ after: constant(55) }), retry({ attempts: null, backoff: wait })],
      3,
    ],
    [
      'A retry budget: retries as a fraction of active or recent requests, or a token bucket.',
      [
        retry({
          ...{ attempts: null, backoff: wait },
          budget: { kind: 'tokens', capacity: 2, callsPerRetry: 10 },
        }),
      ],
      3,
    ],
  ] as const)('%s', (budget, policies, expected) => {
    expect(oracle.budgets).toContain(budget);
    expect(attempts(policies)).toBe(expected);
  });

  test('layers multiply, a budget adds its share', () => {
    const worked = (id: string) => oracle.amplification.find((one) => one.id === id)?.worked;
    const { given, result } = worked('layers') as {
      given: { k: number; m: number };
      result: { attempts: number };
    };
    const layer = retry({ attempts: given.m, backoff: { kind: 'constant', ms: 0 } });
    expect(attempts(Array.from({ length: given.k }, () => layer))).toBe(result.attempts);
    const ratio = (worked('budget') as { given: { b: number } }).given.b;
    const calls = Array.from({ length: 60 }, (_, index) => [`c${index}`, index * 50] as const);
    const budget = { kind: 'tokens', capacity: 1, callsPerRetry: 1 / ratio } as const;
    const { arrivals } = called(
      [retry({ attempts: 3, backoff: { kind: 'constant', ms: 1 }, budget })],
      { script: ['fail'] },
      calls,
    );
    // What is in the bucket at first is beside the share.
    expect(arrivals.length).toBeLessThanOrEqual(60 * (1 + ratio) + 1);
    expect(arrivals.length).toBeGreaterThan(60);
  });
});
