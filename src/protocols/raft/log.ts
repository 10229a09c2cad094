/** The replicated log as a value: entries count from 1, and index 0 with term 0 is the common beginning. */
import type { Conflict, Entry, Position } from './messages.ts';

export type Log = readonly Entry[];

export function lastIndex(log: Log): number {
  return log.length;
}

/** The end of the log: what votes compare (5.4.1). */
export function lastPosition(log: Log): Position {
  return { index: log.length, term: termAt(log, log.length) ?? 0 };
}

export function entryAt(log: Log, index: number): Entry | undefined {
  return log[index - 1];
}

/** The term of the entry, 0 of the beginning; undefined where the log does not reach. */
export function termAt(log: Log, index: number): number | undefined {
  return index === 0 ? 0 : log[index - 1]?.term;
}

export function positionAt(log: Log, index: number): Position {
  return { index, term: termAt(log, index) ?? 0 };
}

/** The entries from `index` on, `most` at most. */
export function entriesFrom(log: Log, index: number, most = Number.POSITIVE_INFINITY): Log {
  return log.slice(index - 1, index - 1 + most);
}

/** The log up to and with `index`. */
export function upTo(log: Log, index: number): Log {
  return index >= log.length ? log : log.slice(0, index);
}

/** Entries laid over the log behind `after`; what lies beyond them stays. */
export function laidOver(log: Log, after: number, entries: Log): Log {
  return [...log.slice(0, after), ...entries, ...log.slice(after + entries.length)];
}

/** Lexicographically: the higher last term, or equal terms and the index not lower (5.4.1). */
export function isAtLeastAsUpToDate(candidate: Position, own: Position): boolean {
  if (candidate.term !== own.term) return candidate.term > own.term;
  return candidate.index >= own.index;
}

/** The first entry of those behind `after` with which the log conflicts: same index, other term. */
export function firstConflict(log: Log, after: number, entries: Log): number | undefined {
  for (const [offset, { term }] of entries.entries()) {
    const index = after + 1 + offset;
    const own = termAt(log, index);
    if (own === undefined) return undefined;
    if (own !== term) return index;
  }
  return undefined;
}

/** The first entry of those behind `after` that the log does not hold; undefined when it holds all. */
export function firstMissing(log: Log, after: number, entries: Log): number | undefined {
  const conflict = firstConflict(log, after, entries);
  if (conflict !== undefined) return conflict;
  return after + entries.length > log.length ? Math.max(after, log.length) + 1 : undefined;
}

/** What a follower tells a leader whose `previous` it does not have. */
export function conflictAt(log: Log, previous: number): Conflict {
  const term = termAt(log, previous);
  if (term === undefined) return { index: log.length + 1, term: 0 };
  let first = previous;
  while (first > 1 && termAt(log, first - 1) === term) first -= 1;
  return { index: first, term };
}

/** Where a leader tries next: behind its own last entry of the conflicting term, or where it was told. */
export function afterConflict(log: Log, { index, term }: Conflict): number {
  if (term > 0)
    for (let own = log.length; own > 0; own--) {
      const ownTerm = termAt(log, own) as number;
      if (ownTerm === term) return own + 1;
      if (ownTerm < term) break;
    }
  return Math.max(1, index);
}
