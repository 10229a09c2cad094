/**
 * A leader of Paxos Commit (Gray and Lamport 2006): it learns ballot 0, or decides what is stuck in a ballot of
 * its own. Its memory may be lost, apart from the ballots that it has used. Every rule is a named guard or action.
 */
import { and, assign, emit, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import { isChosen, nextBallot, quorumOf, reported, type Sites } from './ballots.ts';
import type { LeaderRecord, Message, Values, Voted } from './messages.ts';

export interface LeaderInput extends Sites {
  /** Its place among the leaders. */
  readonly index: number;
  /** Whether the acceptors send it the votes of ballot 0. */
  readonly learns: boolean;
  /** No ballot is higher. */
  readonly ballots: number;
  /** The last ballot on its disk, after a crash; absent at the first start. */
  readonly recovered?: number;
}

export interface LeaderContext extends Omit<LeaderInput, 'recovered'> {
  /** The ballot that it works in, or has worked in last; 0 is that of the participants. */
  readonly ballot: number;
  /** The highest ballot that somebody else has told it of. */
  readonly seen: number;
  /** Phase 1: what has been promised to this ballot. */
  readonly promises: Readonly<Record<Address, Voted>>;
  /** Phase 2: what it proposes, the same as often as it is sent. */
  readonly values: Values;
  /** What has been accepted in this ballot. */
  readonly accepted: Readonly<Record<Address, Values>>;
}

type Event = Received<Message>;

const successor = ({ index, leaders, ballot, seen }: LeaderContext): number =>
  nextBallot(index, leaders.length, Math.max(ballot, seen));
const chosen = (
  { accepted, acceptors }: LeaderContext,
  instance: Address,
  value: 'prepared' | 'aborted',
): boolean => isChosen(accepted, quorumOf(acceptors.length), instance, value);

export const leader = setup({
  types: {
    context: {} as LeaderContext,
    input: {} as LeaderInput,
    events: {} as Event,
    emitted: {} as Effect<Message, LeaderRecord>,
  },
  guards: {
    /** It has begun no ballot, in this life or an earlier one. */
    isFresh: ({ context }) => context.ballot === 0,
    learnsBallotZero: ({ context }) => context.learns,
    mayBegin: ({ context }) => successor(context) <= context.ballots,
    /** Votes and promises of other ballots say nothing about this one. */
    isCurrent: ({ context, event }) => 'ballot' in event && event.ballot === context.ballot,
    isPreempted: ({ context, event }) => event.type === 'NACK' && event.maxBal > context.ballot,
    hasPromises: ({ context }) =>
      Object.keys(context.promises).length >= quorumOf(context.acceptors.length),
    /** Commit if each instance has chosen prepared. */
    allPrepared: ({ context }) =>
      context.participants.every((instance) => chosen(context, instance, 'prepared')),
    /** Abort as soon as one has chosen aborted. */
    someAborted: ({ context }) =>
      context.participants.some((instance) => chosen(context, instance, 'aborted')),
  },
  actions: {
    /** The initiator, the first participant, has begun and needs no request. */
    requestVotes: emit(({ context }) => send(context.participants.slice(1), { type: 'PREPARE' })),
    takeBallot: assign({
      ballot: ({ context }) => successor(context),
      promises: {},
      values: {},
      accepted: {},
    }),
    /** Force before 1a: after a crash it takes a ballot that it has not used. */
    forceBallot: emit(({ context }) =>
      write({ record: 'ballot' as const, ballot: context.ballot }, 'forced'),
    ),
    requestPromises: emit(({ context }) =>
      send(
        context.acceptors.filter((acceptor) => context.promises[acceptor] === undefined),
        { type: 'PHASE_1A', ballot: context.ballot },
      ),
    ),
    notePromise: assign({
      promises: ({ context, event }) =>
        event.type === 'PHASE_1B'
          ? {
              ...context.promises,
              [event.from]: { maxVBal: event.maxVBal, values: event.values },
            }
          : context.promises,
    }),
    /** The value of the highest ballot reported, and aborted for an instance where none is. */
    chooseValues: assign({
      values: ({ context }) =>
        Object.fromEntries(
          context.participants.map((instance) => [
            instance,
            reported(context.promises, instance) ?? ('aborted' as const),
          ]),
        ),
      promises: {},
    }),
    propose: emit(({ context }) =>
      send(
        context.acceptors.filter((acceptor) => context.accepted[acceptor] === undefined),
        { type: 'PHASE_2A', ballot: context.ballot, values: context.values },
      ),
    ),
    noteAccepted: assign({
      accepted: ({ context, event }) =>
        event.type === 'PHASE_2B'
          ? {
              ...context.accepted,
              [event.from]: { ...context.accepted[event.from], ...event.values },
            }
          : context.accepted,
    }),
    noteHigher: assign({
      seen: ({ context, event }) =>
        event.type === 'NACK' ? Math.max(context.seen, event.maxBal) : context.seen,
    }),
    forget: assign({ promises: {}, values: {}, accepted: {} }),
    markCommit: emit(mark('decided', { decision: 'commit' })),
    markAbort: emit(mark('decided', { decision: 'abort' })),
    sendCommit: emit(({ context }) => send(context.participants, { type: 'COMMIT' })),
    sendAbort: emit(({ context }) => send(context.participants, { type: 'ABORT' })),
    tellCommit: emit(({ event }) => send(event.from, { type: 'COMMIT' })),
    tellAbort: emit(({ event }) => send(event.from, { type: 'ABORT' })),
  },
  delays: { voteTimeout: 100, resend: 50 },
}).createMachine({
  id: 'leader',
  context: ({ input: { recovered = 0, ...input } }) => ({
    ...input,
    ballot: recovered,
    seen: 0,
    promises: {},
    values: {},
    accepted: {},
  }),
  initial: 'idle',
  states: {
    /** It works on nothing: nobody has asked, or another leader has a higher ballot. */
    idle: {
      on: {
        BEGIN_COMMIT: [
          {
            guard: and(['isFresh', 'learnsBallotZero']),
            target: 'collecting',
            actions: 'requestVotes',
          },
          { guard: 'isFresh', actions: 'requestVotes' },
        ],
        INQUIRE: {
          guard: 'mayBegin',
          target: 'preparing',
          actions: ['takeBallot', 'forceBallot'],
        },
      },
    },
    /** Ballot 0: the votes come from the participants by way of the acceptors. */
    collecting: {
      always: [
        {
          guard: 'allPrepared',
          target: 'committed',
          actions: ['forget', 'markCommit', 'sendCommit'],
        },
        { guard: 'someAborted', target: 'aborted', actions: ['forget', 'markAbort', 'sendAbort'] },
      ],
      on: { PHASE_2B: { guard: 'isCurrent', actions: 'noteAccepted' } },
      after: {
        voteTimeout: {
          guard: 'mayBegin',
          target: 'preparing',
          actions: ['takeBallot', 'forceBallot'],
        },
      },
    },
    /** Phase 1 of a ballot of its own, for all instances at once. */
    preparing: {
      initial: 'asking',
      always: { guard: 'hasPromises', target: 'proposing', actions: 'chooseValues' },
      on: {
        PHASE_1B: { guard: 'isCurrent', actions: 'notePromise' },
        NACK: { guard: 'isPreempted', target: 'idle', actions: ['noteHigher', 'forget'] },
      },
      states: {
        asking: {
          entry: 'requestPromises',
          after: { resend: { target: 'asking', reenter: true } },
        },
      },
    },
    /** Phase 2. */
    proposing: {
      initial: 'asking',
      always: [
        {
          guard: 'allPrepared',
          target: 'committed',
          actions: ['forget', 'markCommit', 'sendCommit'],
        },
        { guard: 'someAborted', target: 'aborted', actions: ['forget', 'markAbort', 'sendAbort'] },
      ],
      on: {
        PHASE_2B: { guard: 'isCurrent', actions: 'noteAccepted' },
        NACK: { guard: 'isPreempted', target: 'idle', actions: ['noteHigher', 'forget'] },
      },
      states: {
        asking: { entry: 'propose', after: { resend: { target: 'asking', reenter: true } } },
      },
    },
    committed: { on: { INQUIRE: { actions: 'tellCommit' } } },
    aborted: { on: { INQUIRE: { actions: 'tellAbort' } } },
  },
});
