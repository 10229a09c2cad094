/**
 * Single-decree Paxos as servers that pass messages (stateright/stateright, paxos.rs): a server that gets
 * a write proposes it at a ballot of its own, and answers reads once it knows what is decided.
 */
import { assign, emit, setup } from 'xstate';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess } from '../../model/process.ts';
import type { Reply, Request } from './register-clients.ts';
import { registerSystem } from './register-system.ts';

/** Ordered by the round, then by the server. */
type Ballot = readonly [round: number, server: number];

interface Proposal {
  readonly request: number;
  readonly client: string;
  readonly value: string;
}

interface Accepted {
  readonly ballot: Ballot;
  readonly proposal: Proposal;
}

type Peer =
  | { readonly type: 'Prepare'; readonly ballot: Ballot }
  | { readonly type: 'Prepared'; readonly ballot: Ballot; readonly last: Accepted | null }
  | { readonly type: 'Accept'; readonly ballot: Ballot; readonly proposal: Proposal }
  | { readonly type: 'Accepted'; readonly ballot: Ballot }
  | { readonly type: 'Decided'; readonly ballot: Ballot; readonly proposal: Proposal };

type Events = Received<Request> | Received<Peer>;

interface Server {
  readonly id: number;
  readonly name: string;
  readonly others: readonly string[];
  readonly ballot: Ballot;
  readonly proposal: Proposal | null;
  readonly prepares: Readonly<Record<string, Accepted | null>>;
  /** Sorted, so that equal sets are equal lists. */
  readonly accepts: readonly string[];
  readonly accepted: Accepted | null;
}

function compared([round, server]: Ballot, [toRound, toServer]: Ballot): number {
  return round - toRound || server - toServer;
}

function majority({ others }: Server): number {
  return Math.floor((others.length + 1) / 2) + 1;
}

function withPrepare({ prepares }: Server, event: Events): Server['prepares'] {
  return event.type === 'Prepared' ? { ...prepares, [event.from]: event.last } : prepares;
}

function withAccept({ accepts }: Server, from: string): readonly string[] {
  return accepts.includes(from) ? accepts : [...accepts, from].sort();
}

/**
 * Phase 2 of Paxos Made Simple: the proposal of the highest ballot among the promises, or, if none of them
 * reports one, the server's own.
 */
function toAccept(server: Server, event: Events): Proposal {
  let highest: Accepted | null = null;
  for (const last of Object.values(withPrepare(server, event)))
    if (last !== null && (highest === null || compared(last.ballot, highest.ballot) > 0))
      highest = last;
  const proposal = highest === null ? server.proposal : highest.proposal;
  if (proposal === null) throw new Error('broken promise: nobody has proposed');
  return proposal;
}

export const paxosServer = setup({
  types: {
    context: {} as Server,
    input: {} as Pick<Server, 'id' | 'name' | 'others'>,
    events: {} as Events,
    emitted: {} as Effect<Peer | Reply>,
  },
  guards: {
    hasNoProposal: ({ context }) => context.proposal === null,
    isHigherBallot: ({ context, event }) =>
      event.type === 'Prepare' && compared(event.ballot, context.ballot) > 0,
    isNoLowerBallot: ({ context, event }) =>
      event.type === 'Accept' && compared(event.ballot, context.ballot) >= 0,
    isPromise: ({ context, event }) =>
      event.type === 'Prepared' && compared(event.ballot, context.ballot) === 0,
    completesPromises: ({ context, event }) =>
      event.type === 'Prepared' &&
      compared(event.ballot, context.ballot) === 0 &&
      Object.keys(withPrepare(context, event)).length === majority(context),
    isVote: ({ context, event }) =>
      event.type === 'Accepted' && compared(event.ballot, context.ballot) === 0,
    completesVotes: ({ context, event }) =>
      event.type === 'Accepted' &&
      compared(event.ballot, context.ballot) === 0 &&
      withAccept(context, event.from).length === majority(context),
  },
  actions: {
    propose: assign(({ context: { ballot, id, name, accepted }, event }) => {
      if (event.type !== 'Put') return {};
      const { request, from: client, value } = event;
      return {
        proposal: { request, client, value },
        ballot: [ballot[0] + 1, id] as const,
        prepares: { [name]: accepted },
        accepts: [],
      };
    }),
    notePromise: assign(({ context, event }) => ({ prepares: withPrepare(context, event) })),
    choose: assign(({ context, event }) => {
      const proposal = toAccept(context, event);
      return {
        prepares: withPrepare(context, event),
        proposal,
        accepted: { ballot: context.ballot, proposal },
        accepts: withAccept(context, context.name),
      };
    }),
    noteVote: assign(({ context, event }) => ({ accepts: withAccept(context, event.from) })),
    adopt: assign(({ event }) =>
      event.type === 'Accept' || event.type === 'Decided'
        ? {
            ballot: event.ballot,
            accepted: { ballot: event.ballot, proposal: event.proposal },
          }
        : {},
    ),
  },
}).createMachine({
  id: 'paxos-server',
  context: ({ input }) => ({
    ...input,
    ballot: [0, 0],
    proposal: null,
    prepares: {},
    accepts: [],
    accepted: null,
  }),
  initial: 'undecided',
  states: {
    // A read waits here, in flight: there is no transition for it.
    undecided: {
      on: {
        Put: {
          guard: 'hasNoProposal',
          actions: [
            'propose',
            emit(({ context: { others, ballot } }) => send(others, { type: 'Prepare', ballot })),
          ],
        },
        Prepare: {
          guard: 'isHigherBallot',
          actions: [
            assign({ ballot: ({ event }) => event.ballot }),
            emit(({ context: { ballot, accepted }, event }) =>
              send(event.from, { type: 'Prepared', ballot, last: accepted }),
            ),
          ],
        },
        Prepared: [
          {
            guard: 'completesPromises',
            actions: [
              emit(({ context, event }) =>
                send(context.others, {
                  type: 'Accept',
                  ballot: context.ballot,
                  proposal: toAccept(context, event),
                }),
              ),
              'choose',
            ],
          },
          { guard: 'isPromise', actions: 'notePromise' },
        ],
        Accept: {
          guard: 'isNoLowerBallot',
          actions: [
            'adopt',
            emit(({ event: { from, ballot } }) => send(from, { type: 'Accepted', ballot })),
          ],
        },
        Accepted: [
          {
            guard: 'completesVotes',
            target: 'decided',
            actions: [
              'noteVote',
              emit(({ context: { others, ballot, proposal } }) =>
                send(others, { type: 'Decided', ballot, proposal: proposal as Proposal }),
              ),
              emit(({ context: { proposal } }) => {
                const { client, request } = proposal as Proposal;
                return send(client, { type: 'PutOk', request });
              }),
            ],
          },
          { guard: 'isVote', actions: 'noteVote' },
        ],
        Decided: { target: 'decided', actions: 'adopt' },
      },
    },
    decided: {
      on: {
        Get: {
          actions: emit(({ context: { accepted }, event: { from, request } }) =>
            send(from, { type: 'GetOk', request, value: accepted?.proposal.value ?? null }),
          ),
        },
      },
    },
  },
});

export const paxosActors = registerSystem({
  name: 'calibration/paxos-actors',
  description: 'Single-decree Paxos as servers that pass messages, with clients and history.',
  servers: integer(3, { min: 1, max: 5 }),
  server: (input) => defineProcess({ machine: paxosServer, input }),
  reaches: {
    name: 'a value is read',
    holds: (clients) => clients.some((client) => client.in('finished')),
  },
});
