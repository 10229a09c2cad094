/**
 * A learner of Paxos: it counts votes. Its memory is volatile, since what is chosen stays chosen: after a crash
 * it learns the same value again, by asking.
 */
import { assign, emit, setup } from 'xstate';
import { type Address, type Effect, mark, type Received, send } from '../../model/effects.ts';
import type { Ballot, Message, Value } from './messages.ts';

export interface LearnerInput {
  /** How many votes of one ballot choose its value. */
  readonly phase2Quorum: number;
  /** Acceptors and learners to ask; nobody where the proposer on the node does the asking. */
  readonly asks: readonly Address[];
  /** The proposer on the same node that is told, if there is one. */
  readonly proposer: Address | null;
}

/** The votes of one ballot. */
export interface Count {
  readonly ballot: Ballot;
  readonly value: Value;
  /** Sorted: each acceptor counts once, however often its vote arrives. */
  readonly acceptors: readonly Address[];
}

export interface LearnerContext extends LearnerInput {
  /** By ballot, lowest first. */
  readonly counts: readonly Count[];
  /** What was learnt. */
  readonly value: Value | null;
}

type Event = Received<Message>;

/** The counts with one vote more. */
function counted(
  counts: readonly Count[],
  { ballot, value, from }: Extract<Event, { readonly type: '2b' }>,
): readonly Count[] {
  const before = counts.find((one) => one.ballot === ballot);
  const voters = before?.acceptors ?? [];
  const acceptors = voters.includes(from) ? voters : [...voters, from].sort();
  const others = counts.filter((one) => one.ballot !== ballot);
  return [...others, { ballot, value, acceptors }].sort((a, b) => a.ballot - b.ballot);
}

const chosenIn = ({ counts, phase2Quorum }: LearnerContext): Count | undefined =>
  counts.find(({ acceptors }) => acceptors.length >= phase2Quorum);

export const learner = setup({
  types: {
    context: {} as LearnerContext,
    input: {} as LearnerInput,
    events: {} as Event,
    emitted: {} as Effect<Message>,
  },
  guards: {
    /** Distinct acceptors have voted in one ballot, a phase 2 quorum of them. */
    hasPhase2Quorum: ({ context }) => chosenIn(context) !== undefined,
    mayAsk: ({ context }) => context.asks.length > 0,
  },
  actions: {
    countVote: assign({
      counts: ({ context, event }) =>
        event.type === '2b' ? counted(context.counts, event) : context.counts,
    }),
    learnFromVotes: assign({
      value: ({ context }) => chosenIn(context)?.value ?? null,
      counts: [],
    }),
    learnFromOther: assign({
      value: ({ event }) => (event.type === 'LEARNT' ? event.value : null),
      counts: [],
    }),
    markDecided: emit(({ context }) => mark('decided', { value: context.value })),
    tellProposer: emit(({ context }) =>
      send(context.proposer ?? [], { type: 'LEARNT', value: context.value as Value }),
    ),
    inquire: emit(({ context }) => send(context.asks, { type: 'INQUIRE' })),
    tell: emit(({ context, event }) =>
      send(event.from, { type: 'LEARNT', value: context.value as Value }),
    ),
  },
  delays: { inquiry: 100 },
}).createMachine({
  id: 'learner',
  context: ({ input }) => ({ ...input, counts: [], value: null }),
  initial: 'waiting',
  states: {
    waiting: {
      initial: 'listening',
      always: {
        guard: 'hasPhase2Quorum',
        target: 'learnt',
        actions: ['learnFromVotes', 'markDecided', 'tellProposer'],
      },
      on: {
        '2b': { actions: 'countVote' },
        LEARNT: { target: 'learnt', actions: ['learnFromOther', 'markDecided', 'tellProposer'] },
      },
      states: {
        listening: { always: { guard: 'mayAsk', target: 'asking' } },
        asking: {
          after: { inquiry: { target: 'asking', reenter: true, actions: 'inquire' } },
        },
      },
    },
    learnt: { on: { INQUIRE: { actions: 'tell' } } },
  },
});
