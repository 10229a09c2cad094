/** What a service has beside its desk: work on a call, a call that waits, and its health. */
import { assign, emit, setup } from 'xstate';
import { type Effect, mark, type Received, send } from '../../model/effects.ts';

type Outcome = 'done' | 'failed';

/** Work on one call: takes its time, then succeeds or fails. */
export const workMachine = setup({
  types: {
    context: {} as { input: unknown; outcome: Outcome },
    input: {} as { input: unknown },
    events: {} as { type: 'SUCCEED' } | { type: 'FAIL' },
    output: {} as Outcome,
  },
  guards: { cannotFail: () => true },
  actions: { fail: assign({ outcome: 'failed' as const }) },
  delays: { service: 0 },
}).createMachine({
  id: 'service-work',
  context: ({ input: { input } }) => ({ input: input ?? null, outcome: 'done' }),
  initial: 'working',
  states: {
    working: {
      after: { service: [{ guard: 'cannotFail', target: 'over' }, { target: 'worked' }] },
    },
    // Which of the two is a choice: drawn by weight in a run, both in a check.
    worked: { on: { SUCCEED: 'over', FAIL: { target: 'over', actions: 'fail' } } },
    over: { type: 'final' },
  },
  output: ({ context }) => context.outcome,
});

/** A call that waits no longer than the service lets it. */
export const waitMachine = setup({ delays: { patience: 0 } }).createMachine({
  id: 'service-wait',
  initial: 'waiting',
  states: { waiting: { after: { patience: 'over' } }, over: { type: 'final' } },
});

/** The same where it depends on what is found: whether calls have waited for long without a break. */
export const controlledWaitMachine = setup({
  types: {
    context: {} as { readonly isStanding: boolean },
    input: {} as { readonly isStanding: boolean },
  },
  delays: { patience: 0 },
}).createMachine({
  id: 'service-wait',
  context: ({ input: { isStanding } }) => ({ isStanding }),
  initial: 'waiting',
  states: { waiting: { after: { patience: 'over' } }, over: { type: 'final' } },
});

/** Breaks and is repaired, for ever. */
export const healthMachine = setup({
  types: {
    events: {} as Received<{ type: 'NONE' }>,
    emitted: {} as Effect<{ type: 'BROKE' } | { type: 'REPAIRED' }>,
  },
  delays: { working: 0, repair: 0 },
}).createMachine({
  id: 'service-health',
  initial: 'working',
  states: {
    working: {
      after: {
        working: {
          target: 'broken',
          actions: [emit(mark('broke')), emit(send('desk', { type: 'BROKE' }))],
        },
      },
    },
    broken: {
      after: {
        repair: {
          target: 'working',
          actions: [emit(mark('repaired')), emit(send('desk', { type: 'REPAIRED' }))],
        },
      },
    },
  },
});
