/** Timeout: against a reference, its orphans, every execution, rules broken once; the zoo's retry with a new key. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, enqueueActions } from 'xstate';
import { type AnySystem, constant, invariant, reachable } from '../../../src/index.ts';
import {
  retry,
  type TimeoutContext,
  type TimeoutOptions,
  timeout,
} from '../../../src/patterns/resilience/index.ts';
import type { ServiceOptions } from '../../../src/patterns/services/index.ts';
import { describeBroken, expectSound, type Question } from './broken.ts';
import { called, contextOf, guardedSystem, type Seen } from './guarded-calls.ts';

const scope = { crashes: 0, loss: false, duplication: false };

describe('a timeout', () => {
  test('ends calls as the reference does: whichever is first', () => {
    const calls = fc.array(fc.tuple(fc.nat(50), fc.nat(40)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(calls, fc.nat(30), fc.boolean(), (drawn, limit, abandons) => {
        const given = drawn.toSorted(([a], [b]) => a - b);
        const after = limit + 0.5;
        const { ends } = called(
          [timeout({ after: constant(after), mode: abandons ? 'abandon' : 'cooperate' })],
          { time: (input) => constant(input as number), concurrency: 50 },
          given.map(([at, takes], index) => [`c${index}`, at, takes] as const),
        );
        // Work that has begun goes on: who cooperates waits for its late answer, a success.
        const expected = given.map(([at, takes], index) =>
          abandons && takes > after
            ? `c${index} timeout ${at + after}`
            : `c${index} reply ${at + takes}`,
        );
        expect([...ends].sort()).toEqual([...expected].sort());
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  const one = { time: constant(20), effects: 'every' } as const;
  const calls = [
    ['a', 0],
    ['b', 1],
    ['c', 30],
  ] as const;

  test('that abandons leaves an orphan, which keeps its server and has its effect', () => {
    const { ends, marks } = called([timeout({ after: constant(15) })], one, calls);
    // b had not begun when it was taken back; c finds the server free again.
    expect(ends).toEqual(['a timeout 15', 'b timeout 16', 'c timeout 45']);
    expect(marks).toEqual(['effect 20', 'effect 50']);
    const untold = called([timeout({ after: constant(15), tells: false })], one, calls);
    expect(untold.ends).toEqual(['a timeout 15', 'b timeout 16', 'c timeout 45']);
    expect(untold.marks).toEqual(['effect 20', 'effect 40', 'effect 60']);
  });

  test('that cooperates fails what those below have given up, and no other call', () => {
    const { ends } = called([timeout({ after: constant(15), mode: 'cooperate' })], one, calls);
    expect(ends).toEqual(['b timeout 16', 'a reply 20', 'c reply 50']);
  });

  test('outside a retry is for all attempts, inside for each', () => {
    const again = retry({ attempts: 3, backoff: { kind: 'constant', ms: 5 } });
    const limit = timeout({ after: constant(30) });
    const fails = { time: constant(20), script: ['fail'] } as const;
    expect(called([limit, again], fails, [['a', 0]])).toMatchObject({
      arrivals: ['a 0', 'a 25'],
      ends: ['a timeout 30'],
    });
    expect(called([again, limit], fails, [['a', 0]])).toMatchObject({
      arrivals: ['a 0', 'a 25', 'a 50'],
      ends: ['a error 70'],
    });
  });

  test.each([
    [{}, 'after is no distribution'],
    [
      { after: constant(1), mode: 'cancel' },
      'mode is "cancel"; it must be "abandon" or "cooperate"',
    ],
    [{ after: constant(1), tells: 1 }, 'tells is 1'],
    [{ after: constant(1), ms: 1 }, 'there is no option "ms"'],
  ])('refuses %o', (options, sentence) => {
    expect(() => timeout(options as never)).toThrow(sentence);
  });
});

const late = reachable<Seen>(
  'a time-out',
  (view) => contextOf<TimeoutContext>(view, 'timeout')?.calls.some((it) => it.isLate) === true,
);
const asked = (
  options: Partial<TimeoutOptions>,
  keys: readonly string[],
  service: ServiceOptions,
  properties: readonly unknown[] = [],
): Question => ({
  system: guardedSystem(
    [timeout({ after: constant(10), ...options })],
    service,
    keys,
    properties as never,
  ) as AnySystem,
  scope,
});
const abandons = asked({}, ['a', 'b'], { effects: 'once' });
const cooperates = asked({ mode: 'cooperate' }, ['a', 'b'], { effects: 'once' }, [late]);

/** Attempts that time out, to a service that knows its keys again. */
const retried = (attempts: number): Question => ({
  system: guardedSystem(
    [
      retry({ attempts, backoff: { kind: 'constant', ms: 0 } }),
      timeout({ after: constant(10), tells: false }),
    ],
    { effects: 'once' },
    ['a'],
  ) as AnySystem,
  scope: { ...scope, loss: true },
});
const lossy = retried(2);

const chargedOnce: Question = {
  ...lossy,
  system: guardedSystem(
    [retry({ attempts: 2 }), timeout({ after: constant(10), tells: false })],
    { effects: 'once' },
    ['a'],
    [
      invariant<Seen>(
        'one effect of what was asked once',
        ({ observed }) => Object.keys(observed.effects).length <= 1,
      ),
    ] as never,
  ) as AnySystem,
};

describe('in every execution a timeout', () => {
  test('answers each call once, and lets late answers change nothing', () => {
    expectSound(abandons);
    expectSound(cooperates);
    expectSound({ ...abandons, scope: { ...scope, loss: true } });
  });

  test('within a retry leaves one effect a key, though messages are lost', () => {
    expect(expectSound(lossy)).toBeGreaterThan(50);
    expectSound(chargedOnce);
  });
});

describe('without one of its rules it is found out:', () => {
  describeBroken([
    [
      'retry-new-idempotency-key: every attempt is another call',
      {
        retry: {
          actions: {
            again: enqueueActions(({ context, event, enqueue }) => {
              const { calls } = context as { calls: readonly Record<string, unknown>[] };
              const call = calls.find(
                ({ place }) => String(place) === (event as { key?: string }).key,
              );
              const { waitsAfter: _, ...rest } = call ?? {};
              enqueue.assign({ calls: [{ ...rest, attempts: 2 }] });
              const message = { type: 'call', service: 'service', key: 'a/2', attempt: '2' };
              enqueue.emit({ type: 'send', to: 'timeout', message } as never);
            }),
          },
        },
      },
      chargedOnce,
      'one effect of what was asked once',
    ],
    [
      'late answers go up',
      { timeout: { actions: { forget: assign({}) } } },
      asked({ tells: false }, ['a'], { effects: 'once' }),
      'one answer a call',
    ],
    [
      'nobody is told',
      { timeout: { actions: { failLate: assign({}) } } },
      abandons,
      'every call ends',
    ],
    [
      'what obeys is forgotten',
      { timeout: { actions: { passOn: assign({}) } } },
      cooperates,
      'every call ends',
    ],
  ]);
});
