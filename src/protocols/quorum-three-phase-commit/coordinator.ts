/**
 * The first coordinator of quorum three-phase commit (Skeen 1982). Every rule is a named guard or action. It
 * decides to commit only when a commit quorum has the pre-commit on disk; what time-outs say it never takes for
 * the truth.
 */
import { and, assign, emit, setup } from 'xstate';
import { type Address, type Effect, type Received, send, write } from '../../model/effects.ts';
import { coordinatorActions, coordinatorGuards } from '../atomic-commitment/steps.ts';
import { including, senderOf, type VoteCount } from '../atomic-commitment/votes.ts';
import type { CoordinatorRecord, Message } from './messages.ts';
import { firstEpoch, type Quorums, type Sites, weightOf } from './quorums.ts';

/** What the log says after a crash. */
export type Found = 'pre-commit' | 'commit' | 'abort' | 'nothing';

export interface CoordinatorInput extends Sites, Quorums {
  /** Absent at the first start. */
  readonly recovered?: Found;
}

export interface CoordinatorContext extends Sites, Quorums, VoteCount {
  /** Who has the pre-commit on disk. */
  readonly acknowledged: readonly Address[];
  readonly recovered: Found | 'fresh';
}

type Event = Received<Message> | { readonly type: 'BEGIN' };

export const coordinator = setup({
  types: {
    context: {} as CoordinatorContext,
    input: {} as CoordinatorInput,
    events: {} as Event,
    emitted: {} as Effect<Message, CoordinatorRecord>,
  },
  guards: {
    ...coordinatorGuards,
    isOfThisEpoch: ({ event }) => event.type === 'ACK' && event.epoch === firstEpoch,
    /** Pre-committed participants weigh V_C: no abort quorum can come together any more. */
    commitQuorumAcknowledged: ({ context }) =>
      weightOf(context, context.acknowledged) >= context.commitQuorum,
    foundCommit: ({ context }) => context.recovered === 'commit',
    /** All voted yes, and some may have committed: it goes on where it was. */
    foundPreCommit: ({ context }) => context.recovered === 'pre-commit',
    foundAbort: ({ context }) => context.recovered === 'abort',
    /** It has sent no PRE_COMMIT and never will, so nobody can commit: it aborts. */
    foundNothing: ({ context }) => context.recovered === 'nothing',
  },
  actions: {
    ...coordinatorActions<CoordinatorContext, Event>(),
    countYes: assign({
      yes: ({ context, event }) => including(context.yes, senderOf(event), context.participants),
    }),
    countNo: assign({
      no: ({ context, event }) => including(context.no, senderOf(event), context.participants),
    }),
    /** Force before send: a coordinator that comes back without it knows that it has sent none. */
    forcePreCommit: emit(write({ record: 'pre-commit' as const }, 'forced')),
    sendPreCommit: emit(({ context }) =>
      send(
        context.participants.filter((one) => !context.acknowledged.includes(one)),
        { type: 'PRE_COMMIT', epoch: firstEpoch },
      ),
    ),
    /** Who has acknowledged may since have been told by an elected coordinator, whom this site does not hear. */
    inquireOfAcknowledged: emit(({ context }) => send(context.acknowledged, { type: 'INQUIRE' })),
    countAcknowledgement: assign({
      acknowledged: ({ context, event }) =>
        including(context.acknowledged, senderOf(event), context.participants),
    }),
  },
  delays: { voteTimeout: 100, resend: 50 },
}).createMachine({
  id: 'coordinator',
  context: ({ input }) => ({
    ...input,
    yes: [],
    no: [],
    acknowledged: [],
    recovered: input.recovered ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [
        { guard: 'foundCommit', target: 'committed', actions: ['markCommit', 'sendCommit'] },
        { guard: 'foundAbort', target: 'aborted', actions: ['markAbort', 'sendAbort'] },
        { guard: 'foundPreCommit', target: 'preCommitting' },
        {
          guard: 'foundNothing',
          target: 'aborted',
          actions: ['forceAbort', 'markAbort', 'returnAbort', 'sendAbort'],
        },
        { target: 'idle' },
      ],
    },
    idle: { on: { BEGIN: { target: 'collecting', actions: 'requestVotes' } } },
    collecting: {
      always: [
        {
          guard: and(['allVotesIn', 'allVotedYes']),
          target: 'preCommitting',
          actions: 'forcePreCommit',
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
        /** Participants that took it for dead have ended the transaction among themselves. */
        ABORT: { target: 'aborted', actions: ['forceAbort', 'markAbort', 'returnAbort'] },
      },
      /** Nobody is pre-committed yet, so this time-out may be wrong and do no harm. */
      after: {
        voteTimeout: {
          target: 'aborted',
          actions: ['forceAbort', 'markAbort', 'returnAbort', 'sendAbort'],
        },
      },
    },
    /** No time-out ends this: the silent may be up, and have another coordinator by now, who will tell. */
    preCommitting: {
      initial: 'sending',
      always: {
        guard: 'commitQuorumAcknowledged',
        target: 'committed',
        actions: ['forceCommit', 'markCommit', 'returnCommit', 'sendCommit'],
      },
      on: {
        ACK: { guard: 'isOfThisEpoch', actions: 'countAcknowledgement' },
        COMMIT: { target: 'committed', actions: ['forceCommit', 'markCommit', 'returnCommit'] },
        ABORT: { target: 'aborted', actions: ['forceAbort', 'markAbort', 'returnAbort'] },
      },
      states: {
        sending: {
          entry: 'sendPreCommit',
          after: {
            resend: { target: 'sending', reenter: true, actions: 'inquireOfAcknowledged' },
          },
        },
      },
    },
    committed: {
      on: { INQUIRE: { actions: 'tellCommit' } },
    },
    aborted: {
      on: {
        /** The client comes after the crash that ended the transaction. */
        BEGIN: { actions: 'returnAbort' },
        VOTE: { guard: 'isYes', actions: 'tellAbort' },
        INQUIRE: { actions: 'tellAbort' },
      },
    },
  },
});
