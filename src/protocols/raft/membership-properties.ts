/**
 * What Raft promises while its members change: durability and progress over configurations instead of over all
 * servers, and that what an administrator orders comes to an end. The five safety properties stay as they are.
 */
import type { Address } from '../../model/effects.ts';
import { alwaysPossible, invariant } from '../../model/property.ts';
import { type Configuration, isJoint, isQuorum, newestConfiguration } from './configuration.ts';
import type { Voters } from './messages.ts';
import { type LiveServer, liveServers, type RaftView, serversOf } from './observing.ts';
import { durableLog, hasCommittedOwn, hasTermLeft, holds, leadersOf } from './properties.ts';
import { quorumAmong } from './quorum.ts';

/** The members that the cluster begins with. */
function firstMembers({ parameters, all }: RaftView): readonly Address[] {
  const { members } = parameters;
  return serversOf({ all } as RaftView)
    .map(({ address }) => address)
    .slice(0, Number(members));
}

/** The newest configuration that anybody has applied. */
export function appliedConfiguration(view: RaftView): Configuration {
  let newest: Configuration = { voters: [firstMembers(view)], index: 0 };
  for (const [index, { voters }] of Object.entries(view.observed.entries))
    if (voters !== undefined && Number(index) > newest.index)
      newest = { voters, index: Number(index) };
  return newest;
}

/** All that a majority may have to be counted in: that one, and those behind it on any disk. */
function configurationsInForce(view: RaftView): readonly Voters[] {
  const applied = appliedConfiguration(view);
  const first = firstMembers(view);
  const newer = serversOf(view)
    .map(({ address }) => newestConfiguration(durableLog(view, address), first))
    .concat(liveServers(view).map(({ context: { log } }) => newestConfiguration(log, first)))
    .filter(({ index }) => index > applied.index);
  return [applied, ...newer].map(({ voters }) => voters);
}

/** Servers that are up, reach each other and are a quorum of every configuration that may be in force. */
export function quorumOfAll(view: RaftView): readonly Address[] | undefined {
  const inForce = configurationsInForce(view);
  return quorumAmong(view, (servers) => inForce.every((voters) => isQuorum(voters, servers)));
}

export const durabilityOverConfigurations = invariant<RaftView>(
  'durability',
  (view) => {
    const applied = Object.entries(view.observed.entries);
    if (applied.length === 0) return true;
    const { voters } = appliedConfiguration(view);
    const disks = serversOf(view).map(({ address }) => ({
      address,
      log: durableLog(view, address),
    }));
    return applied.every(([index, entry]) => {
      const without = disks.filter(({ log }) => !holds(view, log, Number(index), entry));
      return !isQuorum(
        voters,
        without.map(({ address }) => address),
      );
    });
  },
  {
    description:
      'What was applied anywhere is on a disk of every quorum of the newest configuration that was applied.',
    premise: ({ observed }) => Object.keys(observed.entries).length > 0,
  },
);

export const progressOverConfigurations = alwaysPossible<RaftView>(
  'progress',
  (view) => leadersOf(view).some(hasCommittedOwn),
  {
    description:
      'A quorum of all configurations in force that is up and connected can always elect a leader that commits an entry.',
    from: (view) => hasTermLeft(view) && quorumOfAll(view) !== undefined,
    without: ({ type }) => type === 'restart' || type === 'mend',
  },
);

const hasOrder = ({ context: { change, transfer, log, servers } }: LiveServer): boolean =>
  change !== null || transfer !== null || isJoint(newestConfiguration(log, servers).voters);

export const ordersEnd = alwaysPossible<RaftView>(
  'orders end',
  (view) => !leadersOf(view).some(hasOrder),
  {
    description:
      'While such a quorum is up, no leader is left with an order or a joint configuration for ever.',
    from: (view) => quorumOfAll(view) !== undefined,
    without: ({ type }) => type === 'restart' || type === 'mend',
  },
);

/** Leaders that hand over to a server that is up, before anybody has gone on to a later term. */
function isHandingOver(view: RaftView): boolean {
  const live = liveServers(view);
  const quorum = quorumOfAll(view) ?? [];
  return leadersOf(view).some(
    ({ address, context: { transfer, term } }) =>
      transfer !== null &&
      [address, transfer.to].every((one) => quorum.includes(one)) &&
      live.every((server) => server.context.term <= term),
  );
}

export const canHandOver = alwaysPossible<RaftView>(
  'leadership transfer',
  ({ observed: { leaders }, parameters: { orders } }) =>
    Object.values(leaders).some((leader) => String(orders).includes(`>${leader}`)),
  {
    description:
      'A leader that hands over can get its target elected though no election timer fires (dissertation 3.10).',
    from: (view) => hasTermLeft(view) && isHandingOver(view),
    without: (decision) =>
      decision.type === 'restart' ||
      decision.type === 'mend' ||
      (decision.type === 'fire' && decision.timer === 'electionTimeout'),
  },
);
