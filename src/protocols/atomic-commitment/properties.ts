/**
 * The properties that every protocol of atomic commitment has, AC1 to AC4 (Bernstein, Hadzilacos and
 * Goodman 1987, chapter 7), over what its processes mark: `voted` with `{ yes }`, or `{ yes: true, reads: true }`
 * by who has only read, and `decided` with `{ decision }` once the decision may be relied upon. The participants
 * are the nodes p1, p2, ..., or p1/participant where a node hosts others too; every one of them has the states
 * `committed` and `aborted`. AC5 depends on who else must be told, so each protocol says its own.
 */
import type { Address } from '../../model/effects.ts';
import { alwaysPossible, invariant } from '../../model/property.ts';
import type { Observer } from '../../model/system.ts';
import type { LiveProcess, ProcessView, View } from '../../model/view.ts';

export type Decision = 'commit' | 'abort';

/** A vote: yes or no, or a yes of a participant that has only read and needs no decision. */
export type Vote = boolean | 'read';

/** What the observer knows of each process: its decision (or that it reversed one) and its vote. */
export interface Observed {
  readonly decided: Readonly<Record<Address, Decision | 'reversed'>>;
  readonly votes: Readonly<Record<Address, Vote>>;
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
      const { yes, reads } = data as { readonly yes: boolean; readonly reads?: boolean };
      const vote = yes && reads === true ? 'read' : yes;
      return { ...observed, votes: { ...observed.votes, [process]: vote } };
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
  all.filter(({ address }) => /^p\d+(\/participant)?$/.test(address));

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

/** Has decided, or has nothing to decide: who voted READ has promised nothing and waits for nothing. */
export const hasDecided = (process: ProcessView): boolean =>
  process.in('committed') || process.in('aborted') || process.in('released');

/**
 * Whether everybody has only read. Then commit and abort are the same, and whatever is decided binds nobody:
 * the protocols leave no record of it, and may answer differently after a crash.
 */
const nothingIsAtStake = (view: CommitView): boolean =>
  participantsOf(view).every((address) => view.observed.votes[address] === 'read');

/** AC1: no two processes decide differently. */
export const agreement = invariant<CommitView>(
  'AC1 agreement',
  (view) => !(someCommitted(view) && someDecidedTo(view, 'abort')),
  { description: 'No two processes decide differently.', premise: someDecided },
);

/** AC2: a process does not reverse its decision, crashes included. */
export const finality = invariant<CommitView>(
  'AC2 finality',
  (view) => !someDecidedTo(view, 'reversed') || nothingIsAtStake(view),
  { description: 'A decision is never reversed, not even by a crash.', premise: someDecided },
);

/** AC3: commit only if all participants voted yes. */
export const commitValidity = invariant<CommitView>(
  'AC3 commit validity',
  (view) => {
    if (!someCommitted(view)) return true;
    const { votes } = view.observed;
    return participantsOf(view).every(
      (address) => votes[address] === true || votes[address] === 'read',
    );
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

/** AC5 where to decide is all that is to be done: once failures are repaired and stay away, everybody decides. */
export const everybodyDecides = alwaysPossible<CommitView>(
  'AC5 termination',
  ({ all }) => all.every(hasDecided),
  {
    description:
      'Whatever has happened, when failures are repaired every process can still decide.',
  },
);

/** Up and undecided, unless it was never asked. */
export const waits = (process: ProcessView): process is LiveProcess =>
  process.up && !process.in('idle') && !hasDecided(process);

/** Nobody waits. */
export const nobodyWaits = ({ all }: CommitView): boolean => !all.some(waits);

/** What nobody may have to wait for where a protocol is non-blocking. */
export const repairs = ({ type }: { readonly type: string }): boolean =>
  type === 'restart' || type === 'mend';

/** What two-phase commit does not have: a decision that waits for nobody's return. */
export const nonBlocking = alwaysPossible<CommitView>(
  'non-blocking',
  (view) => participants(view).every((process) => !process.up || hasDecided(process)),
  {
    description:
      'A decision is always possible for every participant that is up, though nothing is repaired.',
    without: repairs,
  },
);

/** Whether messages pass between two nodes both ways. */
export function reaches(view: CommitView, a: Address, b: Address): boolean {
  return view.isConnected(a, b) && view.isConnected(b, a);
}

function holds(records: readonly unknown[], name: string): boolean {
  for (const one of records)
    if ((one as { readonly record?: unknown }).record === name) return true;
  return false;
}

/**
 * What a process has decided, its disk and the presumption would decide again. A decision that is presumed
 * needs no record of its own: who finds himself prepared asks, and whoever has no record answers so.
 */
export const durabilityOf = (presumed: Decision | 'nothing') =>
  invariant<CommitView>(
    'durability',
    (view) => {
      const { decided } = view.observed;
      for (const address in decided) {
        const { durable } = view.records(address);
        const has = (name: string): boolean => holds(durable, name);
        // Without a `prepared` record abort is what recovery decides, so it needs no record of its own.
        const aborts = !has('commit') && (has('abort') || !has('prepared') || presumed === 'abort');
        const commits =
          has('commit') || (presumed === 'commit' && !has('abort') && !has('initiation'));
        if (decided[address] === 'commit' ? !commits : !aborts) return nothingIsAtStake(view);
      }
      return true;
    },
    {
      description: 'What a process has decided, a restart from its disk would decide again.',
      premise: someDecided,
    },
  );
