/** Hedging: its runs against a reference, its percentile, which calls it leaves alone, refusals. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/index.ts';
import {
  type HedgeOptions,
  hedge,
  retry,
  timeout,
} from '../../../src/patterns/resilience/index.ts';
import type { ServiceOptions } from '../../../src/patterns/services/index.ts';
import { called, calledServices } from './guarded-calls.ts';
import { hedgeReference } from './hedge-reference.ts';

const names = ['one', 'two', 'three'] as const;

interface Taken {
  readonly takesMs: number;
  readonly fails: boolean;
}

/** Three replicas that take for a call what its input says of each. */
const replicas = Object.fromEntries(
  names.map((name, index): [string, ServiceOptions] => [
    name,
    {
      time: (input) => constant((input as readonly Taken[])[index]?.takesMs ?? 0),
      refuses: (input) => ((input as readonly Taken[])[index]?.fails ? 'error' : undefined),
      concurrency: 50,
    },
  ]),
);

describe('hedging', () => {
  test('sends the copies of the reference, and ends calls as it does', () => {
    const taken = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean());
    const arbitrary = fc.record({
      copies: fc.integer({ min: 1, max: 3 }),
      after: fc.integer({ min: 0, max: 25 }),
      isHandled: fc.boolean(),
      calls: fc.array(fc.tuple(taken, taken, taken), { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ copies, after, isHandled, calls }) => {
        // Apart by hundredths and thousandths, so that no two things happen at the same time.
        const afterMs = after + 0.503;
        const given = calls.map((copiesOf, call) =>
          copiesOf.map(([takes, fails], copy): Taken => {
            return { takesMs: takes + copy / 10 + call / 100, fails };
          }),
        );
        const seen = calledServices(
          [
            hedge({
              copies,
              after: constant(afterMs),
              replicas: names,
              ...(!isHandled && { on: [] }),
            }),
          ],
          replicas,
          given.map((input, index) => ['one', `c${index}`, index * 1000, input] as const),
        );
        const told = given.map((outcomes) =>
          hedgeReference({ copies, afterMs, outcomes, isHandled }),
        );
        const round = (line: string) =>
          line.replace(/[\d.]+$/, (at) => String(Math.round(Number(at) * 1000)));
        expect(seen.reached.map(round)).toEqual(
          told.flatMap(({ sent }, index) =>
            sent.map((at, copy) => round(`${names[copy]} c${index} ${index * 1000 + at}`)),
          ),
        );
        expect(seen.ends.map(round)).toEqual(
          told.map(({ ends, at }, index) => round(`c${index} ${ends} ${index * 1000 + at}`)),
        );
      }),
      { seed: 17, numRuns: 25 },
    );
  });

  const two = (options: Partial<HedgeOptions>, service: ServiceOptions, calls = 1) =>
    called(
      [hedge({ after: constant(10), ...options })],
      service,
      Array.from({ length: calls }, (_, index) => [`c${index}`, index] as const),
    );

  test('goes to the same service where it is not told of others, and takes the loser back', () => {
    // Both calls wait behind each other: the copies that wait are dropped when the first answers.
    const { arrivals, ends } = two({}, { time: constant(25) }, 2);
    expect(arrivals).toEqual(['c0 0', 'c1 1', 'c0 10', 'c1 11']);
    expect(ends).toEqual(['c0 reply 25', 'c1 reply 50']);
    const told = two({}, { time: constant(25), effects: 'none' }, 2);
    const untold = two({ tells: false }, { time: constant(25), concurrency: 1 }, 3);
    expect(told.ends).toEqual(ends);
    // c2 comes after the copies of c0 and c1 where these are not taken back.
    expect(untold.ends.at(-1)).toBe('c2 reply 75');
    expect(two({ copies: 3, tells: false }, { time: constant(25) }, 3).arrivals).toHaveLength(9);
  });

  test('goes round the replicas, from the one that was called', () => {
    const slow = [0, 1, 2].map(() => ({ takesMs: 100, fails: false }));
    const { reached } = calledServices(
      [hedge({ after: constant(10), copies: 3, replicas: names })],
      replicas,
      [['three', 'a', 0, slow]],
    );
    expect(reached).toEqual(['three a 0', 'one a 10', 'two a 20']);
  });

  test('copies what has no second effect, unless told otherwise', () => {
    const made = (options: Partial<HedgeOptions>, effects: ServiceOptions['effects']) =>
      two(options, { time: constant(30), effects: effects ?? 'none' }).arrivals.length;
    expect([made({}, 'none'), made({}, 'once'), made({}, 'every')]).toEqual([2, 2, 1]);
    expect(made({ calls: 'all' }, 'every')).toBe(2);
    expect(made({ calls: () => false }, 'none')).toBe(1);
    // A key is known to one service alone, so that two of them would have the effect.
    const effects = { time: constant(30), effects: 'once' } as const;
    const over = calledServices(
      [hedge({ after: constant(10), replicas: ['a', 'b'] })],
      { a: effects, b: effects },
      [['a', 'k', 0]],
    );
    expect(over.reached).toEqual(['a k 0']);
  });

  test('waits for a percentile of what the last calls took, and hedges none before it knows', () => {
    // Ten calls take 1 to 10 ms; from then on the ninth of them is the delay.
    const calls = Array.from({ length: 14 }, (_, index) => {
      const takesMs = index < 10 ? index + 1 : 20;
      return ['one', `c${index}`, index * 100, [{ takesMs }, { takesMs: 5 }]] as const;
    });
    const after = { percentile: 0.9, size: 10, minimum: 10 };
    const seen = calledServices([hedge({ after, replicas: ['one', 'two'] })], replicas, calls);
    const second = seen.reached.filter((line) => line.startsWith('two'));
    // The loser of c10 had been out for 14 ms: it counts with these, as longer than the delay.
    expect(second).toEqual(['two c10 1009', 'two c11 1110', 'two c12 1214', 'two c13 1315']);
    expect(seen.ends.slice(-4)).toEqual([
      'c10 reply 1014',
      'c11 reply 1115',
      'c12 reply 1219',
      'c13 reply 1320',
    ]);
  });

  test('keeps within a budget', () => {
    const made = (budget: HedgeOptions['budget']) =>
      two({ ...(budget && { budget }) }, { time: constant(30), concurrency: 20 }, 5).arrivals
        .length;
    expect(made(undefined)).toBe(10);
    expect(made({ kind: 'share', ratio: 0, floor: 2 })).toBe(7);
    expect(made({ kind: 'tokens', capacity: 1, callsPerRetry: 5 })).toBe(6);
  });

  test('stands in any place beside retry and timeout', () => {
    const again = retry({ attempts: 2, backoff: { kind: 'constant', ms: 5 } });
    const twice = hedge({ after: constant(10) });
    const fails = { time: constant(15), script: ['fail'], concurrency: 9 } as const;
    expect(called([again, twice], fails, [['a', 0]])).toMatchObject({
      arrivals: ['a 0', 'a 10', 'a 30', 'a 40'],
      ends: ['a error 55'],
    });
    expect(called([twice, again], fails, [['a', 0]])).toMatchObject({
      arrivals: ['a 0', 'a 10', 'a 20', 'a 30'],
      ends: ['a error 45'],
    });
    const limit = timeout({ after: constant(12) });
    expect(called([limit, twice], fails, [['a', 0]]).ends).toEqual(['a timeout 12']);
    expect(called([twice, limit], fails, [['a', 0]]).ends).toEqual(['a timeout 22']);
  });

  test.each([
    [{}, 'after is no distribution'],
    [{ after: { percentile: 95 } }, 'after.percentile is 95; it must be a number between 0 and 1'],
    [{ after: { percentile: 0.9, minimum: 9, size: 3 } }, 'after.minimum is 9; it must be no more'],
    [{ after: constant(1), copies: 0 }, 'copies is 0; it must be a whole number, 1 or more'],
    [{ after: constant(1), replicas: ['a', 'a'] }, 'replicas is ["a","a"]; it must be a list'],
    [{ after: constant(1), calls: 'safe' }, 'calls is "safe"; it must be "idempotent", "all", or'],
    [{ after: constant(1), tells: 1 }, 'tells is 1'],
    [{ after: constant(1), budget: { kind: 'share', ratio: 2 } }, 'hedge: budget.ratio is 2'],
    [{ delay: constant(1) }, 'there is no option "delay"'],
  ])('refuses %o', (options, sentence) => {
    expect(() => hedge(options as never)).toThrow(sentence);
  });

  test('refuses replicas that are no services before any call', () => {
    const policies = [hedge({ after: constant(1), replicas: ['one', 'tow'] })];
    expect(() => calledServices(policies, replicas, [])).toThrow(
      'there is no service "tow"; did you mean "two"?',
    );
  });
});
