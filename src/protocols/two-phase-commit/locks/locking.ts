/**
 * Strict two-phase locking (Bernstein, Hadzilacos and Goodman 1987, chapter 3): the lock table of a participant
 * as pure functions. Shared locks to read, exclusive ones to write, first come first served.
 */
import type { Address } from '../../../model/effects.ts';
import type { Work } from './messages.ts';

export type Mode = 'read' | 'write';

/** A transaction that has locks here. */
export interface Open extends Work {
  readonly prepared: boolean;
  /** It has been here for a whole period of the timer `doubt`. */
  readonly aged: boolean;
}

/** A step that waits for its lock. */
export interface Request {
  readonly coordinator: Address;
  readonly transaction: string;
  readonly row: string;
  readonly mode: Mode;
  readonly add: number;
}

export interface Table {
  /** Committed values; a row that is not there is 0. */
  readonly rows: Readonly<Record<string, number>>;
  readonly open: Readonly<Record<string, Open>>;
  /** The oldest first. */
  readonly queue: readonly Request[];
}

export const conflict = (one: Mode, other: Mode): boolean => one === 'write' || other === 'write';

/** Whether no other transaction holds a lock on the row that conflicts. */
export function isFree({ open }: Table, { transaction, row, mode }: Request): boolean {
  return Object.entries(open).every(([holder, { locks }]) => {
    const held = locks[row];
    return holder === transaction || held === undefined || !conflict(held, mode);
  });
}

/** The table once the step is done, and the value that the transaction sees. */
export function executed(table: Table, request: Request): { table: Table; value: number } {
  const { transaction, row, mode, add, coordinator } = request;
  const before: Open = table.open[transaction] ?? {
    coordinator,
    locks: {},
    writes: {},
    prepared: false,
    aged: false,
  };
  const held = before.locks[row];
  const locks = { ...before.locks, [row]: held === 'write' ? held : mode };
  const value = (before.writes[row] ?? table.rows[row] ?? 0) + add;
  const writes = mode === 'write' ? { ...before.writes, [row]: value } : before.writes;
  const open = { ...table.open, [transaction]: { ...before, locks, writes } };
  return { table: { ...table, open }, value };
}

/** The oldest request whose lock is free and which overtakes no older one on its row that conflicts. */
export function nextToGrant(table: Table): Request | undefined {
  return table.queue.find(
    (request, place) =>
      isFree(table, request) &&
      !table.queue
        .slice(0, place)
        .some(({ row, mode }) => row === request.row && conflict(mode, request.mode)),
  );
}

/** The table without the transaction: its locks are free, and nothing of it waits any more. */
export function without({ rows, open, queue }: Table, transaction: string): Table {
  const { [transaction]: _, ...others } = open;
  return { rows, open: others, queue: queue.filter((one) => one.transaction !== transaction) };
}

/** The table with the values of the transaction put in place. */
export function applied(table: Table, transaction: string): Table {
  return { ...table, rows: { ...table.rows, ...table.open[transaction]?.writes } };
}
