/**
 * What Paxos Commit promises beside the properties of all atomic commitment, and when its runs may end waiting:
 * when nobody who is reached can reach a majority of the acceptors.
 */
import { type Address, nodeOfAddress } from '../../model/effects.ts';
import { alwaysPossible, invariant } from '../../model/property.ts';
import type { ProcessView } from '../../model/view.ts';
import {
  type CommitView,
  hasDecided,
  participants,
  reaches,
  repairs,
} from '../atomic-commitment/properties.ts';
import { nextBallot, ownerOf, quorumOf } from './ballots.ts';
import type { LeaderContext } from './leader.ts';
import { type AcceptorRecord, type LeaderRecord, nothing, type Value } from './messages.ts';

const acceptors = ({ all }: CommitView): readonly ProcessView[] =>
  all.filter(({ address }) => /^a\d+$|\/acceptor$/.test(address));
const leaders = ({ all }: CommitView): readonly ProcessView[] =>
  all.filter(({ address }) => /^leader\d+$|\/leader$/.test(address));

const someDecided = ({ observed }: CommitView): boolean => Object.keys(observed.decided).length > 0;
const everyoneDecided = (view: CommitView): boolean => participants(view).every(hasDecided);
const everyoneUpDecided = (view: CommitView): boolean =>
  participants(view).every((process) => !process.up || hasDecided(process));

/** The consensus of each instance: no two acceptors accept different values in one ballot. */
export const oneValueABallot = invariant<CommitView>(
  'one value a ballot',
  (view) => {
    const seen: Record<string, Value> = {};
    for (const { address } of acceptors(view))
      for (const record of view.records(address).durable) {
        const { maxVBal, values } = record as AcceptorRecord;
        for (const instance in values) {
          const vote = `${maxVBal} ${instance}`;
          seen[vote] ??= values[instance] as Value;
          if (seen[vote] !== values[instance]) return false;
        }
      }
    return true;
  },
  { description: 'In one ballot no two acceptors accept different values of an instance.' },
);

/**
 * A decision is what the acceptors remember, whichever F of them are lost: every majority reports it. A
 * participant that has never proposed prepared needs nobody to remember that it aborts.
 */
export const durability = invariant<CommitView>(
  'durability',
  (view) => {
    const { decided } = view.observed;
    const instances = participants(view).map(({ address }) => address);
    for (const address in decided) {
      const isDurable =
        decided[address] === 'commit'
          ? instances.every((instance) => isReportedByAll(view, instance, 'prepared'))
          : (instances.includes(address) && !hasProposed(view, address)) ||
            instances.some((instance) => isReportedByAll(view, instance, 'aborted'));
      if (!isDurable) return false;
    }
    return true;
  },
  {
    description: 'Whichever F acceptors are lost, a leader would find what has been decided.',
    premise: someDecided,
  },
);

const hasProposed = (view: CommitView, participant: Address): boolean => {
  for (const one of view.records(participant).durable)
    if ((one as { readonly record: string }).record === 'prepared') return true;
  return false;
};

/** Whether the highest ballot that any majority reports for the instance has that value. */
function isReportedByAll(view: CommitView, instance: Address, value: Value): boolean {
  const votes = acceptors(view).map(({ address }) => {
    const last = view.records(address).durable.at(-1) as AcceptorRecord | undefined;
    const voted = last?.values[instance];
    return { ballot: voted === undefined ? nothing : (last?.maxVBal ?? nothing), voted };
  });
  // A majority misses it when none of its members is above one that has voted otherwise.
  return votes.every(
    ({ ballot, voted }) =>
      voted === value ||
      votes.filter((other) => other.ballot <= ballot).length < quorumOf(votes.length),
  );
}

/** The last ballot on a leader's disk, forced or not: 1a leaves only after it. */
function lastBallot(view: CommitView, leader: ProcessView): number {
  const { durable, tail } = view.records(leader.address);
  const last = (tail.at(-1) ?? durable.at(-1)) as LeaderRecord | undefined;
  return last?.ballot ?? 0;
}

/**
 * Whether the bound on ballots alone is in the way: the highest ballot is nobody's any more, since its leader has
 * crashed, and none of those that may take a higher one has one left. On a way without crashes this never comes
 * to be true, so that nobody escapes into it.
 */
function outOfBallots(view: CommitView, canLead: (leader: ProcessView) => boolean): boolean {
  const all = leaders(view);
  const highest = Math.max(...all.map((leader) => lastBallot(view, leader)));
  if (highest === 0) return false;
  const owner = all[ownerOf(highest, all.length)];
  if (owner?.up === true && !owner.in('idle')) return false;
  const { ballots } = view.parameters as { readonly ballots: number };
  return !all.some(
    (leader, index) => canLead(leader) && nextBallot(index, all.length, highest) <= ballots,
  );
}

const isCrash = (decision: object): boolean =>
  ('type' in decision && decision.type === 'crash') || 'crashAfter' in decision;

/** AC5: once failures are repaired and stay away, every participant decides. */
export const termination = alwaysPossible<CommitView>(
  'AC5 termination',
  (view) => everyoneDecided(view) || outOfBallots(view, () => true),
  {
    description:
      'Whatever has happened, when failures are repaired every participant can still decide.',
    without: isCrash,
  },
);

/** As of every commit protocol: one that has an acceptor and a leader too few blocks, as two-phase commit does. */
export const nonBlocking = alwaysPossible<CommitView>(
  'non-blocking',
  (view) => everyoneUpDecided(view) || outOfBallots(view, ({ up }) => up),
  {
    description:
      'A decision is always possible for every participant that is up, though nothing is repaired.',
    without: (decision) => repairs(decision) || isCrash(decision),
  },
);

const majorityIsUp = (view: CommitView): boolean => {
  const all = acceptors(view);
  return all.filter(({ up }) => up).length >= quorumOf(all.length);
};

/** Gray and Lamport's theorem: F acceptors, all leaders but one and any participants may be down. */
export const progress = alwaysPossible<CommitView>(
  'progress',
  (view) =>
    everyoneUpDecided(view) ||
    !majorityIsUp(view) ||
    !leaders(view).some(({ up }) => up) ||
    outOfBallots(view, ({ up }) => up),
  {
    description:
      'Where a majority of the acceptors and a leader are up, whoever is up can decide, though nothing is repaired.',
    without: (decision) => repairs(decision) || isCrash(decision),
  },
);

/** Nobody who is up is undecided, unless it was never asked; what leaders still do changes nothing. */
export function settled(view: CommitView): boolean {
  return participants(view).every((one) => !one.up || one.in('idle') || hasDecided(one));
}

/** Whether a leader would take over if it had a ballot for it. */
function hasNoBallotLeft({ parameters }: CommitView, leader: ProcessView): boolean {
  if (!leader.up || !(leader.in('idle') || leader.in('collecting'))) return false;
  const { index, leaders: all, ballot, seen } = leader.context as LeaderContext;
  const { ballots } = parameters as { readonly ballots: number };
  return nextBallot(index, all.length, Math.max(ballot, seen)) > ballots;
}

/** Why participants may rightly wait: no leader that they reach can get a majority of promises. */
export function blocked(view: CommitView): string | undefined {
  const waiting = participants(view).filter(
    (process) => process.up && !process.in('idle') && !hasDecided(process),
  );
  if (waiting.length === 0 || !waiting.every((process) => process.in('prepared'))) return undefined;
  const all = acceptors(view);
  const connected = (a: ProcessView, b: ProcessView): boolean => {
    const [from, to] = [nodeOfAddress(a.address), nodeOfAddress(b.address)];
    return a.up && b.up && (from === to || reaches(view, from, to));
  };
  const able = leaders(view).filter(
    (leader) =>
      leader.up &&
      (hasDecided(leader) ||
        all.filter((acceptor) => connected(leader, acceptor)).length >= quorumOf(all.length)),
  );
  const reached = able.filter((leader) => waiting.some((process) => connected(process, leader)));
  if (reached.length > 0)
    return reached.every((leader) => hasNoBallotLeft(view, leader))
      ? 'no leader that is reached has a ballot left'
      : undefined;
  const [are, reach] = waiting.length === 1 ? ['is', 'reaches'] : ['are', 'reach'];
  const names = waiting.map(({ address }) => address).join(', ');
  return `${names} ${are} in doubt and ${reach} no leader that reaches a majority of the acceptors`;
}
