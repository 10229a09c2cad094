/**
 * The replicated log as a value. Entries count from 1, and index 0 with term 0 is the common beginning; a log that
 * was compacted begins with a snapshot instead, in the place of the last entry that it covers.
 */
import type { Conflict, Entry, Position, Snapshot } from './messages.ts';

/** A snapshot may stand at the front, and nowhere else. */
export type Log = readonly (Entry | Snapshot)[];

export function snapshotOf([first]: Log): Snapshot | undefined {
  return first?.type === 'snapshot' ? first : undefined;
}

/** The index behind which the entries begin; 0 where nothing was compacted. */
export function beginning(log: Log): number {
  return snapshotOf(log)?.index ?? 0;
}

/** Where an index lies in the array. */
function placeOf(log: Log, index: number): number {
  const snapshot = snapshotOf(log);
  return snapshot === undefined ? index - 1 : index - snapshot.index;
}

export function lastIndex(log: Log): number {
  const snapshot = snapshotOf(log);
  return snapshot === undefined ? log.length : snapshot.index + log.length - 1;
}

/** The end of the log: what votes compare (5.4.1). */
export function lastPosition(log: Log): Position {
  return positionAt(log, lastIndex(log));
}

/** The entry; undefined where the log does not reach, or has only the snapshot. */
export function entryAt(log: Log, index: number): Entry | undefined {
  const entry = log[placeOf(log, index)];
  return entry?.type === 'snapshot' ? undefined : entry;
}

/** The term of the entry, 0 of the beginning; undefined where the log does not reach or was compacted. */
export function termAt(log: Log, index: number): number | undefined {
  return index === 0 && snapshotOf(log) === undefined ? 0 : log[placeOf(log, index)]?.term;
}

export function positionAt(log: Log, index: number): Position {
  return { index, term: termAt(log, index) ?? 0 };
}

/** Whether the log is the same as any with that entry, up to it; a snapshot covers what was committed. */
export function matches(log: Log, { index, term }: Position): boolean {
  return index < beginning(log) || termAt(log, index) === term;
}

/** The entries from `index` on, `most` at most; what was compacted is not among them. */
export function entriesFrom(
  log: Log,
  index: number,
  most = Number.POSITIVE_INFINITY,
): readonly Entry[] {
  const first = placeOf(log, Math.max(index, beginning(log) + 1));
  return log.slice(first, first + most) as readonly Entry[];
}

/** The log up to and with `index`. */
export function upTo(log: Log, index: number): Log {
  return index >= lastIndex(log) ? log : log.slice(0, placeOf(log, index) + 1);
}

/** Entries laid over the log behind `after`; what lies beyond them stays, and what is compacted too. */
export function laidOver(log: Log, after: number, entries: readonly Entry[]): Log {
  const covered = Math.max(0, beginning(log) - after);
  const rest = entriesFrom(log, after + entries.length + 1);
  return [...upTo(log, after + covered), ...entries.slice(covered), ...rest];
}

/** The snapshot in the place of all up to its index, with the entries behind it. */
export function compacted(log: Log, snapshot: Snapshot): Log {
  return [snapshot, ...entriesFrom(log, snapshot.index + 1)];
}

/** Lexicographically: the higher last term, or equal terms and the index not lower (5.4.1). */
export function isAtLeastAsUpToDate(candidate: Position, own: Position): boolean {
  if (candidate.term !== own.term) return candidate.term > own.term;
  return candidate.index >= own.index;
}

/** The first entry of those behind `after` with which the log conflicts: same index, other term. */
export function firstConflict(
  log: Log,
  after: number,
  entries: readonly Entry[],
): number | undefined {
  const covered = beginning(log);
  for (const [offset, { term }] of entries.entries()) {
    const index = after + 1 + offset;
    if (index <= covered) continue;
    const own = termAt(log, index);
    if (own === undefined) return undefined;
    if (own !== term) return index;
  }
  return undefined;
}

/** The first entry of those behind `after` that the log does not hold; undefined when it holds all. */
export function firstMissing(
  log: Log,
  after: number,
  entries: readonly Entry[],
): number | undefined {
  const conflict = firstConflict(log, after, entries);
  if (conflict !== undefined) return conflict;
  const last = lastIndex(log);
  return after + entries.length > last ? Math.max(after, last) + 1 : undefined;
}

/** What a follower tells a leader whose `previous` it does not have. */
export function conflictAt(log: Log, previous: number): Conflict {
  const term = termAt(log, previous);
  if (term === undefined) return { index: lastIndex(log) + 1, term: 0 };
  let first = previous;
  while (first > 1 && termAt(log, first - 1) === term) first -= 1;
  return { index: first, term };
}

/** Where a leader tries next: behind its own last entry of the conflicting term, or where it was told. */
export function afterConflict(log: Log, { index, term }: Conflict): number {
  if (term > 0)
    for (let own = lastIndex(log); own > 0; own--) {
      const ownTerm = termAt(log, own);
      if (ownTerm === term) return own + 1;
      if (ownTerm === undefined || ownTerm < term) break;
    }
  return Math.max(1, index);
}
