/**
 * A proposer of Paxos (Lamport, Paxos Made Simple, 2001): ballots in two phases, each higher than any it has
 * heard of, until its learner tells it that a value is chosen.
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
import { ballotOf, choiceOf, roundAfter } from './ballots.ts';
import type { Ballot, Message, ProposerRecord, Value, Vote } from './messages.ts';

export interface ProposerInput {
  /** From 1, of `proposers`: they share the ballots out among themselves. */
  readonly index: number;
  readonly proposers: number;
  /** The highest ballot there is: a bound that makes checks finite. */
  readonly ballots: Ballot;
  /** In the order in which they are asked where not all are. */
  readonly acceptors: readonly Address[];
  readonly phase1Quorum: number;
  readonly phase2Quorum: number;
  /** Ask no more acceptors than a quorum, until one does not answer in time. */
  readonly thrifty: boolean;
  /** What it proposes where it is free to. */
  readonly value: Value;
  /** After a crash: the highest round that an earlier life may have used. */
  readonly recovered?: { readonly usedRound: number };
}

export interface ProposerContext extends Omit<ProposerInput, 'recovered'> {
  readonly isRestarted: boolean;
  /** Whether a client waits for its answer; one that asked an earlier life has lost its connection. */
  readonly isAsked: boolean;
  /** The last round used, 0 before the first. */
  readonly round: number;
  /** The ballot of this round. */
  readonly ballot: Ballot;
  /** The highest ballot that a refusal has named. */
  readonly seen: Ballot;
  /** Who has promised in this ballot, with the vote that it reported. */
  readonly promises: Readonly<Record<Address, Vote | null>>;
  /** The value of this ballot's 2a, once it is chosen. */
  readonly choice: Value | null;
  /** The acceptors that are asked in this phase: more than a quorum once one has not answered in time. */
  readonly asked: readonly Address[];
}

type Event = Received<Message> | { readonly type: 'PROPOSE' };

const nextRound = ({ round, seen, index, proposers }: ProposerContext): number =>
  roundAfter(round, seen, index, proposers);

/** Those asked first in a phase: all, or only a quorum of them. */
function first(
  { acceptors, thrifty }: ProposerContext,
  quorum: number,
  preferred: readonly Address[] = [],
): readonly Address[] {
  if (!thrifty) return acceptors;
  const others = acceptors.filter((one) => !preferred.includes(one));
  return [...preferred, ...others].slice(0, quorum);
}

export const proposer = setup({
  types: {
    context: {} as ProposerContext,
    input: {} as ProposerInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ProposerRecord>,
  },
  guards: {
    isRestarted: ({ context }) => context.isRestarted,
    isAsked: ({ context }) => context.isAsked,
    mayTakeBallot: ({ context }) =>
      ballotOf(nextRound(context), context.index, context.proposers) <= context.ballots,
    /** Answers to lower ballots of its own, and copies of them, are stale. */
    isOfThisBallot: ({ context, event }) => 'ballot' in event && event.ballot === context.ballot,
    hasPhase1Quorum: ({ context }) => Object.keys(context.promises).length >= context.phase1Quorum,
    isRefused: ({ context, event }) => event.type === 'NACK' && event.ballot === context.ballot,
    isHigher: ({ context, event }) => event.type === 'NACK' && event.promised > context.seen,
  },
  actions: {
    noteAsked: assign({ isAsked: true }),
    markProposed: emit(({ context }) => mark('proposed', { value: context.value })),
    /** A ballot of its own that is higher than any it has heard of and that it has never used. */
    takeNextBallot: assign(({ context }) => {
      const round = nextRound(context);
      const ballot = ballotOf(round, context.index, context.proposers);
      return { round, ballot, asked: first(context, context.phase1Quorum) };
    }),
    /** Before the first message of the ballot: no later life may use the round again. */
    forceRound: emit(({ context }) =>
      write({ record: 'round' as const, round: context.round }, 'forced'),
    ),
    send1a: emit(({ context: { asked, promises, ballot } }) =>
      send(
        asked.filter((one) => promises[one] === undefined),
        { type: '1a', ballot },
      ),
    ),
    collectPromise: assign({
      promises: ({ context, event }) =>
        event.type === '1b' ? { ...context.promises, [event.from]: event.vote } : context.promises,
    }),
    /** P2c: the value of the highest-numbered vote reported, its own only where none is. */
    chooseValue: assign({
      choice: ({ context }) => choiceOf(Object.values(context.promises), context.value),
    }),
    /** Those who have promised are asked first; what they reported is of no use any more. */
    beginPhase2: assign({
      asked: ({ context }) => first(context, context.phase2Quorum, Object.keys(context.promises)),
      promises: {},
    }),
    /** One value a ballot: what is sent again is the same. */
    send2a: emit(({ context: { asked, ballot, choice } }) =>
      send(asked, { type: '2a', ballot, value: choice as Value }),
    ),
    markIssued: emit(({ context }) =>
      mark('issued', { ballot: context.ballot, value: context.choice as Value }),
    ),
    askAll: assign({ asked: ({ context }) => context.acceptors }),
    noteSeen: assign({
      seen: ({ context, event }) =>
        event.type === 'NACK' ? Math.max(context.seen, event.promised) : context.seen,
    }),
    /** What a ballot has gathered says nothing about the next one. */
    forgetBallot: assign({ promises: {}, choice: null, asked: [] }),
    returnValue: emit(({ context }) => mark('returned', { value: context.choice as Value })),
    adopt: assign({
      choice: ({ context, event }) => (event.type === 'LEARNT' ? event.value : context.choice),
      promises: {},
      asked: [],
    }),
  },
  delays: { resend: 100, backOff: 50 },
}).createMachine({
  id: 'proposer',
  context: ({ input: { recovered, ...input } }) => ({
    ...input,
    isRestarted: recovered !== undefined,
    isAsked: false,
    round: recovered?.usedRound ?? 0,
    ballot: 0,
    seen: 0,
    promises: {},
    choice: null,
    asked: [],
  }),
  initial: 'starting',
  on: {
    LEARNT: [
      { guard: 'isAsked', target: '.learnt', actions: ['adopt', 'returnValue'] },
      { target: '.learnt', actions: 'adopt' },
    ],
  },
  states: {
    /** Who comes back cannot know whether it was asked or had begun, so it begins anew: that does no harm. */
    starting: {
      always: [
        {
          guard: 'isRestarted',
          target: 'choosingBallot',
          actions: 'markProposed',
        },
        { target: 'idle' },
      ],
    },
    /**
     * The first ballot of a first life needs no record: it is the one that everybody who comes back takes for
     * used.
     */
    idle: {
      on: {
        PROPOSE: { target: 'preparing', actions: ['noteAsked', 'markProposed', 'takeNextBallot'] },
      },
    },
    choosingBallot: {
      always: [
        { guard: 'mayTakeBallot', target: 'preparing', actions: ['takeNextBallot', 'forceRound'] },
        { target: 'exhausted' },
      ],
    },
    /** Phase 1. */
    preparing: {
      initial: 'asking',
      always: {
        guard: 'hasPhase1Quorum',
        target: 'accepting',
        actions: ['chooseValue', 'beginPhase2', 'markIssued'],
      },
      on: {
        '1b': { guard: 'isOfThisBallot', actions: 'collectPromise' },
        NACK: { guard: 'isRefused', target: 'backingOff', actions: ['noteSeen', 'forgetBallot'] },
      },
      states: {
        asking: {
          entry: 'send1a',
          after: { resend: { target: 'asking', reenter: true, actions: 'askAll' } },
        },
      },
    },
    /** Phase 2. */
    accepting: {
      initial: 'asking',
      on: {
        NACK: { guard: 'isRefused', target: 'backingOff', actions: ['noteSeen', 'forgetBallot'] },
      },
      states: {
        asking: {
          entry: 'send2a',
          after: { resend: { target: 'asking', reenter: true, actions: 'askAll' } },
        },
      },
    },
    /** Another proposer is at work: leave it the time to finish. */
    backingOff: {
      on: { NACK: { guard: 'isHigher', actions: 'noteSeen' } },
      after: { backOff: 'choosingBallot' },
    },
    /** There are no ballots left; its last one may still choose a value. */
    exhausted: {},
    learnt: {
      on: { LEARNT: {}, PROPOSE: { actions: 'returnValue' } },
    },
  },
});

/** What a proposer finds on its disk: without a record it may have used the first round. */
export function recoveredProposer(
  records: readonly ProposerRecord[],
): NonNullable<ProposerInput['recovered']> {
  return { usedRound: records.at(-1)?.round ?? 1 };
}
