/** Failover in every execution of small systems, and with each of its rules broken once. */
import { describe, expect, test } from 'vitest';
import { assign, enqueueActions } from 'xstate';
import {
  type AnySystem,
  alwaysPossible,
  constant,
  invariant,
  reachable,
  transition,
} from '../../../src/index.ts';
import {
  type FailoverContext,
  type FailoverOptions,
  failover,
  type Target,
} from '../../../src/patterns/resilience/index.ts';
import type { ServiceOptions } from '../../../src/patterns/services/index.ts';
import { describeBroken, expectSound, type Question } from './broken.ts';
import { contextOf, guardedServices, type Seen } from './guarded-calls.ts';

const scope = { crashes: 0, loss: false, duplication: false };
const of = (view: Seen) => contextOf<FailoverContext>(view, 'failover');
const targets = (view: Seen) => of(view)?.targets ?? [];
const calls = (view: Seen) => of(view)?.calls ?? [];
const ejected = (view: Seen) => targets(view).filter(({ isEjected }) => isEjected).length;
const isWell = ({ isEjected, isDown }: Target) => !isEjected && !isDown;
const results = ({ window }: Target) => window.reduce((sum, { total }) => sum + total, 0);

const promises = (most: number, attempts: number) => [
  invariant<Seen>('no more ejected than the share says', (view) => ejected(view) <= most),
  invariant<Seen>('a call goes to each target once', (view) =>
    calls(view).every(
      ({ tried }) => new Set(tried).size === tried.length && tried.length <= attempts,
    ),
  ),
  transition<Seen>('calls go to who is well, if anybody is', (before, after) =>
    calls(after).every(({ key, tried }) => {
      const known = calls(before).find((one) => one.key === key)?.tried.length ?? 0;
      if (tried.length === known) return true;
      const there = targets(before).find(({ name }) => name === tried.at(-1));
      return (there !== undefined && isWell(there)) || !targets(before).some(isWell);
    }),
  ),
  transition<Seen>('a result counts in the stay of its call', (before, after) =>
    targets(after).every((target, index) => {
      const then = targets(before)[index] as Target;
      if (results(target) <= results(then)) return true;
      return calls(before).some(
        ({ tried, epoch }) => tried.at(-1) === target.name && epoch === then.epoch,
      );
    }),
  ),
  transition<Seen>('nobody is ejected for a call of another stay', (before, after) =>
    targets(after).every((target, index) => {
      const then = targets(before)[index] as Target;
      if (then.isEjected || !target.isEjected) return true;
      return calls(before).some(
        ({ tried, epoch }) => tried.at(-1) === target.name && epoch === then.epoch,
      );
    }),
  ),
  alwaysPossible<Seen>('what is ejected can return', (view) => ejected(view) === 0),
];

const flaky: ServiceOptions = { errorRate: 0.5, concurrency: 2 };
const asked = (
  options: Partial<FailoverOptions>,
  keys: readonly string[],
  properties: readonly unknown[] = [],
  most = 1,
): Question => ({
  system: guardedServices(
    [
      failover({
        ...{ targets: ['a', 'b'], window: { kind: 'consecutive', failures: 1 } },
        ...{ eject: constant(10), forgive: null },
        ...options,
      }),
    ],
    { a: flaky, b: flaky },
    keys.map((key) => ['a', key] as const),
    [...promises(most, options.attempts ?? 2), ...properties] as never,
  ) as AnySystem,
  scope,
});

const someEjected = reachable<Seen>('one is ejected', (view) => ejected(view) === 1);
const moved = reachable<Seen>('a call is failed over', (view) =>
  calls(view).some(({ tried }) => tried.length === 2),
);
const allEjected = reachable<Seen>('all are ejected', (view) => ejected(view) === 2);

const one = asked({}, ['k'], [someEjected, moved]);
const two = asked({ attempts: 1 }, ['k', 'l'], [someEjected]);
const turns = asked({ choose: 'round-robin', attempts: 1 }, ['k', 'l'], [someEjected]);
const sticky = asked({ choose: 'sticky', attempts: 1 }, ['k', 'l'], [someEjected]);
const panic = asked({ maxShare: 1, attempts: 1 }, ['k', 'l'], [allEjected], 2);
const through = asked({ maxShare: 1 }, ['k'], [allEjected, moved], 2);
const rejects = asked({ maxShare: 1, panic: 'reject' }, ['k', 'l'], [allEjected], 2);
const forgiving = asked(
  { eject: (times) => constant(10 * times), forgive: constant(10), attempts: 1 },
  ['k', 'l'],
  [
    reachable<Seen>('ejected twice', (view) => targets(view).some(({ times }) => times === 2)),
    alwaysPossible<Seen>('all is forgiven', (view) =>
      targets(view).every(({ times }) => times === 0),
    ),
  ],
);
/** The target that probes see may be there and not answer in time: under asynchronous timing any time is short. */
const probed = asked(
  { targets: ['a'], probes: { every: constant(10), within: constant(10), bad: 1, good: 1 } },
  [],
  [
    reachable<Seen>('one is down', (view) => targets(view).some(({ isDown }) => isDown)),
    alwaysPossible<Seen>('all are up', (view) => targets(view).every(({ isDown }) => !isDown)),
  ],
);

describe('in every execution a failover', () => {
  test('answers each call once, from targets that are well', () => {
    expect(expectSound(one)).toBeGreaterThan(15);
    expect(expectSound(two)).toBeGreaterThan(50);
    for (const question of [turns, sticky]) expectSound(question);
  });

  test('in a panic sends calls to all, or to none', () => {
    expectSound(panic);
    expectSound(through);
    expectSound(rejects);
  });

  test('ejects for longer each time, and forgives', () => {
    expectSound(forgiving);
  });

  test('goes by what probes say', () => {
    expect(expectSound(probed)).toBeGreaterThan(50);
  });
});

describe('a failover without one of its rules is found out:', () => {
  const guards = (rules: object) => ({ failover: { guards: rules } }) as never;
  const actions = (rules: object) => ({ failover: { actions: rules } }) as never;
  describeBroken([
    [
      'late results count',
      guards({ isCounted: () => true }),
      two,
      'a result counts in the stay of its call',
    ],
    [
      'late failures eject',
      guards({
        isCounted: ({ context, event }: { context: FailoverContext; event: { type: string } }) =>
          event.type === 'failed' && context.targets[0]?.isEjected === false,
      }),
      two,
      'nobody is ejected for a call of another stay',
    ],
    [
      'everybody may be ejected',
      guards({ mayEject: () => true }),
      one,
      'no more ejected than the share says',
    ],
    ['nobody is ever ejected', guards({ isEjectable: () => false }), one, 'one is ejected'],
    ['a failure is the end', guards({ hasNext: () => false }), one, 'a call is failed over'],
    ['nobody comes back', actions({ readmit: assign({}) }), one, 'what is ejected can return'],
    ['nothing is forgiven', actions({ forgive: assign({}) }), forgiving, 'all is forgiven'],
    ['who is rejected is not told', actions({ reject: assign({}) }), rejects, 'every call ends'],
    [
      'a stay has no name of its own',
      actions({
        readmit: assign({
          targets: (({ context, event }: { context: FailoverContext; event: { key: string } }) =>
            context.targets.map((target) =>
              target.name === event.key ? { ...target, isEjected: false, epoch: 1 } : target,
            )) as never,
        }),
        eject: assign({
          targets: (({ context }: { context: FailoverContext }) =>
            context.targets.map((target) => ({ ...target, isEjected: true }))) as never,
        }),
      }),
      two,
      'no more ejected than the share says',
    ],
    ['nothing is brought up', guards({ turnsUp: () => false }), probed, 'all are up'],
    ['nothing is taken down', guards({ turnsDown: () => false }), probed, 'one is down'],
    [
      'a sick target is sent a call',
      actions({
        begin: enqueueActions(({ context, event, enqueue }) => {
          const { calls: known } = context as never as FailoverContext;
          const { from, key } = event as never as { from: string; key: string };
          const call = { key, from, service: 'a', place: known.length + 1, tried: ['a'], epoch: 1 };
          enqueue.assign({ calls: [...known, call] } as never);
          const message = { type: 'call', service: 'a', key, attempt: '1' };
          enqueue.emit({ type: 'send', to: 'a/desk', message } as never);
        }),
      }),
      two,
      'calls go to who is well, if anybody is',
    ],
  ]);
});
