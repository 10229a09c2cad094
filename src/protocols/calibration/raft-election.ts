/**
 * Raft's leader election without a log (Ongaro and Ousterhout, In Search of an Understandable Consensus
 * Algorithm, 2014, section 5.2), over a set of messages that only grows. With no log every request of a
 * higher term wins a vote. A crash is crash and restart in one step, term and vote being on the disk, so
 * it is a choice of the machine here and counts no faults.
 */
import { assign, emit, setup } from 'xstate';
import { uniform } from '../../model/distribution.ts';
import { type Effect, mark, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';

type Message =
  | { readonly type: 'RequestVote'; readonly term: number }
  | { readonly type: 'VoteGranted'; readonly term: number };

interface Server {
  readonly id: string;
  readonly others: readonly string[];
  readonly lastTerm: number;
  readonly term: number;
  readonly votedFor: string | null;
  /** Whose votes a candidate has, sorted, so that equal sets are equal lists. */
  readonly votes: readonly string[];
}

export const electionServer = setup({
  types: {
    context: {} as Server,
    input: {} as Pick<Server, 'id' | 'others' | 'lastTerm'>,
    events: {} as
      | Received<Message>
      | { readonly type: 'TIMEOUT' }
      | { readonly type: 'LEAD' }
      | { readonly type: 'CRASH' },
    emitted: {} as Effect<Message>,
  },
  guards: {
    hasTermLeft: ({ context }) => context.term < context.lastTerm,
    hasMajority: ({ context }) => context.votes.length > (context.others.length + 1) / 2,
    isHigherTerm: ({ context }, { term }: { readonly term: number }) => context.term < term,
    // A second request of the candidate that has the vote would be granted again and change nothing.
    mayVote: ({ context }, { term }: { readonly term: number }) =>
      context.term === term && context.votedFor === null,
    isNewVote: ({ context, event }) =>
      event.type === 'VoteGranted' &&
      event.term === context.term &&
      !context.votes.includes(event.from),
  },
  actions: {
    startTerm: assign(({ context: { id, term } }) => ({
      term: term + 1,
      votedFor: id,
      votes: [id],
    })),
    forgetVotes: assign({ votes: [] }),
  },
}).createMachine({
  id: 'election-server',
  context: ({ input }) => ({ ...input, term: 0, votedFor: null, votes: [] }),
  initial: 'follower',
  on: {
    RequestVote: [
      {
        guard: { type: 'isHigherTerm', params: ({ event }) => event },
        target: '.follower',
        actions: [
          assign(({ event }) => ({ term: event.term, votedFor: event.from, votes: [] })),
          emit(({ event }) => send(event.from, { type: 'VoteGranted', term: event.term })),
        ],
      },
      {
        guard: { type: 'mayVote', params: ({ event }) => event },
        actions: [
          assign(({ event }) => ({ votedFor: event.from })),
          emit(({ event }) => send(event.from, { type: 'VoteGranted', term: event.term })),
        ],
      },
    ],
  },
  states: {
    follower: { on: { TIMEOUT: { guard: 'hasTermLeft', target: 'candidate' } } },
    candidate: {
      entry: [
        'startTerm',
        emit(({ context: { others, term } }) => send(others, { type: 'RequestVote', term })),
      ],
      on: {
        TIMEOUT: { guard: 'hasTermLeft', target: 'candidate', reenter: true },
        VoteGranted: {
          guard: 'isNewVote',
          actions: assign({
            votes: ({ context, event }) => [...context.votes, event.from].sort(),
          }),
        },
        LEAD: { guard: 'hasMajority', target: 'leader' },
        CRASH: { target: 'follower', actions: 'forgetVotes' },
      },
    },
    leader: {
      entry: ['forgetVotes', emit(({ context: { term } }) => mark('elected', { term }))],
      on: { CRASH: 'follower' },
    },
  },
});

/** Which server led each term so far: a ghost, but part of the state. */
interface Leaders {
  readonly byTerm: Readonly<Record<string, string>>;
  readonly ledTwice: boolean;
}

const noLeaders: Leaders = { byTerm: {}, ledTwice: false };

export const raftElection = defineSystem({
  name: 'calibration/raft-election',
  description: 'Raft’s leader election without a log, over a message set.',
  parameters: {
    servers: integer(3, { min: 1, max: 5 }),
    terms: integer(2, { min: 1, max: 4, description: 'the last term that is reached' }),
    crashes: {
      kind: 'parameter',
      default: true,
      description: 'candidates and leaders crash and restart at any moment',
    },
  },
  nodes: ({ servers, terms, crashes }) => {
    const ids = Array.from({ length: servers }, (_, i) => `s${i + 1}`);
    return replicate('s', servers, (id) =>
      defineProcess({
        machine: electionServer,
        input: { id, others: ids.filter((other) => other !== id), lastTerm: terms },
        choices: [
          // The delays are those of the paper's figure 16, row 150-300 ms; the checker ignores them.
          { event: { type: 'TIMEOUT' }, after: uniform(150, 300) },
          { event: { type: 'LEAD' } },
          { event: { type: 'CRASH' }, weight: crashes ? 0.1 : 0, after: uniform(0, 300) },
        ],
      }),
    );
  },
  network: { order: 'set', idle: 'disabled' },
  observe: {
    initial: noLeaders,
    on: ({ byTerm, ledTwice }, { process, data }) => {
      const { term } = data as { readonly term: number };
      const before = byTerm[term];
      return {
        byTerm: { ...byTerm, [term]: process },
        ledTwice: ledTwice || (before !== undefined && before !== process),
      };
    },
  },
  properties: ({ invariant, reachable }) => [
    invariant('election safety', ({ observed }) => !observed.ledTwice, {
      description: 'At most one leader per term (Raft, section 5.2).',
    }),
    reachable('a leader', ({ all }) => all.some((server) => server.in('leader'))),
  ],
});
