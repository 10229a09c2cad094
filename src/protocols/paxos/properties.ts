/**
 * What Paxos promises beside the properties of all consensus: the invariants of Lamport's proof (Paxos Made
 * Simple; tlaplus/Examples, PaxosHowToWinATuringAward), judged on disks, messages and forced votes, and that a
 * value can be learnt as long as quorums and ballots last.
 */
import type { Address } from '../../model/effects.ts';
import { canonical } from '../../model/plain-data.ts';
import { alwaysPossible, invariant, leadsTo } from '../../model/property.ts';
import type { ProcessView, View } from '../../model/view.ts';
import { reaches } from '../consensus/properties.ts';
import type { AcceptorContext } from './acceptor.ts';
import type { AcceptorRecord, Ballot, Message, Vote } from './messages.ts';
import { chosen, type ObservedPaxos, type PaxosView, quorumsOf } from './observer.ts';

/** Nodes are p1, a1, l1, ... or, where roles share nodes, s1/proposer, s1/acceptor, s1/learner, ... */
export const acceptors = ({ all }: PaxosView): readonly ProcessView[] =>
  all.filter(({ address }) => /^a\d+$|\/acceptor$/.test(address));
export const proposers = ({ all }: PaxosView): readonly ProcessView[] =>
  all.filter(({ address }) => /\/proposer$/.test(address));
export const learners = ({ all }: PaxosView): readonly ProcessView[] =>
  all.filter(({ address }) => /^l\d+$|\/learner$/.test(address));

const addresses = new WeakMap<object, readonly Address[]>();

/** The addresses of the acceptors: the parameters alone say who they are. */
export function acceptorsOf(view: PaxosView): readonly Address[] {
  let known = addresses.get(view.parameters);
  if (known === undefined) {
    known = acceptors(view).map(({ address }) => address);
    addresses.set(view.parameters, known);
  }
  return known;
}

const log = (view: PaxosView, acceptor: Address): readonly AcceptorRecord[] =>
  view.records(acceptor).durable as readonly AcceptorRecord[];

const someChosen = (view: PaxosView): boolean => chosen(view).length > 0;
const someVoted = ({ observed }: PaxosView): boolean => observed.votes.length > 0;
const someIssued = ({ observed }: PaxosView): boolean => Object.keys(observed.issued).length > 0;

/** Agreement, judged by who sees every forced vote: it breaks before a learner is misled. */
export const oneChosen = invariant<PaxosView>(
  'one value chosen',
  (view) => chosen(view).length <= 1,
  {
    description: 'At most one value is ever voted for by a phase 2 quorum in one ballot.',
    premise: someChosen,
  },
);

/** Lamport's "a process never learns that a value has been chosen unless it has been". */
export const decidedIsChosen = invariant<PaxosView>(
  'decided is chosen',
  (view) => {
    const values = chosen(view).map((value) => canonical(value));
    return Object.values(view.observed.decided).every((value) => values.includes(value));
  },
  {
    description: 'A learner decides only a value that is chosen.',
    premise: ({ observed }) => Object.keys(observed.decided).length > 0,
  },
);

/** OneValuePerBallot: two votes or two 2a of one ballot carry the same value. */
export const oneValuePerBallot = invariant<PaxosView>(
  'one value per ballot',
  ({ observed: { votes, issued } }) =>
    Object.values(issued).every((values) => values.length === 1) &&
    votes.every(({ ballot }, index) => votes[index + 1]?.ballot !== ballot),
  { description: 'Two votes or two 2a of one ballot carry the same value.', premise: someIssued },
);

/** maxBal >= maxVBal at every acceptor that is up. */
export const ballotOrder = invariant<PaxosView>(
  'maxBal >= maxVBal',
  (view) =>
    acceptors(view).every((one) => {
      if (!one.up) return true;
      const { maxBal, vote } = one.context as AcceptorContext;
      return vote === null || maxBal >= vote.ballot;
    }),
  { description: 'No acceptor has voted in a ballot above its promise.', premise: someVoted },
);

/** P1a: an acceptor votes in a ballot only if it has not promised a higher one, before or after a crash. */
export const promisesKept = invariant<PaxosView>(
  'promises are kept',
  (view) =>
    acceptorsOf(view).every((acceptor) => {
      let promised = 0;
      for (const { ballot } of log(view, acceptor)) {
        if (ballot < promised) return false;
        promised = ballot;
      }
      return true;
    }),
  { description: 'The ballots on an acceptor’s disk never fall (P1a).', premise: someVoted },
);

/** Whether the acceptor, by its disk, has voted for another value in a ballot or still may. */
function mayVoteAgainst(
  records: readonly AcceptorRecord[],
  ballot: Ballot,
  value: string,
): boolean {
  let highest = 0;
  for (const one of records) {
    if (one.record === 'vote' && one.ballot === ballot) return one.value !== value;
    highest = Math.max(highest, one.ballot);
  }
  return highest <= ballot;
}

function isSafeAt(view: PaxosView, ballot: Ballot, value: string): boolean {
  const { phase2 } = quorumsOf(view.parameters);
  for (let lower = 1; lower < ballot; lower++) {
    const against = acceptorsOf(view).filter((acceptor) =>
      mayVoteAgainst(log(view, acceptor), lower, value),
    );
    if (against.length >= phase2) return false;
  }
  return true;
}

/** SafeAt, which makes P2c true: no other value was chosen in a lower ballot, and none can be any more. */
export const safeAt = invariant<PaxosView>(
  'every 2a is safe',
  (view) =>
    Object.entries(view.observed.issued).every(([ballot, values]) =>
      values.every((value) => isSafeAt(view, Number(ballot), value)),
    ),
  {
    description:
      'When a 2a is sent, no other value has been or can be chosen in any lower ballot (P2c).',
    premise: someIssued,
  },
);

type FlightView = PaxosView & Pick<View<Record<never, never>, ObservedPaxos>, 'inFlight'>;

/** Whether the vote is the last one that the acceptor had cast before it promised the ballot. */
function isTruthful(view: PaxosView, from: Address, ballot: Ballot, vote: Vote | null): boolean {
  const reported = vote?.ballot ?? 0;
  let isCast = vote === null;
  for (const one of log(view, from)) {
    if (one.record !== 'vote') continue;
    if (one.ballot === reported && one.value === vote?.value) isCast = true;
    if (one.ballot > reported && one.ballot < ballot) return false;
  }
  return isCast;
}

/** A 1b reports the acceptor's last vote as it was when the message was sent. */
export const truthful1b = invariant<FlightView>(
  '1b reports truthfully',
  (view) =>
    view.inFlight.every(({ from, message }) => {
      if (message.type !== '1b') return true;
      const { ballot, vote } = message as Extract<Message, { readonly type: '1b' }>;
      return isTruthful(view, from, ballot, vote);
    }),
  { description: 'Every 1b on its way reports the last vote that its sender had cast.' },
);

const hasProposed = (process: ProcessView): boolean =>
  process.up && !process.in('idle') && !process.in('learnt');

/**
 * Whoever is up and proposes learns, or has used up the ballots that a check allows; and so do the learners
 * once a proposer has.
 */
export const termination = alwaysPossible<PaxosView>(
  'termination',
  (view) => {
    const active = proposers(view);
    if (active.some((one) => hasProposed(one) && !one.in('exhausted'))) return false;
    if (!active.some((one) => one.in('learnt'))) return true;
    return declaredLearners(view).every((one) => !one.up || one.in('learnt'));
  },
  {
    description:
      'Whatever has happened, when failures are repaired every proposer and learner can still learn the value, if ballots last.',
  },
);

const repairs = ({ type }: { readonly type: string }): boolean =>
  type === 'restart' || type === 'mend';

/** Paxos waits for nobody's return as long as a quorum answers. */
export const nonBlocking = alwaysPossible<PaxosView>(
  'non-blocking',
  (view) => {
    const { phase1, phase2 } = quorumsOf(view.parameters);
    return proposers(view).every((one) => {
      if (!hasProposed(one) || one.in('exhausted')) return true;
      const reached = acceptorsOf(view).filter((acceptor) => reaches(view, one.address, acceptor));
      return reached.length < Math.max(phase1, phase2);
    });
  },
  {
    description:
      'A proposer that reaches a quorum of each phase can always learn a value, though nothing is repaired.',
    without: repairs,
  },
);

/** Learners that are not only there for the proposer on their node: those that ask. */
export function declaredLearners(view: PaxosView): readonly ProcessView[] {
  const { learners: count } = view.parameters as Readonly<Record<string, number>>;
  return learners(view).filter(({ address }) => {
    const [, letter, index] = /^([a-z])(\d+)/.exec(address) ?? [];
    return letter !== 'p' && Number(index) <= (count ?? 0);
  });
}

/** Once a value is proposed, one is chosen: by a proposer left alone, if only because its ballot is the last. */
export const progress = leadsTo<PaxosView>(
  'proposed leads to chosen',
  ({ observed }) => observed.proposed.length > 0,
  someChosen,
  { description: 'On every fair execution in which a value is proposed, one is chosen.' },
);
