/** What Multi-Paxos promises beside the properties of all replicated logs. */
import { alwaysPossible, invariant } from '../../model/property.ts';
import type { ServerRecord } from './messages.ts';
import { chosenIn, type MultiPaxosView } from './observer.ts';
import { servers, settled, someExhausted } from './waiting.ts';

const someVoted = ({ observed }: MultiPaxosView): boolean => observed.votes.length > 0;

/** Agreement of every slot, judged by who sees every forced vote: it breaks before anybody applies. */
export const oneChosen = invariant<MultiPaxosView>(
  'one command chosen per slot',
  (view) => [...chosenIn(view).values()].every((commands) => commands.size <= 1),
  {
    description:
      'At most one command is ever voted for by a phase 2 quorum in one ballot of a slot.',
    premise: someVoted,
  },
);

/** Nothing is applied that is not chosen. */
export const appliedIsChosen = invariant<MultiPaxosView>(
  'applied is chosen',
  (view) => {
    const chosen = chosenIn(view);
    return Object.values(view.observed.applied).every((log) =>
      log.every((command, position) => chosen.get(position + 1)?.has(command) === true),
    );
  },
  {
    description: 'A server applies only what is chosen in its slot.',
    premise: ({ observed }) => Object.keys(observed.applied).length > 0,
  },
);

export const oneCommandPerBallot = invariant<MultiPaxosView>(
  'one command per slot and ballot',
  ({ observed: { votes } }) =>
    votes.every(
      ({ slot, ballot }, index) =>
        votes[index + 1]?.slot !== slot || votes[index + 1]?.ballot !== ballot,
    ),
  { description: 'Two votes in one slot and ballot are for the same command.', premise: someVoted },
);

/** P1a: a server votes in a ballot only if it has not promised a higher one. */
export const promisesKept = invariant<MultiPaxosView>(
  'promises are kept',
  (view) =>
    servers(view).every(({ address }) => {
      let promised = 0;
      for (const { ballot } of view.records(address).durable as readonly ServerRecord[]) {
        if (ballot < promised) return false;
        promised = ballot;
      }
      return true;
    }),
  { description: 'The ballots on a server’s disk never fall (P1a).', premise: someVoted },
);

/** Whatever has happened, when failures are repaired every client is answered and every laggard catches up. */
export const termination = alwaysPossible<MultiPaxosView>(
  'termination',
  (view) => someExhausted(view) || settled(view),
  {
    description:
      'Whatever has happened, when failures are repaired every client can be answered and every server catch up, if ballots last.',
  },
);
