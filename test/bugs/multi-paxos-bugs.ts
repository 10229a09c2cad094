/**
 * Mistakes in Multi-Paxos, each a small change of one rule. Questions are asked over a set of messages
 * (multi-paxos/set): two servers, one command, two ballots, so that each of the servers may lead once.
 */
import { assign } from 'xstate';
import type { ServerContext } from '../../src/protocols/multi-paxos/server-state.ts';
import { adopted, withVotes } from '../../src/protocols/multi-paxos/slots.ts';
import { type PlantedBug, withState } from './planted-bug.ts';

interface Step {
  readonly context: ServerContext;
}

/** An action in place of another; the machine that it is planted in knows the types. */
const assigning = (change: (step: Step) => object): never => assign(change as never) as never;
/** A rule left out. */
const nothing = assign({}) as never;

const noFaults = { crashes: 0 };
const oneCrash = { crashes: 1 };
const two = { servers: 2 };

export const bugs: readonly PlantedBug[] = [
  {
    name: 'no-ops-over-votes',
    mutation: 'A new leader fills every open slot with a no-op, voted in or not.',
    source: 'own: the values of 1b ignored, slot by slot (bug-zoo paxos-ignore-1b-values)',
    variation: {
      provide: {
        server: {
          actions: {
            adoptVotes: assigning(({ context }) => {
              const entries = adopted(context.reports, context.log.length + 1).map(({ slot }) => ({
                slot,
                command: null,
              }));
              const counts = Object.fromEntries(entries.map(({ slot }) => [slot, [context.self]]));
              return { votes: withVotes(context.votes, context.maxBal, entries), counts };
            }),
          },
        },
      },
    },
    breaks: ['one command chosen per slot', 'log agreement'],
    parameters: two,
    scope: noFaults,
  },
  {
    name: 'server-amnesia',
    mutation: 'A server forgets its promise and its votes when it crashes.',
    source: 'bug-zoo paxos-acceptor-amnesia, over a log',
    variation: { recover: { server: (_, original) => original([]) } },
    breaks: ['promises are kept', 'one command chosen per slot'],
    parameters: two,
    scope: oneCrash,
  },
  {
    name: 'replies-before-force',
    mutation: 'A server tells its votes before they are on the disk.',
    source: 'own: two effects in the wrong order',
    variation: {
      patch: {
        server: (config) =>
          withState(config, 'serving', (state) => ({
            ...state,
            on: {
              ...state.on,
              '2a': [
                {
                  guard: 'mayVote',
                  target: '.following',
                  actions: ['vote', 'noteAnnounced', 'forgetLeadership', 'send2b', 'forceVotes'],
                },
              ],
            },
          })),
      },
    },
    breaks: ['applied is chosen'],
    parameters: two,
    scope: oneCrash,
  },
  {
    name: 'votes-below-promise',
    mutation: 'A server votes for whatever 2a it gets, whatever it has promised.',
    source: 'own: P1a left out',
    variation: { provide: { server: { guards: { mayVote: () => true } } } },
    breaks: ['promises are kept', 'one command chosen per slot'],
    parameters: two,
    scope: noFaults,
  },
  {
    name: 'leader-trusts-itself',
    mutation: 'The leader applies what it has voted for alone.',
    source: 'own: the quorum of phase 2 left out',
    variation: {
      provide: {
        server: {
          guards: {
            hasPhase2Quorum: ({ context }: Step) =>
              (context.counts[context.log.length + 1]?.length ?? 0) >= 1,
          },
        },
      },
    },
    breaks: ['applied is chosen', 'log agreement'],
    parameters: two,
    scope: noFaults,
  },
];

/** With two clients there are too many states to end the search where the rule is kept. */
export const halfQuorums: PlantedBug = {
  name: 'half-quorums',
  mutation: 'With an even number n of servers, both phases use quorums of n / 2.',
  source: 'bug-zoo paxos-half-quorums, over a log',
  variation: { parameters: { phase1Quorum: 1, phase2Quorum: 1, mayMiss: true } },
  breaks: ['one command chosen per slot', 'log agreement'],
  parameters: { servers: 2, clients: 2 },
  scope: noFaults,
};

/**
 * Found by runs alone: of two servers whichever leads next proposes what the other has missed, so nothing is lost;
 * and of three, one of which crashes, there are too many states to search all for a way out.
 */
export const catchUpLeftOut: PlantedBug = {
  name: 'laggards-do-not-ask',
  mutation: 'A server never asks for the slots that it has missed.',
  source: 'own: catch-up left out',
  variation: { provide: { server: { actions: { askForMissing: nothing } } } },
  breaks: ['stuck'],
  parameters: { servers: 3 },
  scope: oneCrash,
};
