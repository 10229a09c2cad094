/**
 * The properties that every protocol of a replicated log has (agreement per index, prefix, validity, integrity),
 * over what its processes mark: `proposed` with `{ command }` when a command may begin to be replicated, and
 * `applied` with `{ index, command }` when a process applies it to its state machine; a process whose state
 * machine takes over that of another up to an index marks `installed` with `{ index }`. Indices count from 1.
 * Commands are plain data and stay opaque; what a protocol appends by itself (a no-op) has the command null,
 * which needs no proposal. A state machine that a crash forgets is built anew from the first index on.
 */
import type { Address } from '../../model/effects.ts';
import { canonical } from '../../model/plain-data.ts';
import { invariant } from '../../model/property.ts';
import type { ObservedMark, Observer } from '../../model/system.ts';
import type { View } from '../../model/view.ts';

/** What the observer knows; commands are kept as their canonical text. */
export interface ObservedLog {
  /** Every command that was ever proposed, sorted. */
  readonly proposed: readonly string[];
  /** What each process has applied, by position; some positions hold a word that is no canonical text. */
  readonly applied: Readonly<Record<Address, readonly string[]>>;
}

/** Below an index that was applied, where nothing was. */
const missing = 'missing';
/** Taken over with the state machine of another process. */
const installed = 'installed';
/** Applied twice, with different commands. */
const changed = 'changed';

/** Folds the marks of a replicated log; a protocol that observes more hands them on from its own observer. */
export const replicatedLogObserver: Observer<ObservedLog> = {
  initial: { proposed: [], applied: {} },
  on: observeLog,
};

/** What the observer makes of a mark, in an observation that may hold more. */
export function observeLog<O extends ObservedLog>(
  observed: O,
  { name, process, data }: ObservedMark,
): O {
  switch (name) {
    case 'proposed': {
      const command = canonical((data as { readonly command: unknown }).command);
      if (setOf(observed.proposed).has(command)) return observed;
      return { ...observed, proposed: [...observed.proposed, command].sort() };
    }
    case 'applied': {
      const { index, command } = data as { readonly index: number; readonly command: unknown };
      return withApplied(observed, process, index, canonical(command));
    }
    case 'installed': {
      const { index } = data as { readonly index: number };
      const before = observed.applied[process] ?? [];
      if (before.length >= index) return observed;
      return withLog(observed, process, padded(before, index, installed));
    }
    default:
      return observed;
  }
}

const padded = (log: readonly string[], length: number, word: string): readonly string[] => [
  ...log,
  ...Array.from({ length: Math.max(0, length - log.length) }, () => word),
];

function withLog<O extends ObservedLog>(observed: O, process: Address, log: readonly string[]): O {
  return { ...observed, applied: { ...observed.applied, [process]: log } };
}

function withApplied<O extends ObservedLog>(
  observed: O,
  process: Address,
  index: number,
  command: string,
): O {
  const log = padded(observed.applied[process] ?? [], index, missing);
  const before = log[index - 1];
  if (before === command || before === changed) return observed;
  const now = before === missing || before === installed ? command : changed;
  return withLog(observed, process, log.with(index - 1, now));
}

/** The view, as far as these properties look: any system whose observer keeps {@link ObservedLog}. */
export type ReplicatedLogView = Pick<View<Record<never, never>, ObservedLog>, 'observed'>;

const logs = ({ observed: { applied } }: ReplicatedLogView): readonly (readonly string[])[] =>
  Object.values(applied);
const someApplied = (view: ReplicatedLogView): boolean => logs(view).length > 0;
const isCommand = (text: string): boolean =>
  text !== missing && text !== installed && text !== changed;

/** Agreement per index: state machine safety in the words of Raft. */
export const logAgreement = invariant<ReplicatedLogView>(
  'log agreement',
  (view) => {
    const agreed: string[] = [];
    for (const log of logs(view))
      for (const [position, text] of log.entries()) {
        if (!isCommand(text)) continue;
        agreed[position] ??= text;
        if (agreed[position] !== text) return false;
      }
    return true;
  },
  {
    description: 'No two processes apply different commands at one index.',
    premise: (view) => logs(view).length > 1,
  },
);

/** Prefix: a process applies an index only after all below it. */
export const logPrefix = invariant<ReplicatedLogView>(
  'log prefix',
  (view) => logs(view).every((log) => !log.includes(missing)),
  {
    description: 'A process applies an index only when it has applied, or installed, all below.',
    premise: someApplied,
  },
);

const members = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The same as a set: a long log is looked up at every step of a run in what has been proposed until then. */
function setOf(proposed: readonly string[]): ReadonlySet<string> {
  let known = members.get(proposed);
  if (known === undefined) {
    known = new Set(proposed);
    members.set(proposed, known);
  }
  return known;
}

/** Validity: nothing is applied that nobody has proposed, no-ops excepted. */
export const logValidity = invariant<ReplicatedLogView>(
  'log validity',
  (view) => {
    const proposed = setOf(view.observed.proposed);
    return logs(view).every((log) =>
      log.every((text) => text === 'null' || proposed.has(text) || !isCommand(text)),
    );
  },
  { description: 'Only commands that were proposed are applied.', premise: someApplied },
);

/** Integrity: what a process has applied at an index it never replaces, not even over a crash. */
export const logIntegrity = invariant<ReplicatedLogView>(
  'log integrity',
  (view) => logs(view).every((log) => !log.includes(changed)),
  {
    description: 'No process ever applies two different commands at one index, crashes included.',
    premise: someApplied,
  },
);
