/**
 * What Raft promises (figure 3 of the paper): five safety properties, durability, and that a majority that is
 * up can always go on. Over marks, so that what a crash forgets still counts: `elected` with `{ term }`, and
 * `applied` with `{ index, term, command, during }`.
 */
import type { Address } from '../../model/effects.ts';
import { canonical } from '../../model/plain-data.ts';
import { alwaysPossible, invariant, transition } from '../../model/property.ts';
import { type Durable, recovered } from './durable.ts';
import { beginning, entryAt, type Log, lastIndex, snapshotOf, termAt } from './log.ts';
import type { Entry, ServerRecord, Snapshot } from './messages.ts';
import {
  type Applied,
  type LiveServer,
  liveServers,
  type RaftView,
  serversOf,
} from './observing.ts';
import { quorumOf } from './quorum.ts';
import type { ServerContext } from './server-state.ts';
import { initialDisks } from './text-parameters.ts';

export const leadersOf = (view: RaftView): readonly LiveServer[] =>
  liveServers(view).filter((process) => process.in('leader'));

const someElected = ({ observed }: RaftView): boolean => Object.keys(observed.leaders).length > 0;
const someApplied = ({ observed }: RaftView): boolean => Object.keys(observed.entries).length > 0;

export const electionSafety = invariant<RaftView>(
  'election safety',
  ({ observed }) => !observed.hasTwoLeaders,
  { description: 'At most one leader is elected in a term (Raft 5.2).', premise: someElected },
);

export const leaderAppendOnly = transition<RaftView>(
  'leader append-only',
  (before, after) => {
    const now = new Map(leadersOf(after).map((leader) => [leader.address, leader.context]));
    return leadersOf(before).every(({ address, context }) => {
      const later = now.get(address);
      return later === undefined || later.term !== context.term || extendsLog(later, context);
    });
  },
  {
    description: 'A leader never overwrites or deletes entries of its log (Raft 5.3).',
    premise: (view) => leadersOf(view).length > 0,
  },
);

function extendsLog({ log: later }: ServerContext, { log: earlier }: ServerContext): boolean {
  if (later === earlier) return true;
  if (lastIndex(later) < lastIndex(earlier)) return false;
  return sameUpTo(later, earlier, lastIndex(earlier));
}

/** As far as neither was compacted; snapshots that cover equally much are equal. */
function sameUpTo(a: Log, b: Log, index: number): boolean {
  const from = Math.max(beginning(a), beginning(b));
  for (let i = index; i > from; i--) {
    if (!isSame(entryAt(a, i), entryAt(b, i))) return false;
  }
  return beginning(a) !== beginning(b) || isSame(snapshotOf(a), snapshotOf(b));
}

type Part = Entry | Snapshot | undefined;

function isSame(a: Part, b: Part): boolean {
  if (a === b) return true;
  return a?.term === b?.term && a?.type === b?.type && canonical(a) === canonical(b);
}

export const logMatching = invariant<RaftView>(
  'log matching',
  (view) => {
    const servers = liveServers(view);
    return servers.every(({ context: { log } }, position) =>
      servers.slice(position + 1).every(({ context: other }) => match(log, other.log)),
    );
  },
  {
    description:
      'Two logs with an entry of the same index and term are identical up to it (Raft 5.3).',
    premise: (view) => liveServers(view).some(({ context }) => lastIndex(context.log) > 0),
  },
);

function match(a: Log, b: Log): boolean {
  const from = Math.max(beginning(a), beginning(b), 1);
  for (let index = Math.min(lastIndex(a), lastIndex(b)); index >= from; index--)
    if (termAt(a, index) === termAt(b, index)) return sameUpTo(a, b, index);
  return true;
}

export const leaderCompleteness = invariant<RaftView>(
  'leader completeness',
  (view) => {
    const entries = Object.entries(view.observed.entries);
    return leadersOf(view).every(({ context: { term, log } }) =>
      entries.every(
        ([index, entry]) => entry.during >= term || holds(view, log, Number(index), entry),
      ),
    );
  },
  {
    description:
      'An entry committed in a term is in the log of every leader of every later term (Raft 5.4).',
    premise: (view) =>
      leadersOf(view).some(({ context }) =>
        Object.values(view.observed.entries).some(({ during }) => during < context.term),
      ),
  },
);

/** The entry itself, or a snapshot that covers it: of an entry that was applied, with all before it. */
export function holds(
  view: RaftView,
  log: Log,
  index: number,
  { term, command }: Applied,
): boolean {
  const snapshot = snapshotOf(log);
  if (snapshot !== undefined && index <= snapshot.index)
    return view.observed.entries[snapshot.index]?.term === snapshot.term;
  const entry = entryAt(log, index);
  if (entry?.term !== term) return false;
  const own = entry.type === 'command' ? entry.command : null;
  return own === command || canonical(own) === canonical(command);
}

export const stateMachineSafety = invariant<RaftView>(
  'state machine safety',
  ({ observed }) => !observed.hasTwoEntries,
  {
    description: 'No two servers ever apply different entries at an index (Raft 5.4.3).',
    premise: someApplied,
  },
);

/** What is committed survives any crash: it is on the disks of a majority. */
export const durability = invariant<RaftView>(
  'durability',
  (view) => {
    const entries = Object.entries(view.observed.entries);
    if (entries.length === 0) return true;
    const disks = serversOf(view).map(({ address }) => durableLog(view, address));
    return entries.every(([index, entry]) => {
      const holders = disks.filter((log) => holds(view, log, Number(index), entry));
      return 2 * holders.length > disks.length;
    });
  },
  {
    description: 'What was applied anywhere is on the disks of a majority, durably.',
    premise: someApplied,
  },
);

/** By what was on the disk before, and by its records: disks without any may share one empty list of them. */
const logs = new WeakMap<Durable, WeakMap<readonly unknown[], Log>>();

export function durableLog(view: RaftView, address: Address): Log {
  const { durable } = view.records(address);
  const first = firstDisk(view, address);
  let known = logs.get(first);
  if (known === undefined) {
    known = new WeakMap();
    logs.set(first, known);
  }
  let log = known.get(durable);
  if (log === undefined) {
    log = recovered(durable as readonly ServerRecord[], first).log;
    known.set(durable, log);
  }
  return log;
}

const disks = new WeakMap<object, ReturnType<typeof initialDisks>>();

/** What was on the disk before any record: the parameters alone say it. */
function firstDisk({ parameters }: RaftView, address: Address): Durable {
  let known = disks.get(parameters);
  if (known === undefined) {
    known = initialDisks(String(parameters.logs ?? ''), Number(parameters.servers));
    disks.set(parameters, known);
  }
  return known[Number(address.slice(1)) - 1] as Durable;
}

/**
 * Liveness, as far as it needs no fairness: while a majority is up and connected, one of them can still be
 * elected and commit an entry of its term, though nothing is repaired. Not asked where a check's own bounds
 * leave no term to stand in.
 */
export const progress = alwaysPossible<RaftView>(
  'progress',
  (view) => leadersOf(view).some(hasCommittedOwn),
  {
    description:
      'A majority that is up and connected can always elect a leader that commits an entry.',
    from: (view) => hasTermLeft(view) && quorumOf(view) !== undefined,
    without: ({ type }) => type === 'restart' || type === 'mend',
  },
);

export const hasCommittedOwn = ({ context: { commit, log, term } }: LiveServer): boolean =>
  commit > 0 && termAt(log, commit) === term;

export function hasTermLeft(view: RaftView): boolean {
  const { terms, standing } = view.parameters;
  return standing === '' && liveServers(view).every(({ context }) => context.term < Number(terms));
}
