/** Hedging in every execution of small systems, and with each of its rules broken once. */
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, constant, invariant, reachable, transition } from '../../../src/index.ts';
import {
  type HedgeContext,
  type HedgeOptions,
  hedge,
} from '../../../src/patterns/resilience/index.ts';
import type { ServiceOptions } from '../../../src/patterns/services/index.ts';
import { describeBroken, expectSound, type Question } from './broken.ts';
import { contextOf, guardedServices, type Seen } from './guarded-calls.ts';

const scope = { crashes: 0, loss: false, duplication: false };
const calls = (view: Seen) => contextOf<HedgeContext>(view, 'hedge')?.calls ?? [];

const promises = (copies: number) => [
  invariant<Seen>('no more copies than said', (view) =>
    calls(view).every((one) => one.copies <= copies && one.out.length <= one.copies),
  ),
  invariant<Seen>('a call has a copy under way', (view) =>
    calls(view).every(({ out }) => out.length > 0),
  ),
  transition<Seen>('one copy more at a time', (before, after) =>
    calls(after).every(({ key, copies: now }) => {
      const then = calls(before).find((one) => one.key === key)?.copies ?? 0;
      return now - then <= 1;
    }),
  ),
];
const second = reachable<Seen>('a second copy', (view) =>
  calls(view).some(({ out }) => out.length === 2),
);

const asked = (
  options: Partial<HedgeOptions>,
  services: Readonly<Record<string, ServiceOptions>>,
  keys: readonly string[],
  properties: readonly unknown[] = [second],
  more = {},
): Question => ({
  system: guardedServices(
    [hedge({ after: constant(10), ...options })],
    services,
    keys.map((key) => [Object.keys(services)[0] as string, key] as const),
    [...promises(options.copies ?? 2), ...properties] as never,
    more,
  ) as AnySystem,
  scope,
});

const flaky: ServiceOptions = { errorRate: 0.5, concurrency: 2 };
const same = asked({}, { a: flaky }, ['k']);
const sure = asked({}, { a: { concurrency: 2 } }, ['k', 'l']);
const replicas = asked({ copies: 3, replicas: ['a', 'b'] }, { a: flaky, b: flaky }, ['k']);
const single = asked({}, { a: { effects: 'once' } }, ['k']);
const fatal = asked({ on: [] }, { a: flaky }, ['k']);
const once = asked({}, { a: { effects: 'once' } }, ['k', 'l']);
const every = asked({}, { a: { effects: 'every', concurrency: 2 } }, ['k', 'l'], []);
const budgeted = asked(
  { budget: { kind: 'share', ratio: 0, floor: 1 } },
  { a: flaky },
  ['k', 'l'],
  [
    second,
    invariant<Seen>(
      'one hedged at a time',
      (view) => calls(view).filter(({ copies }) => copies > 1).length <= 1,
    ),
  ],
);
/** By the clock: the first copy is out for so long. */
const timed = (takesMs: number, property: unknown): Question => ({
  system: asked({}, { a: { time: constant(takesMs), concurrency: 2 } }, ['k', 'l'], [property], {
    timing: 'timed',
  }).system,
  scope: { ...scope, tickMs: 5, latency: '0', forceLatency: 0 },
});

describe('in every execution hedging', () => {
  test('answers each call once, whichever copy is first', () => {
    expect(expectSound(same)).toBeGreaterThan(50);
    expect(expectSound(sure)).toBeGreaterThan(200);
    expectSound(replicas);
    expectSound(fatal);
    expectSound({ ...single, scope: { ...scope, duplication: true } }, 60_000);
  });

  test('has one effect of what it copies, and leaves alone what would have two', () => {
    expectSound(once);
    expectSound(every);
  });

  test('keeps within its budget', () => {
    expectSound(budgeted);
  });

  test('sends no copy of what is answered before its time, by the clock', () => {
    const alone = invariant<Seen>('one copy', (view) =>
      calls(view).every((one) => one.copies === 1),
    );
    expectSound(timed(5, alone));
    expectSound(timed(15, second));
  });
});

describe('hedging without one of its rules is found out:', () => {
  const guards = (rules: object) => ({ hedge: { guards: rules } }) as never;
  const actions = (rules: object) => ({ hedge: { actions: rules } }) as never;
  describeBroken([
    ['everything is copied', guards({ isSafe: () => true }), every, 'one effect a key'],
    [
      'copies are not counted',
      guards({ mayReplace: () => true }),
      same,
      'no more copies than said',
    ],
    [
      'the budget is not kept',
      guards({ isOverBudget: () => false }),
      budgeted,
      'one hedged at a time',
    ],
    [
      'the last failure is kept',
      guards({ isLastOut: () => false }),
      same,
      'a call has a copy under way',
    ],
    ['a loser is an answer', actions({ passOn: assign({}) }), same, 'every call ends'],
    [
      'a copy that failed is thought to be out',
      actions({ dropCopy: assign({}) }),
      replicas,
      'every call ends',
    ],
  ]);
});
