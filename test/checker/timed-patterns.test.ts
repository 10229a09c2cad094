/** Timed timing on what it is for: a breaker's open time, a retry's deadline, time-outs of two-phase commit. */
import { describe, expect, test } from 'vitest';
import { assign, emit, setup } from 'xstate';
import {
  alwaysPossible,
  check,
  defineProcess,
  defineSystem,
  type Effect,
  exponential,
  invariant,
  mark,
  type Received,
  reachable,
  replay,
  send,
  uniform,
  variant,
} from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

type Message = { readonly type: 'CALL' | 'FAILED' | 'DONE' };
type Timed = Received<Message> & { readonly now: number };

/** A service that fails or not, as it likes. */
const service = setup({
  types: {
    context: {} as { readonly from: string },
    events: {} as Received<Message> | { readonly type: 'WORKS' } | { readonly type: 'BREAKS' },
    emitted: {} as Effect<Message>,
  },
}).createMachine({
  id: 'service',
  context: { from: '' },
  initial: 'idle',
  states: {
    idle: {
      on: { CALL: { target: 'busy', actions: assign({ from: ({ event }) => event.from }) } },
    },
    busy: {
      on: {
        WORKS: {
          target: 'idle',
          actions: emit(({ context }) => send(context.from, { type: 'DONE' })),
        },
        BREAKS: {
          target: 'idle',
          actions: emit(({ context }) => send(context.from, { type: 'FAILED' })),
        },
      },
    },
  },
});
const unreliable = defineProcess({
  machine: service,
  choices: [{ event: { type: 'WORKS' } }, { event: { type: 'BREAKS' } }],
});

describe('a circuit breaker', () => {
  interface Context {
    readonly failures: number;
    readonly firstFailureAt: number;
    readonly openedAt: number;
    readonly trialAt: number;
  }
  /** Opens after two failures; by its clock it lets a trial through when it has been open for 30 ms. */
  const breaker = (since: 'openedAt' | 'firstFailureAt') =>
    setup({
      types: {
        context: {} as Context,
        events: {} as Timed | { readonly type: 'ASK'; readonly now: number },
        emitted: {} as Effect<Message>,
      },
      guards: {
        isSecond: ({ context }) => context.failures === 1,
        isOver: ({ context, event }) => event.now - context[since] >= 30,
      },
      actions: {
        call: emit(send('service', { type: 'CALL' })),
        reject: emit(mark('rejected')),
      },
    }).createMachine({
      id: 'breaker',
      context: { failures: 0, firstFailureAt: 0, openedAt: 0, trialAt: -1 },
      initial: 'closed',
      states: {
        closed: { on: { ASK: { target: 'calling', actions: 'call' } } },
        calling: {
          on: {
            DONE: { target: 'closed', actions: assign({ failures: 0 }) },
            FAILED: [
              {
                guard: 'isSecond',
                target: 'open',
                actions: assign({ openedAt: ({ event }) => event.now }),
              },
              {
                target: 'closed',
                actions: assign({ failures: 1, firstFailureAt: ({ event }) => event.now }),
              },
            ],
          },
        },
        open: {
          on: {
            ASK: [
              {
                guard: 'isOver',
                target: 'halfOpen',
                actions: ['call', assign({ trialAt: ({ event }) => event.now })],
              },
              { actions: 'reject' },
            ],
          },
        },
        halfOpen: {},
      },
    });
  const system = (since: 'openedAt' | 'firstFailureAt') =>
    defineSystem({
      name: 'breaker',
      nodes: () => ({
        breaker: defineProcess({
          machine: breaker(since),
          clock: true,
          choices: [{ event: { type: 'ASK' } as never, after: exponential(10, 10) }],
        }),
        service: unreliable,
      }),
      timing: 'timed',
      scope: { tickMs: 10, ticks: 9 },
      properties: () => [
        invariant('no trial before the open time', ({ processes: { breaker: it } }) => {
          if (!it?.up || !it.in('halfOpen')) return true;
          const { openedAt, trialAt } = it.context as Context;
          return trialAt - openedAt >= 30;
        }),
        reachable('a trial', ({ processes }) => processes.breaker?.in('halfOpen') === true),
      ],
    });

  test('lets no trial through before its open time is over, and one after it', () => {
    const result = check(system('openedAt'), { stopAtViolation: false });
    expect(result.properties.map(({ verdict }) => verdict)).toEqual(['holds', 'holds']);
  });

  test('that counts the open time from the first failure is found', () => {
    const { properties } = check(system('firstFailureAt'));
    expect(properties[0]?.verdict).toBe('violated');
    const file = properties[0]?.counterexample;
    if (file === undefined || !('header' in file)) throw new Error('no run file');
    // The readings of the clock stand in the decisions, so that a replay reads the same clock.
    expect(replay(system('firstFailureAt'), file).violated).toEqual([
      'no trial before the open time',
    ]);
  });

  test('on a timer can always close again', () => {
    const timer = setup({
      types: { events: {} as Received<Message>, emitted: {} as Effect<Message> },
      delays: { open: 30 },
    }).createMachine({
      id: 'timer',
      initial: 'open',
      states: {
        open: { after: { open: 'halfOpen' } },
        halfOpen: {
          entry: emit(send('service', { type: 'CALL' })),
          on: { DONE: 'closed', FAILED: 'open' },
        },
        closed: { on: { FAILED: 'open' } },
      },
    });
    const always = defineSystem({
      name: 'breaker-on-a-timer',
      nodes: () => ({ breaker: defineProcess({ machine: timer }), service: unreliable }),
      timing: 'timed',
      properties: () => [
        alwaysPossible('closed', ({ processes }) => processes.breaker?.in('closed') === true),
      ],
    });
    expect(check(always).verdict).toBe('holds');
  });
});

describe('a retry with a deadline', () => {
  interface Context {
    readonly attempts: number;
    readonly lastAt: number;
  }
  /** At most three attempts, and none later than 40 ms after the first, asked before or after the wait. */
  const retry = (asks: 'before' | 'after') =>
    setup({
      types: {
        context: {} as Context,
        events: {} as Timed | { readonly type: 'BEGIN'; readonly now: number },
        emitted: {} as Effect<Message>,
      },
      guards: {
        isSpent: ({ context }) => context.attempts >= 3,
        isLate: ({ event }) => event.now > 40,
      },
      actions: {
        attempt: emit(send('service', { type: 'CALL' })),
        count: assign({
          attempts: ({ context }) => context.attempts + 1,
          lastAt: ({ event }) => event.now,
        }),
      },
      delays: { backoff: 10 },
    }).createMachine({
      id: 'retry',
      context: { attempts: 0, lastAt: 0 },
      initial: 'idle',
      states: {
        idle: { on: { BEGIN: { target: 'calling', actions: ['count', 'attempt'] } } },
        calling: {
          on: {
            DONE: 'succeeded',
            FAILED: [
              { guard: 'isSpent', target: 'failed' },
              ...(asks === 'before'
                ? [{ guard: 'isLate' as const, target: 'failed' as const }]
                : []),
              { target: 'waiting' },
            ],
          },
        },
        waiting: {
          after: {
            backoff: [
              ...(asks === 'after'
                ? [{ guard: 'isLate' as const, target: 'failed' as const }]
                : []),
              { target: 'calling', actions: ['count', 'attempt'] },
            ],
          },
        },
        succeeded: {},
        failed: {},
      },
    });
  const system = (asks: 'before' | 'after') =>
    defineSystem({
      name: 'retry',
      nodes: () => ({
        caller: defineProcess({
          machine: retry(asks),
          clock: true,
          delays: { backoff: uniform(10, 30) },
          choices: [{ event: { type: 'BEGIN' } as never }],
        }),
        service: unreliable,
      }),
      timing: 'timed',
      scope: { tickMs: 10, latency: '0..1', ticks: 14 },
      properties: () => [
        invariant('no attempt after the deadline', ({ processes: { caller } }) =>
          caller?.up ? (caller.context as Context).lastAt <= 40 : true,
        ),
        invariant('three attempts at most', ({ processes: { caller } }) =>
          caller?.up ? (caller.context as Context).attempts <= 3 : true,
        ),
        reachable('a third attempt', ({ processes: { caller } }) =>
          caller?.up ? (caller.context as Context).attempts === 3 : false,
        ),
      ],
    });

  test('that asks for the time after its wait keeps it', () => {
    const result = check(system('after'), { stopAtViolation: false });
    expect(result.properties.map(({ verdict }) => verdict)).toEqual(['holds', 'holds', 'holds']);
  });

  test('that asks before its wait attempts once more after the deadline', () => {
    const result = check(system('before'), { stopAtViolation: false });
    expect(result.properties.map(({ verdict }) => verdict)).toEqual(['violated', 'holds', 'holds']);
  });
});

describe('two-phase commit without faults, everybody voting yes', () => {
  const asked = variant(twoPhaseCommit, 'in-time', {
    properties: [
      reachable('times out falsely', ({ processes: { coordinator } }) =>
        coordinator.up ? coordinator.in('aborting') && coordinator.context.no.length === 0 : false,
      ),
      reachable('commits', ({ all }) => all.slice(1).every((one) => one.in('committed'))),
    ],
  });
  const verdicts = (latency: string) => {
    const { complete, properties } = check(asked, {
      parameters: { participants: 2, votes: 'yes' },
      timing: 'timed',
      scope: { crashes: 0, loss: false, duplication: false, tickMs: 25, forceLatency: 0, latency },
      stopAtViolation: false,
    });
    expect(complete).toBe(true);
    const [falsely, commits] = properties.map(({ verdict }) => verdict === 'holds');
    return { falsely, commits };
  };

  test('times out falsely exactly when there and back may take as long as the vote time-out', () => {
    // The vote time-out is four ticks; at the very tick either may come first.
    for (const latency of ['0', '1', '0..1'])
      expect([latency, verdicts(latency)]).toEqual([latency, { falsely: false, commits: true }]);
    for (const latency of ['2', '1..2'])
      expect([latency, verdicts(latency)]).toEqual([latency, { falsely: true, commits: true }]);
    expect(verdicts('3')).toEqual({ falsely: true, commits: false });
  });
});
