/**
 * Two-phase commit as Gray and Lamport specify it (TwoPhase.tla, Consensus on Transaction Commit, 2006):
 * no logs, no time-outs, no crashes, messages in a set that only grows. Its state counts are published
 * (test/calibration/state-counts.json), so it calibrates the checker.
 */
import { assign, emit, setup } from 'xstate';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { invariant } from '../../model/property.ts';
import { defineSystem } from '../../model/system.ts';

type Message =
  | { readonly type: 'PREPARED' }
  | { readonly type: 'COMMIT' }
  | { readonly type: 'ABORT' };

/** PREPARE and CHOOSE_TO_ABORT are spontaneous: a resource manager needs no request. */
export const resourceManager = setup({
  types: {
    events: {} as
      | Received<Message>
      | { readonly type: 'PREPARE' }
      | { readonly type: 'CHOOSE_TO_ABORT' },
    emitted: {} as Effect<Message>,
  },
}).createMachine({
  id: 'resource-manager',
  initial: 'working',
  // RMRcvCommitMsg and RMRcvAbortMsg do not look at the state of the resource manager.
  on: { COMMIT: '.committed', ABORT: '.aborted' },
  states: {
    working: {
      on: {
        PREPARE: { target: 'prepared', actions: emit(send('tm', { type: 'PREPARED' })) },
        CHOOSE_TO_ABORT: 'aborted',
      },
    },
    prepared: {},
    committed: {},
    aborted: {},
  },
});

export interface ManagerContext {
  readonly managers: readonly string[];
  /** tmPrepared, in the order of the managers, so that equal sets are equal lists. */
  readonly prepared: readonly string[];
}

export const transactionManager = setup({
  types: {
    context: {} as ManagerContext,
    input: {} as { readonly managers: readonly string[] },
    events: {} as
      | Received<Message>
      | { readonly type: 'DECIDE_COMMIT' }
      | { readonly type: 'DECIDE_ABORT' },
    emitted: {} as Effect<Message>,
  },
  guards: {
    allPrepared: ({ context }) => context.prepared.length === context.managers.length,
  },
}).createMachine({
  id: 'transaction-manager',
  context: ({ input }) => ({ managers: input.managers, prepared: [] }),
  initial: 'init',
  states: {
    init: {
      on: {
        PREPARED: {
          actions: assign({
            prepared: ({ context, event }) =>
              context.managers.filter((rm) => rm === event.from || context.prepared.includes(rm)),
          }),
        },
        DECIDE_COMMIT: {
          guard: 'allPrepared',
          target: 'committed',
          actions: emit(({ context }) => send(context.managers, { type: 'COMMIT' })),
        },
        DECIDE_ABORT: {
          target: 'aborted',
          actions: emit(({ context }) => send(context.managers, { type: 'ABORT' })),
        },
      },
    },
    committed: {},
    aborted: {},
  },
});

export const abstractTwoPhaseCommit = defineSystem({
  name: 'two-phase-commit/abstract',
  description:
    'Gray and Lamport’s TwoPhase: a message set, no logs, no time-outs; counts are published.',
  parameters: { participants: integer(3, { min: 1, max: 12, description: 'resource managers' }) },
  nodes: ({ participants }) => ({
    tm: defineProcess({
      machine: transactionManager,
      input: { managers: Array.from({ length: participants }, (_, i) => `rm${i + 1}`) },
      choices: [
        { event: { type: 'DECIDE_COMMIT' } },
        { event: { type: 'DECIDE_ABORT' }, weight: 0.1 },
      ],
    }),
    ...replicate('rm', participants, () =>
      defineProcess({
        machine: resourceManager,
        choices: [
          { event: { type: 'PREPARE' }, weight: 9 },
          { event: { type: 'CHOOSE_TO_ABORT' }, weight: 1 },
        ],
      }),
    ),
  }),
  network: { order: 'set' },
  symmetry: ({ participants }) => [Array.from({ length: participants }, (_, i) => `rm${i + 1}`)],
  timing: 'asynchronous',
  properties: [
    invariant(
      'consistency',
      ({ all }) =>
        !(
          all.some((rm) => rm.address !== 'tm' && rm.in('committed')) &&
          all.some((rm) => rm.address !== 'tm' && rm.in('aborted'))
        ),
      {
        description: 'No resource manager is aborted while another is committed.',
      },
    ),
  ],
  settled: ({ all }) => all.every((process) => process.in('committed') || process.in('aborted')),
});
