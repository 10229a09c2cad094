/**
 * An acceptor of Paxos (Lamport, Paxos Made Simple, 2001): the memory of the protocol. Whatever it says it has
 * forced before, so that a crash forgets no promise and no vote.
 */
import { assign, emit, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import { ownerOf } from './ballots.ts';
import type { AcceptorRecord, Ballot, Message, Vote } from './messages.ts';

export interface AcceptorInput {
  /** Those who learn of every vote. */
  readonly learners: readonly Address[];
  /** The learner on the node of each proposer, in their order: it learns of votes in that one's ballots. */
  readonly ownLearners: readonly Address[];
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: { readonly maxBal: Ballot; readonly vote: Vote | null };
}

export interface AcceptorContext {
  readonly learners: readonly Address[];
  readonly ownLearners: readonly Address[];
  /** The highest ballot promised or voted in; 0 where there is none. */
  readonly maxBal: Ballot;
  /** maxVBal and maxVal. */
  readonly vote: Vote | null;
}

type Event = Received<Message>;

/** Whoever counts the votes of a ballot: all learners, and that of the proposer whose ballot it is. */
function audience({ learners, ownLearners }: AcceptorContext, ballot: Ballot): readonly Address[] {
  const own = ownLearners[ownerOf(ballot, ownLearners.length) - 1] as Address;
  return learners.includes(own) ? learners : [own, ...learners];
}

export const acceptor = setup({
  types: {
    context: {} as AcceptorContext,
    input: {} as AcceptorInput,
    events: {} as Event,
    emitted: {} as Effect<Message, AcceptorRecord>,
  },
  guards: {
    /** The promise rule: a ballot higher than any promised. */
    mayPromise: ({ context, event }) => event.type === '1a' && event.ballot > context.maxBal,
    /** A copy of a 1a, or one sent again: the same answer again. */
    hasPromised: ({ context, event }) => event.type === '1a' && event.ballot === context.maxBal,
    /** The accept rule, P1a: no higher ballot has been promised. */
    mayVote: ({ context, event }) => event.type === '2a' && event.ballot >= context.maxBal,
    /** A copy of a 2a, or one sent again. */
    hasVotedSo: ({ context, event }) =>
      event.type === '2a' &&
      event.ballot === context.vote?.ballot &&
      event.value === context.vote.value &&
      event.ballot === context.maxBal,
    hasVoted: ({ context }) => context.vote !== null,
  },
  actions: {
    promise: assign({
      maxBal: ({ context, event }) => ('ballot' in event ? event.ballot : context.maxBal),
    }),
    /** Force before send: the promise must outlive a crash. */
    forcePromise: emit(({ context }) =>
      write({ record: 'promise' as const, ballot: context.maxBal }, 'forced'),
    ),
    send1b: emit(({ context, event }) =>
      send(event.from, { type: '1b', ballot: context.maxBal, vote: context.vote }),
    ),
    vote: assign(({ context, event }) =>
      event.type === '2a'
        ? { maxBal: event.ballot, vote: { ballot: event.ballot, value: event.value } }
        : context,
    ),
    /** Force before send: the vote must outlive a crash. */
    forceVote: emit(({ context }) =>
      write({ record: 'vote' as const, ...(context.vote as Vote) }, 'forced'),
    ),
    markVoted: emit(({ context }) => mark('voted', context.vote)),
    send2b: emit(({ context }) => {
      const vote = context.vote as Vote;
      return send(audience(context, vote.ballot), { type: '2b', ...vote });
    }),
    refuse: emit(({ context, event }) =>
      send(event.from, {
        type: 'NACK',
        ballot: 'ballot' in event ? event.ballot : 0,
        promised: context.maxBal,
      }),
    ),
    tellVote: emit(({ context, event }) =>
      send(event.from, { type: '2b', ...(context.vote as Vote) }),
    ),
  },
}).createMachine({
  id: 'acceptor',
  context: ({ input: { learners, ownLearners, recovered } }) => ({
    learners,
    ownLearners,
    maxBal: recovered?.maxBal ?? 0,
    vote: recovered?.vote ?? null,
  }),
  initial: 'starting',
  states: {
    /** The crash may have come between the vote on disk and the word of it: from now on it may be told. */
    starting: {
      always: [
        { guard: 'hasVoted', target: 'answering', actions: 'markVoted' },
        { target: 'answering' },
      ],
    },
    answering: {
      on: {
        '1a': [
          { guard: 'mayPromise', actions: ['promise', 'forcePromise', 'send1b'] },
          { guard: 'hasPromised', actions: 'send1b' },
          { actions: 'refuse' },
        ],
        '2a': [
          { guard: 'hasVotedSo', actions: 'send2b' },
          { guard: 'mayVote', actions: ['vote', 'forceVote', 'markVoted', 'send2b'] },
          { actions: 'refuse' },
        ],
        /** What a learner has missed. */
        INQUIRE: { guard: 'hasVoted', actions: 'tellVote' },
      },
    },
  },
});

/** What an acceptor finds on its disk: its highest ballot and its last vote. */
export function recoveredAcceptor(
  records: readonly AcceptorRecord[],
): NonNullable<AcceptorInput['recovered']> {
  let maxBal = 0;
  let vote: Vote | null = null;
  for (const one of records) {
    maxBal = Math.max(maxBal, one.ballot);
    if (one.record === 'vote') vote = { ballot: one.ballot, value: one.value };
  }
  return { maxBal, vote };
}
