/**
 * Stable storage: one log per node, its records tagged by process. Forcing a record makes every
 * earlier one durable. A crash keeps the durable prefix and some prefix of the tail after it.
 */
import { type Address, answers, type Write } from './effects.ts';

/** One entry of a node's log: a record, or a compaction that replaces a process's earlier records. */
export type LogEntry =
  | { readonly kind: 'record'; readonly process: Address; readonly record: unknown }
  | { readonly kind: 'replace'; readonly process: Address; readonly records: readonly unknown[] };

/** A forced write under way. `upTo` counts the entries that are durable once it has completed. */
export interface PendingWrite {
  readonly upTo: number;
  readonly process: Address;
  /** The event that tells the process; a write without one holds the node instead. */
  readonly completion?: string;
  /** The event that tells the process that it failed; without one the node stops. */
  readonly failure?: string;
}

/** The disk of a node: the first `durable` entries of the log survive any crash. */
export interface Disk {
  readonly log: readonly LogEntry[];
  readonly durable: number;
  /** Forced writes under way, oldest first. */
  readonly writes: readonly PendingWrite[];
}

export const emptyDisk: Disk = { log: [], durable: 0, writes: [] };

export function appended(disk: Disk, entry: LogEntry): Disk {
  return { ...disk, log: [...disk.log, entry] };
}

/** Asks that all of the log so far become durable. `told` names the events that answer. */
export function forced(
  disk: Disk,
  process: Address,
  told: Pick<Write, 'completion' | 'failure'> = {},
): Disk {
  const events = answers(told.completion, told.failure);
  const write: PendingWrite = { upTo: disk.log.length, process, ...events };
  return { ...disk, writes: [...disk.writes, write] };
}

/** The oldest forced write completes. Forces complete in order, since the log is written in order. */
export function completed(disk: Disk): Disk {
  const { upTo } = oldestWrite(disk);
  const writes = disk.writes.slice(1);
  return compacted({ log: disk.log, durable: Math.max(disk.durable, upTo), writes });
}

/**
 * The disk says that the oldest forced write has completed, and it has not: its entries stay in the tail
 * until a later force makes them durable.
 */
export function acknowledged(disk: Disk): Disk {
  oldestWrite(disk);
  return { ...disk, writes: disk.writes.slice(1) };
}

/** The disk refuses the oldest forced write: its entry leaves the log, and all others stay. */
export function refused(disk: Disk): Disk {
  const { upTo } = oldestWrite(disk);
  return {
    log: disk.log.toSpliced(upTo - 1, 1),
    durable: disk.durable,
    writes: disk.writes.slice(1).map((write) => ({ ...write, upTo: write.upTo - 1 })),
  };
}

/** The forced write that the disk answers next. */
export function oldestWrite({ writes }: Disk): PendingWrite {
  const [write] = writes;
  if (write === undefined) throw new Error('broken promise: no write is under way');
  return write;
}

/** What a restart finds: the durable prefix and `tail` entries more. */
export function survived(disk: Disk, tail: number): Disk {
  const kept = disk.durable + tail;
  return compacted({ log: disk.log.slice(0, kept), durable: kept, writes: [] });
}

/** The entries that a crash may lose. */
export function tailLength(disk: Disk): number {
  return disk.log.length - disk.durable;
}

/** The records of one process among the first `upTo` entries, compactions carried out. */
export function recordsOf(
  disk: Disk,
  process: Address,
  upTo: number = disk.log.length,
): readonly unknown[] {
  let records: unknown[] = [];
  for (const entry of disk.log.slice(0, upTo)) {
    if (entry.process !== process) continue;
    if (entry.kind === 'record') records.push(entry.record);
    else records = [...entry.records];
  }
  return records;
}

/** Carries out durable compactions, so that equal disks have equal logs. */
function compacted(disk: Disk): Disk {
  const last = disk.log.findLastIndex(
    (entry, index) => entry.kind === 'replace' && index < disk.durable,
  );
  const replacement = disk.log[last];
  if (replacement?.kind !== 'replace') return disk;
  const { process, records } = replacement;
  const before = disk.log.slice(0, last).filter((entry) => entry.process !== process);
  const instead = records.map((record): LogEntry => ({ kind: 'record', process, record }));
  const log = [...before, ...instead, ...disk.log.slice(last + 1)];
  const shift = log.length - disk.log.length;
  return compacted({
    log,
    durable: disk.durable + shift,
    writes: disk.writes.map((write) => ({ ...write, upTo: write.upTo + shift })),
  });
}
