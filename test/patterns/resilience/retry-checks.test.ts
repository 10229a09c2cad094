/** Retry in every execution of small systems, and with each of its rules broken once. */
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, check, constant, invariant, reachable } from '../../../src/index.ts';
import {
  type RetryContext,
  type RetryOptions,
  retry,
} from '../../../src/patterns/resilience/index.ts';
import { describeBroken, expectSound, type Question } from './broken.ts';
import { contextOf, guardedSystem, type Seen } from './guarded-calls.ts';

const scope = { crashes: 0, loss: false, duplication: false };
const wait = { kind: 'constant', ms: 10 } as const;

const calls = (view: Seen) => contextOf<RetryContext>(view, 'retry')?.calls ?? [];
const bounded = invariant<Seen>('three attempts at most', (view) =>
  calls(view).every(({ attempts }) => attempts <= 3),
);
const third = reachable<Seen>('a third attempt', (view) =>
  calls(view).some(({ attempts }) => attempts === 3),
);
const oneRetried = invariant<Seen>(
  'one retried at a time',
  (view) => calls(view).filter((one) => one.attempts > 1 || one.waitsAfter).length <= 1,
);

/** The service may fail at every attempt. */
const asked = (
  options: RetryOptions,
  keys: readonly string[],
  properties: readonly unknown[],
  more = {},
): Question => ({
  system: guardedSystem(
    [retry({ backoff: wait, ...options })],
    { errorRate: 0.5, effects: 'once', concurrency: 2 },
    keys,
    properties as never,
    more,
  ) as AnySystem,
  scope,
});

const two = asked({}, ['a', 'b'], [bounded, third]);
const one = asked({}, ['a'], [bounded, third]);
const budgeted = asked(
  { attempts: 2, budget: { kind: 'share', ratio: 0, floor: 1 } },
  ['a', 'b'],
  [oneRetried],
);

/** By the clock: what waits for longer than the total time makes no further attempt. */
const timed = (of: RetryOptions): Question => ({
  system: guardedSystem(
    [retry({ attempts: null, backoff: wait, totalTime: constant(30), ...of })],
    { errorRate: 0.5, time: constant(10) },
    ['a'],
    [
      // An attempt takes 10 ms and a wait 10 or more: at 0, 20 and no later than 30.
      invariant<Seen>('no attempt after the total time', (view) =>
        calls(view).every(({ attempts }) => attempts <= 2),
      ),
      reachable<Seen>('a second attempt', (view) => calls(view).some((one) => one.attempts === 2)),
    ] as never,
    { timing: 'timed' },
  ) as AnySystem,
  scope: { ...scope, tickMs: 10, latency: '0', forceLatency: 0 },
});

describe('in every execution a retry', () => {
  test('answers each call once, after three attempts at most, under one key', () => {
    expect(expectSound(two)).toBeGreaterThan(100);
  });

  test('does so when its jitter is a choice', () => {
    const backoff = { kind: 'decorrelated', ms: 10, capMs: 40 } as const;
    expectSound(asked({ backoff, levels: 2 }, ['a'], [bounded, third]));
  });

  test('does so while a copy of any message may come late', () => {
    const { system } = asked({}, ['a'], [bounded, third]);
    expectSound({ system, scope: { ...scope, duplication: true } });
  });

  test('keeps within its budget', () => {
    expectSound(budgeted);
  });

  test('begins no attempt after its total time, by the clock', () => {
    expectSound(timed({}));
    expectSound(timed({ backoff: { kind: 'constant', ms: 20, jitter: 'equal' } }));
  });

  test('may have no bound, and then need not end', () => {
    const endless = asked({ attempts: null }, ['a'], [{ ...third, kind: 'reachable' }]);
    const { properties } = check(endless.system, { scope, maxStates: 400 });
    expect(properties.find(({ name }) => name === 'a third attempt')?.verdict).toBe('holds');
  });
});

describe('a retry without one of its rules is found out:', () => {
  describeBroken([
    [
      'attempts are not counted',
      { retry: { guards: { isSpent: () => false } } },
      one,
      bounded.name,
    ],
    [
      'an attempt too many',
      {
        retry: {
          guards: {
            isSpent: ({ context }: { context: unknown }) =>
              (context as RetryContext).calls.some((one) => one.attempts > 3),
          },
        },
      },
      one,
      bounded.name,
    ],
    [
      'the budget is not kept',
      { retry: { guards: { isOverBudget: () => false } } },
      budgeted,
      oneRetried.name,
    ],
    [
      'the total time is forgotten',
      { retry: { actions: { noFurther: assign({}), giveUp: assign({}) } } },
      timed({}),
      'no attempt after the total time',
    ],
    [
      'the last failure is kept',
      { retry: { actions: { passOn: assign({}) } } },
      one,
      'every call ends',
    ],
    ['the wait has no end', { retry: { actions: { again: assign({}) } } }, one, 'every call ends'],
  ]);
});
