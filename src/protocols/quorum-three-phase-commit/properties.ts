/**
 * What quorum three-phase commit and E3PC promise beside the properties of all atomic commitment, and when their
 * runs may end waiting: where those who are connected are too few, or stand so that no rule decides.
 */
import type { Address } from '../../model/effects.ts';
import { alwaysPossible } from '../../model/property.ts';
import type { LiveProcess } from '../../model/view.ts';
import {
  type CommitView,
  hasDecided,
  participants,
  reaches,
  waits,
} from '../atomic-commitment/properties.ts';
import type { participant } from './participant.ts';
import { firstEpoch, leaderOf, nextEpochOf, weightOf } from './quorums.ts';
import type { Reports, Rules } from './rules.ts';

type Participant = LiveProcess<typeof participant>;

/** For each participant that is up: it and whom it reaches, where all of these reach one another. */
function components(view: CommitView): readonly (readonly Participant[])[] {
  const up = participants(view).filter((one): one is Participant => one.up);
  return up
    .map((one) => up.filter(({ address }) => reaches(view, one.address, address)))
    .filter((some) => some.every((a) => some.every((b) => reaches(view, a.address, b.address))));
}

/** Failures and repairs: what nobody may wait for, and what does not count as a way out. */
const changesWhoIsConnected = ({ type }: { readonly type: string }): boolean =>
  ['crash', 'restart', 'failWrite', 'loseDisk', 'cut', 'mend'].includes(type);

/**
 * Keidar and Dolev's claim: participants that are connected and weigh a quorum, enough to commit and enough to
 * abort, always decide. A question bounds the elections; where it has none left that any of them could lead, it
 * asks no further.
 */
export const connectedQuorumDecides = alwaysPossible<CommitView>(
  'connected quorum decides',
  (view) =>
    components(view).every(
      (members) => members.every(hasDecided) || !isQuorum(members) || !isLedFurther(view, members),
    ),
  {
    description:
      'Participants that are connected and weigh a quorum can always decide, though nothing is repaired.',
    without: changesWhoIsConnected,
  },
);

/** A decision is learnt from whoever is in reach, not only from who made it: where it is not, a run is stuck. */
export const decisionSpreads = alwaysPossible<CommitView>(
  'decision spreads',
  (view) => view.all.every((one) => !waits(one) || !isInformed(view, one)),
  {
    description:
      'Whoever reaches a site that has decided can always decide too, though nothing is repaired.',
    without: changesWhoIsConnected,
  },
);

/** Whether it reaches somebody who has decided. */
const isInformed = (view: CommitView, { address }: LiveProcess): boolean =>
  view.all.some((other) => hasDecided(other) && reaches(view, address, other.address));

function isQuorum(members: readonly Participant[]): boolean {
  const [one] = members;
  if (one === undefined) return false;
  const { commitQuorum, abortQuorum } = one.context;
  const weight = weightOf(one.context, addressesOf(members));
  return weight >= Math.max(commitQuorum, abortQuorum);
}

/** Whether some site that they reach leads, or may still be elected in, an epoch that all of them obey. */
function isLedFurther(view: CommitView, members: readonly Participant[]): boolean {
  const undecided = members.filter((one) => !hasDecided(one));
  const highest = Math.max(...undecided.map(({ context }) => context.epoch));
  return undecided.some(({ address, context }) => {
    const leader = leaderOf(context, highest);
    const next = nextEpochOf(context, address, highest);
    return isUpAndReached(view, leader, address) || next <= firstEpoch + context.elections;
  });
}

const isUpAndReached = (view: CommitView, site: Address, from: Address): boolean =>
  view.isUp(site) && reaches(view, from, site);

const addressesOf = (members: readonly Participant[]): readonly Address[] =>
  members.map(({ address }) => address);

/** Why sites may rightly wait: nobody who has decided is in reach, and no rule decides among those who are. */
export const blockedUnder =
  (rules: Rules) =>
  (view: CommitView): string | undefined => {
    const waiting = view.all.filter(waits);
    if (waiting.length === 0) return undefined;
    const isBusy = (one: LiveProcess): boolean =>
      ['working', 'voting', 'collecting'].some((state) => one.in(state));
    if (waiting.some((one) => isInformed(view, one) || isBusy(one))) return undefined;
    for (const members of components(view)) {
      const [one] = members;
      const reports: Reports = Object.fromEntries(
        members.map(({ address, context }) => [address, context]),
      );
      if (one === undefined || members.some(hasDecided)) continue;
      if (rules.commits(reports, one.context) || rules.aborts(reports, one.context))
        return undefined;
    }
    const names = waiting.map(({ address }) => address).join(', ');
    const are = waiting.length === 1 ? 'is' : 'are';
    return `${names} ${are} in doubt, and neither a commit nor an abort quorum is in reach`;
  };
