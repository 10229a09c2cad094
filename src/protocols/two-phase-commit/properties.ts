/**
 * The properties of atomic commitment, AC1 to AC5 (Bernstein, Hadzilacos and Goodman 1987, chapter 7),
 * over what the processes have marked: a decision is marked once its record is durable.
 */
import type { Address } from '../../model/effects.ts';
import { alwaysPossible, invariant } from '../../model/property.ts';
import type { Observer } from '../../model/system.ts';
import type { ProcessView, View } from '../../model/view.ts';
import type { Decision } from './messages.ts';

/** What the observer knows of each process: its decision (or that it reversed one) and its vote. */
export interface Observed {
  readonly decided: Readonly<Record<Address, Decision | 'reversed'>>;
  readonly votes: Readonly<Record<Address, boolean>>;
}

export const observer: Observer<Observed> = {
  initial: { decided: {}, votes: {} },
  on(observed, { name, process, data }) {
    if (name === 'decided') {
      const { decision } = data as { readonly decision: Decision };
      const before = observed.decided[process];
      if (before === decision || before === 'reversed') return observed;
      const now = before === undefined ? decision : 'reversed';
      return { ...observed, decided: { ...observed.decided, [process]: now } };
    }
    if (name === 'voted') {
      const { yes } = data as { readonly yes: boolean };
      return { ...observed, votes: { ...observed.votes, [process]: yes } };
    }
    return observed;
  },
};

/** The view, as far as these properties look: any system whose observer keeps {@link Observed}. */
export type CommitView = Pick<
  View<Record<never, never>, Observed>,
  'parameters' | 'all' | 'observed' | 'isUp' | 'isConnected' | 'records'
>;

/** Whether somebody has decided so. */
function someDecidedTo({ observed: { decided } }: CommitView, decision: string): boolean {
  for (const address in decided) if (decided[address] === decision) return true;
  return false;
}
const someDecided = ({ observed }: CommitView): boolean => Object.keys(observed.decided).length > 0;
const someCommitted = (view: CommitView): boolean => someDecidedTo(view, 'commit');

/** The participants, which have decided exactly when they are in one of these states. */
export const participants = ({ all }: CommitView): readonly ProcessView[] =>
  all.filter(({ address }) => address !== 'coordinator');

const addresses = new WeakMap<object, readonly Address[]>();

/** The addresses of the participants: the parameters alone say who takes part. */
function participantsOf(view: CommitView): readonly Address[] {
  let known = addresses.get(view.parameters);
  if (known === undefined) {
    known = participants(view).map(({ address }) => address);
    addresses.set(view.parameters, known);
  }
  return known;
}

export const hasDecided = (process: ProcessView): boolean =>
  process.in('committed') || process.in('aborted');

/** AC1: no two processes decide differently. */
export const agreement = invariant<CommitView>(
  'AC1 agreement',
  (view) => !(someCommitted(view) && someDecidedTo(view, 'abort')),
  { description: 'No two processes decide differently.', premise: someDecided },
);

/** AC2: a process does not reverse its decision, crashes included. */
export const finality = invariant<CommitView>(
  'AC2 finality',
  (view) => !someDecidedTo(view, 'reversed'),
  { description: 'A decision is never reversed, not even by a crash.', premise: someDecided },
);

/** AC3: commit only if all participants voted yes. */
export const commitValidity = invariant<CommitView>(
  'AC3 commit validity',
  (view) => {
    if (!someCommitted(view)) return true;
    const { votes } = view.observed;
    return participantsOf(view).every((address) => votes[address] === true);
  },
  { description: 'Commit is decided only if every participant voted yes.', premise: someCommitted },
);

/** AC4: without failures, all yes means commit. Claimed only where time-outs are not premature. */
export const nonTriviality = invariant<CommitView>(
  'AC4 non-triviality',
  (view) =>
    participants(view).some(({ address }) => view.observed.votes[address] === false) ||
    !someDecidedTo(view, 'abort'),
  {
    description: 'If nothing fails and every vote is yes, nobody decides abort.',
    premise: someDecided,
    claimedUnder: { timing: 'synchronous', faults: 'none' },
  },
);

function holds(records: readonly unknown[], name: string): boolean {
  for (const one of records)
    if ((one as { readonly record?: unknown }).record === name) return true;
  return false;
}

/** A process that has decided has the decision, or the right to it, on its disk. */
export const durability = invariant<CommitView>(
  'durability',
  (view) => {
    const { decided } = view.observed;
    for (const address in decided) {
      const { durable } = view.records(address);
      // Without a `prepared` record abort is what recovery decides, so it needs no record of its own.
      const agrees =
        decided[address] === 'commit'
          ? holds(durable, 'commit')
          : !holds(durable, 'commit') && (holds(durable, 'abort') || !holds(durable, 'prepared'));
      if (!agrees) return false;
    }
    return true;
  },
  {
    description: 'What a process has decided, a restart from its disk would decide again.',
    premise: someDecided,
  },
);

const everyoneDecided = (view: CommitView): boolean =>
  view.all.every((process) =>
    process.address === 'coordinator'
      ? process.in('forgotten') || process.in('presuming')
      : hasDecided(process),
  );

/** AC5: once failures are repaired and stay away, everybody decides. */
export const termination = alwaysPossible<CommitView>('AC5 termination', everyoneDecided, {
  description:
    'Whatever has happened, when failures are repaired every process can still decide and forget.',
});

/** What two-phase commit does not have: a decision without the coordinator. */
export const nonBlocking = alwaysPossible<CommitView>(
  'non-blocking',
  (view) => participants(view).every((process) => !process.up || hasDecided(process)),
  {
    description:
      'A decision is always possible for every participant that is up while the coordinator stays down.',
    without: (decision) => decision.type === 'restart' && decision.node === 'coordinator',
  },
);

/** Nobody who is up is in doubt, and the coordinator waits only for those it cannot reach. */
export function settled(view: CommitView): boolean {
  const decided = participants(view).every((process) => !process.up || hasDecided(process));
  return decided && !coordinatorWaits(view);
}

function coordinatorWaits(view: CommitView): boolean {
  const coordinator = view.all.find(({ address }) => address === 'coordinator');
  if (coordinator?.up !== true || coordinator.in('idle')) return false;
  if (coordinator.in('forgotten') || coordinator.in('presuming')) return false;
  if (coordinator.in('collecting')) return true;
  const { awaiting } = coordinator.context as { readonly awaiting: readonly Address[] };
  return awaiting.some((participant) => reaches(view, 'coordinator', participant));
}

/** Why participants may rightly wait: nobody they can reach may tell them the decision. */
export function blocked(view: CommitView): string | undefined {
  const inDoubt = participants(view).filter((process) => process.in('prepared'));
  if (inDoubt.length === 0 || coordinatorWaits(view)) return undefined;
  const reasons: string[] = [];
  for (const process of inDoubt) {
    if (process.up && reaches(view, process.address, 'coordinator')) return undefined;
    const { peers } = (process.up ? process.context : {}) as { readonly peers: readonly Address[] };
    const informed = participants(view).some(
      (peer) =>
        peers.includes(peer.address) &&
        reaches(view, process.address, peer.address) &&
        !peer.in('prepared'),
    );
    if (informed) return undefined;
    reasons.push(process.address);
  }
  const why = view.isUp('coordinator') ? 'cut off' : 'down';
  const are = reasons.length === 1 ? 'is' : 'are';
  return `${reasons.join(', ')} ${are} in doubt and the coordinator is ${why}`;
}

function reaches(view: CommitView, a: Address, b: Address): boolean {
  return view.isConnected(a, b) && view.isConnected(b, a);
}
