/**
 * What is on a server's disk: currentTerm, votedFor and the log, durable before any reply that depends on
 * them (figure 2). A new term or vote overwrites its predecessor, as in a file of its own: so all records
 * are replaced, and equal disks have equal records. So it is with a snapshot. Entries are appended.
 */
import type { Address } from '../../model/effects.ts';
import { beginning, entriesFrom, type Log, laidOver, snapshotOf, upTo } from './log.ts';
import type { ServerRecord } from './messages.ts';

/** The durable state of a server. */
export interface Durable {
  readonly term: number;
  readonly votedFor: Address | null;
  readonly log: Log;
}

/** The records that say just this. */
export function recordsOf({ term, votedFor, log }: Durable): readonly ServerRecord[] {
  const snapshot = snapshotOf(log);
  const after = beginning(log);
  const entries = entriesFrom(log, after + 1);
  return [
    { record: 'term', term, votedFor },
    ...(snapshot === undefined ? [] : [{ record: 'snapshot', snapshot } as const]),
    ...(entries.length === 0 ? [] : [{ record: 'entries', after, entries } as const]),
  ];
}

/** What the records say, on a disk that held `first` before any of them. */
export function recovered(records: readonly ServerRecord[], first: Durable): Durable {
  let { term, votedFor, log } = first;
  for (const one of records)
    if (one.record === 'term') ({ term, votedFor } = one);
    else if (one.record === 'snapshot') log = [one.snapshot];
    else log = laidOver(upTo(log, one.after), one.after, one.entries);
  return { term, votedFor, log };
}
