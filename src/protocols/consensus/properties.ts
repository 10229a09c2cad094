/**
 * The properties that every protocol of consensus has (agreement, validity, integrity), over what its
 * processes mark: `proposed` with `{ value }` when a process may begin to speak for a value, and `decided`
 * with `{ value }` once its decision may be relied upon. Values are plain data and stay opaque. Who must
 * decide, and when it may rightly wait, each protocol says itself; the contract suite
 * (test/contract/consensus.test.ts) asks it of all.
 */
import { type Address, nodeOfAddress } from '../../model/effects.ts';
import { canonical } from '../../model/plain-data.ts';
import { invariant } from '../../model/property.ts';
import type { Observer } from '../../model/system.ts';
import type { View } from '../../model/view.ts';

/** What the observer knows; values are kept as their canonical text. */
export interface ObservedConsensus {
  /** Every value that was ever proposed, sorted. */
  readonly proposed: readonly string[];
  /** What each process has decided, or that it has changed its decision. */
  readonly decided: Readonly<Record<Address, string>>;
}

/** What stands in `decided` for a process that has decided two values; no canonical text is equal to it. */
const changed = 'changed';

const initial: ObservedConsensus = { proposed: [], decided: {} };

/** Sorted, each member once, so that equal sets are equal data. */
export function including<T extends string | number>(
  members: readonly T[],
  member: T,
): readonly T[] {
  if (members.includes(member)) return members;
  return [...members, member].sort((a, b) => (a < b ? -1 : 1));
}

/** Folds the marks of consensus; a protocol that observes more hands on what it keeps beside. */
export const consensusObserver: Observer<ObservedConsensus> = {
  initial,
  on: observeConsensus,
};

/** What the observer makes of a mark, in an observation that may hold more. */
export function observeConsensus<O extends ObservedConsensus>(
  observed: O,
  { name, process, data }: Parameters<Observer<O>['on']>[1],
): O {
  if (name !== 'proposed' && name !== 'decided') return observed;
  const value = canonical((data as { readonly value: unknown }).value);
  if (name === 'proposed') {
    const proposed = including(observed.proposed, value);
    return proposed === observed.proposed ? observed : { ...observed, proposed };
  }
  const before = observed.decided[process];
  if (before === value || before === changed) return observed;
  const now = before === undefined ? value : changed;
  return { ...observed, decided: { ...observed.decided, [process]: now } };
}

/** The view, as far as these properties look: any system whose observer keeps {@link ObservedConsensus}. */
export type ConsensusView<O extends ObservedConsensus = ObservedConsensus> = Pick<
  View<Record<never, never>, O>,
  'parameters' | 'all' | 'observed' | 'isUp' | 'isConnected' | 'records'
>;

const decisions = ({ observed: { decided } }: ConsensusView): readonly string[] =>
  Object.values(decided);
const someDecided = ({ observed: { decided } }: ConsensusView): boolean => {
  for (const _ in decided) return true;
  return false;
};

/** No two processes decide differently, up or down, before or after a crash. */
export const agreement = invariant<ConsensusView>(
  'agreement',
  (view) => {
    const values = decisions(view).filter((value) => value !== changed);
    return values.every((value) => value === values[0]);
  },
  { description: 'No two processes decide different values.', premise: someDecided },
);

/** Nothing is decided that nobody has proposed. */
export const validity = invariant<ConsensusView>(
  'validity',
  (view) =>
    decisions(view).every((value) => value === changed || view.observed.proposed.includes(value)),
  { description: 'Only a value that was proposed is decided.', premise: someDecided },
);

/** A process decides once: a crash may make it learn its decision again, and never another one. */
export const integrity = invariant<ConsensusView>(
  'integrity',
  (view) => !decisions(view).includes(changed),
  {
    description: 'No process ever changes its decision, not even over a crash.',
    premise: someDecided,
  },
);

/** Whether messages pass between the nodes of two processes both ways. */
export function reaches(
  view: Pick<ConsensusView, 'isUp' | 'isConnected'>,
  a: Address,
  b: Address,
): boolean {
  const [from, to] = [nodeOfAddress(a), nodeOfAddress(b)];
  if (from === to) return view.isUp(from);
  return view.isConnected(from, to) && view.isConnected(to, from);
}
