/**
 * A participant of Paxos Commit, the paper's resource manager: it proposes in ballot 0 of its own instance of
 * consensus, and then does as the instances have decided (Gray and Lamport 2006). Every rule is a named guard
 * or action.
 */
import { assign, emit, not, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import { isChosen, quorumOf, type Sites } from './ballots.ts';
import type { Message, ParticipantRecord, Value, Values } from './messages.ts';

export interface ParticipantInput extends Sites {
  readonly self: Address;
  /** The first vote to the first leader's node says that the transaction begins. */
  readonly beginsByVote: boolean;
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: 'prepared' | 'commit' | 'abort' | 'nothing';
}

export interface ParticipantContext extends Omit<ParticipantInput, 'recovered'> {
  /** Whether it has proposed prepared: a ballot has one value for each instance. */
  readonly hasPromised: boolean;
  /** The leader whose turn it is to be asked. */
  readonly turn: number;
  /** Where participants learn ballot 0 by themselves: what has been accepted in it. */
  readonly accepted: Readonly<Record<Address, Values>>;
  readonly recovered: 'prepared' | 'commit' | 'abort' | 'nothing' | 'fresh';
}

/** CAN_COMMIT and CANNOT_COMMIT are the answer of the participant's own resources: a choice. */
type Event =
  | Received<Message>
  | { readonly type: 'BEGIN' }
  | { readonly type: 'CAN_COMMIT' }
  | { readonly type: 'CANNOT_COMMIT' };

/** Ballot 0 straight from the participant. Where nothing fails F + 1 acceptors are enough. */
const vote = ({ self, acceptors }: ParticipantContext, value: Value) =>
  send(acceptors.slice(0, quorumOf(acceptors.length)), {
    type: 'PHASE_2A' as const,
    ballot: 0,
    values: { [self]: value },
  });
const chosen = (
  { accepted, acceptors }: ParticipantContext,
  instance: Address,
  value: Value,
): boolean => isChosen(accepted, quorumOf(acceptors.length), instance, value);

export const participant = setup({
  types: {
    context: {} as ParticipantContext,
    input: {} as ParticipantInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ParticipantRecord>,
  },
  guards: {
    isInitiator: ({ context }) => context.self === context.participants[0],
    beginsByVote: ({ context }) => context.beginsByVote,
    foundPrepared: ({ context }) => context.recovered === 'prepared',
    foundCommit: ({ context }) => context.recovered === 'commit',
    /** Without a `prepared` record nothing was proposed, so prepared can never be chosen here. */
    foundAbortOrNothing: ({ context }) =>
      context.recovered === 'abort' || context.recovered === 'nothing',
    hasPromised: ({ context }) => context.hasPromised,
    /** Who has proposed prepared may no longer decide alone, whatever timers say. */
    mayDecideAlone: () => false,
    isBallotZero: ({ event }) => event.type === 'PHASE_2B' && event.ballot === 0,
    allPrepared: ({ context }) =>
      context.participants.every((instance) => chosen(context, instance, 'prepared')),
    someAborted: ({ context }) =>
      context.participants.some((instance) => chosen(context, instance, 'aborted')),
  },
  actions: {
    beginCommit: emit(({ context }) => send(context.leaders.slice(0, 1), { type: 'BEGIN_COMMIT' })),
    /** Force before send: the vote promises what the record remembers. */
    forcePrepared: emit(write({ record: 'prepared' as const }, 'forced')),
    notePromise: assign({ hasPromised: true }),
    markVotedYes: emit(mark('voted', { yes: true })),
    markVotedNo: emit(mark('voted', { yes: false })),
    markUncertain: emit(mark('uncertain')),
    markCertain: emit(mark('certain')),
    proposePrepared: emit(({ context }) => vote(context, 'prepared')),
    proposeAborted: emit(({ context }) => vote(context, 'aborted')),
    /** A time-out only makes some leader work, each in its turn. */
    inquire: emit(({ context }) =>
      send(context.leaders[context.turn] as Address, { type: 'INQUIRE' }),
    ),
    nextTurn: assign({ turn: ({ context }) => (context.turn + 1) % context.leaders.length }),
    noteAccepted: assign({
      accepted: ({ context, event }) =>
        event.type === 'PHASE_2B'
          ? {
              ...context.accepted,
              [event.from]: { ...context.accepted[event.from], ...event.values },
            }
          : context.accepted,
    }),
    forget: assign({ accepted: {}, turn: 0 }),
    /** Not forced: whoever has forgotten the decision asks, and the acceptors know. */
    writeCommit: emit(write({ record: 'commit' as const }, 'unforced')),
    writeAbort: emit(write({ record: 'abort' as const }, 'unforced')),
    markCommit: emit(mark('decided', { decision: 'commit' })),
    markAbort: emit(mark('decided', { decision: 'abort' })),
    returnCommit: emit(mark('returned', { decision: 'commit' })),
    returnAbort: emit(mark('returned', { decision: 'abort' })),
  },
  delays: { patience: 200, doubt: 150 },
}).createMachine({
  id: 'participant',
  context: ({ input }) => ({
    self: input.self,
    participants: input.participants,
    acceptors: input.acceptors,
    leaders: input.leaders,
    beginsByVote: input.beginsByVote,
    hasPromised: input.recovered !== undefined && input.recovered !== 'nothing',
    turn: 0,
    accepted: {},
    recovered: input.recovered ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [
        { guard: 'foundPrepared', target: 'prepared', actions: ['markVotedYes', 'markUncertain'] },
        { guard: 'foundCommit', target: 'committed', actions: ['markCertain', 'markCommit'] },
        { guard: 'foundAbortOrNothing', target: 'aborted', actions: ['markCertain', 'markAbort'] },
        { guard: 'isInitiator', target: 'idle' },
        { target: 'working' },
      ],
    },
    /** The initiator: it is the client who says when. */
    idle: {
      on: {
        BEGIN: [
          { guard: 'beginsByVote', target: 'voting' },
          { target: 'voting', actions: 'beginCommit' },
        ],
        ABORT: { target: 'aborted', actions: 'markAbort' },
      },
    },
    working: {
      on: {
        PREPARE: 'voting',
        ABORT: { target: 'aborted', actions: 'markAbort' },
      },
      /** Before voting it may abort alone. */
      after: { patience: { target: 'aborted', actions: 'markAbort' } },
    },
    voting: {
      on: {
        CAN_COMMIT: {
          target: 'prepared',
          actions: [
            'forcePrepared',
            'notePromise',
            'markVotedYes',
            'markUncertain',
            'proposePrepared',
          ],
        },
        CANNOT_COMMIT: {
          target: 'aborting',
          actions: ['markVotedNo', 'markAbort', 'proposeAborted'],
        },
        ABORT: { target: 'aborting', actions: 'markAbort' },
      },
    },
    /** In doubt: it has promised to commit, so it holds its locks until it learns the decision. */
    prepared: {
      always: [
        {
          guard: 'allPrepared',
          target: 'committing',
          actions: ['forget', 'markCertain', 'writeCommit', 'markCommit'],
        },
        {
          guard: 'someAborted',
          target: 'aborting',
          actions: ['forget', 'markCertain', 'writeAbort', 'markAbort'],
        },
      ],
      on: {
        COMMIT: {
          target: 'committing',
          actions: ['forget', 'markCertain', 'writeCommit', 'markCommit'],
        },
        ABORT: {
          target: 'aborting',
          actions: ['forget', 'markCertain', 'writeAbort', 'markAbort'],
        },
        PHASE_2B: { guard: 'isBallotZero', actions: 'noteAccepted' },
        /** The vote was lost, or this is a copy: say it again. */
        PREPARE: { actions: 'proposePrepared' },
      },
      after: {
        doubt: [
          { guard: 'mayDecideAlone', target: 'aborting', actions: ['markCertain', 'markAbort'] },
          { target: 'prepared', reenter: true, actions: ['inquire', 'nextTurn'] },
        ],
      },
    },
    committing: {
      always: [
        { guard: 'isInitiator', target: 'committed', actions: 'returnCommit' },
        { target: 'committed' },
      ],
    },
    aborting: {
      always: [
        { guard: 'isInitiator', target: 'aborted', actions: 'returnAbort' },
        { target: 'aborted' },
      ],
    },
    /** What is decided is never changed. */
    committed: {},
    aborted: {
      on: {
        /** The client comes after the crash that ended the transaction. */
        BEGIN: { actions: 'returnAbort' },
        /** A request that arrives later gets no; who has proposed prepared proposes nothing else. */
        PREPARE: { guard: not('hasPromised'), actions: 'proposeAborted' },
      },
    },
  },
});
