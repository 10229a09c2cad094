/**
 * The first coordinator of three-phase commit (Skeen 1981; Bernstein, Hadzilacos and Goodman 1987, section
 * 7.5). Every rule is a named guard or action.
 */
import { and, assign, emit, setup } from 'xstate';
import { type Address, type Effect, type Received, send } from '../../model/effects.ts';
import type { Decision } from '../atomic-commitment/properties.ts';
import { coordinatorActions, coordinatorGuards } from '../atomic-commitment/steps.ts';
import { including, senderOf, type VoteCount } from '../atomic-commitment/votes.ts';
import type { CoordinatorRecord, Message } from './messages.ts';
import { type Returned, type Sites, seniorOf } from './termination.ts';

export interface CoordinatorInput extends Sites {
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: Decision | 'undecided';
}

export interface CoordinatorContext extends Sites, VoteCount {
  /** Whose acknowledgement of PRE_COMMIT is missing. */
  readonly awaiting: readonly Address[];
  /** Of this site and of others that came back in doubt; empty until it does so itself. */
  readonly returned: Returned;
  readonly recovered: Decision | 'undecided' | 'fresh';
}

type Event = Received<Message> | { readonly type: 'BEGIN' };

const everybody = ({ coordinator, participants }: Sites): readonly Address[] => [
  coordinator,
  ...participants,
];

export const coordinator = setup({
  types: {
    context: {} as CoordinatorContext,
    input: {} as CoordinatorInput,
    events: {} as Event,
    emitted: {} as Effect<Message, CoordinatorRecord>,
  },
  guards: {
    ...coordinatorGuards,
    /** Rule 3: all operational participants are committable. */
    allAcknowledged: ({ context }) => context.awaiting.length === 0,
    isOfThisEpoch: ({ event }) => event.type === 'ACK' && event.epoch === 0,
    /** Total failure: the last site to fail is back, and nobody has come further than this one. */
    isSenior: ({ context }) => seniorOf(context, context.returned) === context.coordinator,
    foundCommit: ({ context }) => context.recovered === 'commit',
    foundAbort: ({ context }) => context.recovered === 'abort',
    foundNothing: ({ context }) => context.recovered === 'undecided',
  },
  actions: {
    ...coordinatorActions<CoordinatorContext, Event>(),
    countYes: assign({
      yes: ({ context, event }) => including(context.yes, senderOf(event), context.participants),
    }),
    countNo: assign({
      no: ({ context, event }) => including(context.no, senderOf(event), context.participants),
    }),
    awaitEveryone: assign({ awaiting: ({ context }) => context.participants }),
    sendPreCommit: emit(({ context }) => send(context.awaiting, { type: 'PRE_COMMIT', epoch: 0 })),
    /** An acknowledgement, or the word of a site that it has failed meanwhile: both end the wait. */
    awaitNoLonger: assign({
      awaiting: ({ context, event }) => context.awaiting.filter((one) => one !== senderOf(event)),
    }),
    /** Its disk knows of no failure and of no election. */
    beginRecovery: assign({
      returned: ({ context }) => ({
        [context.coordinator]: { epoch: 0, up: everybody(context) },
      }),
    }),
    announceRecovery: emit(({ context }) =>
      send(context.participants, { type: 'RECOVERING', epoch: 0, up: everybody(context) }),
    ),
    answerRecovering: emit(({ context, event }) =>
      send(senderOf(event), { type: 'RECOVERING', epoch: 0, up: everybody(context) }),
    ),
    noteReturned: assign({
      returned: ({ context, event }) =>
        event.type === 'RECOVERING'
          ? { ...context.returned, [event.from]: { epoch: event.epoch, up: event.up } }
          : context.returned,
    }),
  },
  delays: { voteTimeout: 100, ackTimeout: 200, resend: 30, announce: 100 },
}).createMachine({
  id: 'coordinator',
  context: ({ input }) => ({
    coordinator: input.coordinator,
    participants: input.participants,
    yes: [],
    no: [],
    awaiting: [],
    returned: {},
    recovered: input.recovered ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [
        { guard: 'foundCommit', target: 'committed', actions: ['markCommit', 'sendCommit'] },
        { guard: 'foundAbort', target: 'aborted', actions: ['markAbort', 'sendAbort'] },
        { guard: 'foundNothing', target: 'recovering', actions: 'beginRecovery' },
        { target: 'idle' },
      ],
    },
    idle: { on: { BEGIN: { target: 'collecting', actions: 'requestVotes' } } },
    collecting: {
      always: [
        {
          guard: and(['allVotesIn', 'allVotedYes']),
          target: 'preCommitting',
          actions: 'awaitEveryone',
        },
        {
          guard: 'allVotesIn',
          target: 'aborted',
          actions: ['forceAbort', 'markAbort', 'returnAbort', 'sendAbort'],
        },
      ],
      on: {
        VOTE: [
          { guard: and(['isFirstVote', 'isYes']), actions: 'countYes' },
          { guard: 'isFirstVote', actions: 'countNo' },
        ],
      },
      /** Rule 1: nobody is committable yet, so this time-out may be wrong and do no harm. */
      after: {
        voteTimeout: {
          target: 'aborted',
          actions: ['forceAbort', 'markAbort', 'returnAbort', 'sendAbort'],
        },
      },
    },
    preCommitting: {
      initial: 'sending',
      always: {
        guard: 'allAcknowledged',
        target: 'committed',
        actions: ['forceCommit', 'markCommit', 'returnCommit', 'sendCommit'],
      },
      on: {
        ACK: { guard: 'isOfThisEpoch', actions: 'awaitNoLonger' },
        RECOVERING: { actions: 'awaitNoLonger' },
      },
      /** Rule 3: the silent are counted as crashed, which is true only if time-outs tell the truth. */
      after: {
        ackTimeout: {
          target: 'committed',
          actions: ['forceCommit', 'markCommit', 'returnCommit', 'sendCommit'],
        },
      },
      states: {
        sending: {
          entry: 'sendPreCommit',
          after: { resend: { target: 'sending', reenter: true } },
        },
      },
    },
    /**
     * Rule 6: those who were up have decided without this site, and they know; or all have failed, and the
     * last of them knows.
     */
    recovering: {
      initial: 'asking',
      always: {
        guard: 'isSenior',
        target: 'aborted',
        actions: ['forceAbort', 'markAbort', 'returnAbort', 'sendAbort'],
      },
      on: {
        COMMIT: { target: 'committed', actions: ['forceCommit', 'markCommit', 'returnCommit'] },
        ABORT: { target: 'aborted', actions: ['forceAbort', 'markAbort', 'returnAbort'] },
        RECOVERING: { actions: 'noteReturned' },
        INQUIRE: { actions: 'answerRecovering' },
      },
      states: {
        asking: {
          entry: 'announceRecovery',
          after: { announce: { target: 'asking', reenter: true } },
        },
      },
    },
    committed: {
      on: {
        INQUIRE: { actions: 'tellCommit' },
        RECOVERING: { actions: 'tellCommit' },
      },
    },
    aborted: {
      on: {
        /** The client comes after the crash that ended the transaction. */
        BEGIN: { actions: 'returnAbort' },
        VOTE: { guard: 'isYes', actions: 'tellAbort' },
        INQUIRE: { actions: 'tellAbort' },
        RECOVERING: { actions: 'tellAbort' },
      },
    },
  },
});
