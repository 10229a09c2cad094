/** The circuit breaker in every execution of small systems, live for ever, and with each of its rules broken once. */
import { describe, expect, test } from 'vitest';
import { assign, emit, enqueueActions, setup } from 'xstate';
import {
  type AnySystem,
  check,
  constant,
  defineNode,
  defineProcess,
  defineSystem,
  type Effect,
  infinitelyOften,
  invariant,
  type Received,
  reachable,
  send,
  transition,
} from '../../../src/index.ts';
import {
  type BreakerContext,
  type BreakerOptions,
  circuitBreaker,
  guarded,
} from '../../../src/patterns/resilience/index.ts';
import { defineServices, type ServiceMessage } from '../../../src/patterns/services/index.ts';
import { describeBroken, expectSound, type Question } from './broken.ts';
import { contextOf, guardedSystem, isIn, type Seen } from './guarded-calls.ts';

const scope = { crashes: 0, loss: false, duplication: false };
const name = 'circuit-breaker';
const of = (view: Seen) => contextOf<BreakerContext>(view, name);
const out = (view: Seen) => of(view)?.admitted.filter((one) => one.epoch === of(view)?.epoch) ?? [];
const states = ['closed', 'open', 'halfOpen'] as const;
const stateOf = (view: Seen) => states.find((state) => isIn(view, name, state));

const promises = (permits: number) => [
  transition<Seen>('open admits no call', (before, after) => {
    if (stateOf(after) !== 'open') return true;
    const known = of(before)?.admitted ?? [];
    return (of(after)?.admitted ?? []).every((one) => known.some(({ key }) => key === one.key));
  }),
  invariant<Seen>('no more probes than permits', (view) => {
    if (stateOf(view) !== 'halfOpen') return true;
    const { good = 0, bad = 0 } = of(view)?.probes ?? {};
    return out(view).length + good + bad <= permits;
  }),
  transition<Seen>('a verdict comes of a call of its epoch', (before, after) => {
    const [from, to] = [stateOf(before), stateOf(after)];
    if (from === to || from === 'open') return true;
    return out(before).length > 0;
  }),
  transition<Seen>('a late result is counted nowhere', (before, after) => {
    if (stateOf(before) !== stateOf(after) || of(before)?.epoch !== of(after)?.epoch) return true;
    const left = out(before).length - out(after).length;
    const counts = (view: Seen) => {
      const { probes, window } = of(view) as BreakerContext;
      return probes.good + probes.bad + (window[0]?.total ?? 0);
    };
    return counts(after) - counts(before) <= Math.max(0, left);
  }),
  ...states.map((state) => reachable<Seen>(`is ${state}`, (view) => stateOf(view) === state)),
];

const asked = (options: BreakerOptions, keys: readonly string[]): Question => ({
  system: guardedSystem(
    [circuitBreaker({ window: { kind: 'consecutive', failures: 1 }, ...options })],
    { errorRate: 0.5, concurrency: 2 },
    keys,
    promises(options.permits ?? 1) as never,
  ) as AnySystem,
  scope,
});

const three = asked({}, ['a', 'b', 'c']);
const probes = asked({ permits: 2, mayFail: 1 }, ['a', 'b', 'c']);

/** Asks for ever, and gives up at some time what is not answered. */
const asker = (ask: (key: string) => readonly unknown[]) =>
  defineProcess({
    machine: setup({
      types: {
        events: {} as Received<ServiceMessage> | { readonly type: 'ASK'; readonly key: string },
        emitted: {} as Effect<ServiceMessage>,
      },
      actions: {
        ask: enqueueActions(({ event, enqueue }) => {
          for (const one of ask((event as { readonly key: string }).key))
            enqueue.emit(one as never);
        }),
      },
      delays: { patience: 0 },
    }).createMachine({
      id: 'asker',
      initial: 'idle',
      states: {
        idle: { on: { ASK: { target: 'asking', actions: 'ask' } } },
        asking: { on: { reply: 'idle', failed: 'idle' }, after: { patience: 'idle' } },
      },
    }),
    choices: [{ event: { type: 'ASK', key: 'a' } }, { event: { type: 'ASK', key: 'b' } }],
  });

/** Answers, fails, or says nothing, as it likes. */
const moody = setup({
  types: {
    context: {} as { readonly from: string; readonly key: string },
    events: {} as Received<ServiceMessage> | { readonly type: 'ANSWER' | 'FAIL' | 'SWALLOW' },
    emitted: {} as Effect<ServiceMessage>,
  },
  actions: {
    note: assign(({ event }) => {
      const { from, key } = event as Received<ServiceMessage>;
      return { from, key };
    }),
    answer: emit(({ context: { from, key } }) => send(from, { type: 'reply', key, output: 1 })),
    fail: emit(({ context: { from, key } }) => send(from, { type: 'failed', key, error: 'error' })),
    forget: assign({ from: '', key: '' }),
  },
}).createMachine({
  id: 'moody',
  context: { from: '', key: '' },
  initial: 'idle',
  states: {
    idle: { on: { call: { target: 'busy', actions: 'note' } } },
    busy: {
      on: {
        ANSWER: { target: 'idle', actions: ['answer', 'forget'] },
        FAIL: { target: 'idle', actions: ['fail', 'forget'] },
        SWALLOW: { target: 'idle', actions: 'forget' },
      },
    },
  },
});

function live(options: BreakerOptions): AnySystem {
  const window = { kind: 'consecutive', failures: 1 } as const;
  const { processes, families, call, cancel } = guarded(defineServices({ service: {} }), [
    circuitBreaker({ window, ...options }),
  ]);
  /** Takes back what it asked before under the key, of which no answer may ever come. */
  const ask = (key: string) => [cancel('service', key), call('service', key)];
  const moods = ['ANSWER', 'FAIL', 'SWALLOW'] as const;
  const desk = defineProcess({
    machine: moody,
    choices: moods.map((type) => ({ event: { type } })),
  });
  return defineSystem({
    name: 'asks-for-ever',
    // All on one node, so that no number of messages can be on its way.
    nodes: () => ({
      service: defineNode({
        processes: { asker: asker(ask), ...processes, desk } as never,
        families,
      }),
    }),
    properties: () => [
      infinitelyOften('a call is admitted', ({ all }) =>
        (all as readonly { address: string; up: boolean; in(path: string): boolean }[]).some(
          (one) => one.address === 'service/desk' && one.up && one.in('busy'),
        ),
      ),
    ],
  } as never) as unknown as AnySystem;
}

describe('in every execution a circuit breaker', () => {
  test('keeps what it promises', () => {
    expect(expectSound(three)).toBeGreaterThan(500);
    expectSound(probes);
  });

  test('does so on a window of counts', () => {
    const window = { kind: 'count', size: 2, ratio: 0.5 } as const;
    expectSound(asked({ window }, ['a', 'b', 'c']));
  });

  test('opens and half-opens on time, by the clock', () => {
    const { system } = asked({ open: constant(30), probe: constant(20) }, ['a', 'b', 'c']);
    const timed = { ...system, timing: 'timed' } as AnySystem;
    expectSound({
      system: timed,
      scope: { ...scope, tickMs: 10, latency: '0', forceLatency: 0 },
    });
  });

  test('admits a call again and again, whatever the service does with its probes', () => {
    const { verdict, complete, fairness } = check(live({}), { scope, maxStates: 60_000 });
    expect({ verdict, complete }).toEqual({ verdict: 'holds', complete: true });
    expect(fairness).toMatch(/weak for forced writes, choices and timers/);
  });

  test('without a watchdog need not: a lost probe keeps it half-open for ever', () => {
    const { verdict } = check(live({ probe: null }), { scope, maxStates: 60_000 });
    expect(verdict).toBe('violated');
  });
});

describe('a circuit breaker without one of its rules is found out:', () => {
  const rules = (guards: object, actions: object = {}) =>
    ({ [name]: { guards, actions } }) as never;
  describeBroken([
    [
      'a late result counts',
      rules({ isOfAnotherEpoch: () => false }),
      three,
      'a verdict comes of a call of its epoch',
    ],
    [
      'everybody is a probe',
      rules({ hasPermit: () => true }),
      three,
      'no more probes than permits',
    ],
    [
      'open lets calls through',
      {
        [name]: {
          actions: {
            reject: assign({
              admitted: (({ context, event }: { context: BreakerContext; event: object }) => [
                ...context.admitted,
                { ...event, epoch: context.epoch },
              ]) as never,
            }),
          },
        },
      },
      three,
      'open admits no call',
    ],
    ['who is rejected is not told', rules({}, { reject: assign({}) }), three, 'every call ends'],
    [
      'an epoch goes on',
      rules({}, { beginEpoch: assign({}) }),
      three,
      'no more probes than permits',
    ],
    ['it never opens', rules({ opensClosed: () => false }), three, 'is open'],
  ]);
});
