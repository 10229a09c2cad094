/**
 * Two-phase commit with messages in transit: each node has one queue that all senders share, requests to
 * prepare arrive, votes and decisions may be lost at any place of a queue, and a resource manager takes
 * the request and chooses its answer in one step. The numbered places of the transaction manager are states
 * of their own on purpose, since the count was made with them (Spin 6.5.2).
 */
import { assign, emit, setup } from 'xstate';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import { participants as participantsParameter } from './tcommit.ts';

type ToParticipant = { readonly type: 'PREPARE' | 'COMMIT' | 'ABORT' };
type ToManager = { readonly type: 'VOTE'; readonly yes: boolean };

export const votingParticipant = setup({
  types: {
    events: {} as
      | Received<ToParticipant>
      | { readonly type: 'VOTE_YES' | 'VOTE_NO' | 'SAY_NOTHING' },
    emitted: {} as Effect<ToManager>,
  },
  actions: {
    voteYes: emit(send('tm', { type: 'VOTE', yes: true })),
    voteNo: emit(send('tm', { type: 'VOTE', yes: false })),
  },
}).createMachine({
  id: 'voting-participant',
  initial: 'beforeVote',
  states: {
    // A decision behind the request waits in the queue: there is no transition for it here.
    beforeVote: { on: { PREPARE: 'choosing' } },
    choosing: {
      on: {
        VOTE_YES: { target: 'listening.ready', actions: 'voteYes' },
        VOTE_NO: { target: 'listening.aborted', actions: 'voteNo' },
        SAY_NOTHING: 'listening.working',
      },
    },
    listening: {
      initial: 'working',
      on: { COMMIT: '.committed', ABORT: '.aborted' },
      states: { working: {}, ready: {}, committed: {}, aborted: {} },
    },
  },
});

interface Manager {
  readonly participants: readonly string[];
  readonly yesVotes: number;
  readonly decision: 'none' | 'commit' | 'abort';
  /** How many participants have been told. */
  readonly next: number;
}

export const votingManager = setup({
  types: {
    context: {} as Manager,
    input: {} as Pick<Manager, 'participants'>,
    events: {} as
      | Received<ToManager>
      | {
          readonly type:
            | 'START'
            | 'WAIT'
            | 'TIMEOUT'
            | 'DECIDE_COMMIT'
            | 'LEAVE_LOOP'
            | 'PREPARE_TO_SEND'
            | 'SEND'
            | 'FINISH';
        },
    emitted: {} as Effect<ToParticipant>,
  },
  guards: {
    isUndecided: ({ context }) => context.decision === 'none',
    needsVotes: ({ context }) =>
      context.decision === 'none' && context.yesVotes < context.participants.length,
    hasAllVotes: ({ context }) =>
      context.decision === 'none' && context.yesVotes === context.participants.length,
    isDecided: ({ context }) => context.decision !== 'none',
    hasSomeoneToTell: ({ context }) => context.next < context.participants.length,
    hasToldAll: ({ context }) => context.next === context.participants.length,
  },
  actions: {
    countVote: assign(({ context, event }) => {
      if (event.type !== 'VOTE') return {};
      return event.yes ? { yesVotes: context.yesVotes + 1 } : { decision: 'abort' as const };
    }),
  },
}).createMachine({
  id: 'voting-manager',
  context: ({ input }) => ({ ...input, yesVotes: 0, decision: 'none', next: 0 }),
  initial: 'start',
  states: {
    start: {
      on: {
        START: {
          target: 'deciding',
          actions: emit(({ context }) => send(context.participants, { type: 'PREPARE' })),
        },
      },
    },
    deciding: {
      on: {
        WAIT: { guard: 'needsVotes', target: 'waiting' },
        DECIDE_COMMIT: { guard: 'hasAllVotes', actions: assign({ decision: 'commit' }) },
        LEAVE_LOOP: { guard: 'isDecided', target: 'decided' },
      },
    },
    waiting: {
      on: {
        VOTE: { target: 'deciding', actions: 'countVote' },
        TIMEOUT: { target: 'deciding', actions: assign({ decision: 'abort' }) },
      },
    },
    decided: { on: { PREPARE_TO_SEND: 'sending' } },
    sending: {
      on: {
        SEND: {
          guard: 'hasSomeoneToTell',
          actions: [
            emit(({ context: { participants, next, decision } }) =>
              send(participants[next] ?? '', { type: decision === 'commit' ? 'COMMIT' : 'ABORT' }),
            ),
            assign({ next: ({ context }) => context.next + 1 }),
          ],
        },
        FINISH: { guard: 'hasToldAll', target: 'done' },
      },
    },
    done: {},
  },
});

export const twoPhaseMessages = defineSystem({
  name: 'calibration/two-phase-messages',
  description: 'Two-phase commit over lossy queues that all senders share.',
  parameters: { participants: participantsParameter },
  nodes: ({ participants }) => ({
    tm: defineProcess({
      machine: votingManager,
      input: { participants: Array.from({ length: participants }, (_, i) => `rm${i + 1}`) },
      choices: [
        { event: { type: 'START' } },
        { event: { type: 'WAIT' } },
        { event: { type: 'TIMEOUT' }, weight: 0.1 },
        { event: { type: 'DECIDE_COMMIT' } },
        { event: { type: 'LEAVE_LOOP' } },
        { event: { type: 'PREPARE_TO_SEND' } },
        { event: { type: 'SEND' } },
        { event: { type: 'FINISH' } },
      ],
    }),
    ...replicate('rm', participants, () =>
      defineProcess({
        machine: votingParticipant,
        choices: [
          { event: { type: 'VOTE_YES' }, weight: 8, immediate: true },
          { event: { type: 'VOTE_NO' }, immediate: true },
          { event: { type: 'SAY_NOTHING' }, immediate: true },
        ],
      }),
    ),
  }),
  network: { order: 'mailbox', loss: true, loses: 'any', reliable: ['PREPARE'], idle: 'wait' },
  properties: ({ invariant }) => [
    invariant(
      'consistency',
      ({ all }) =>
        !(
          all.some((rm) => rm.in('listening.committed')) &&
          all.some((rm) => rm.in('listening.aborted'))
        ),
      { description: 'No resource manager is aborted while another is committed.' },
    ),
  ],
});
