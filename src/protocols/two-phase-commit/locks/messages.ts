/** Messages and log records of two-phase commit over rows under locks; each carries its transaction. */
import type { Address } from '../../../model/effects.ts';
import type { Mode } from './locking.ts';

/** One step of a transaction: a row is read, or changed by so much. */
export interface Access {
  readonly participant: Address;
  readonly row: string;
  readonly mode: Mode;
  readonly add: number;
}

export type Message =
  /** Coordinator to participant: lock the row and do this. */
  | {
      readonly type: 'EXECUTE';
      readonly transaction: string;
      readonly row: string;
      readonly mode: Mode;
      readonly add: number;
    }
  /** Participant to coordinator: done, and this is the row's value for the transaction. */
  | {
      readonly type: 'DONE';
      readonly transaction: string;
      readonly row: string;
      readonly value: number;
    }
  /** Participant to coordinator: the lock did not come in time, or you did not; aborted here. */
  | { readonly type: 'REFUSED'; readonly transaction: string }
  /** Coordinator to participant: vote. You have done so many steps of it. */
  | { readonly type: 'PREPARE'; readonly transaction: string; readonly steps: number }
  | { readonly type: 'VOTE'; readonly transaction: string; readonly yes: boolean }
  /** The decision, from the coordinator. */
  | { readonly type: 'COMMIT'; readonly transaction: string }
  | { readonly type: 'ABORT'; readonly transaction: string }
  /** Participant to coordinator: the commit is on my disk. Abort is presumed, so nobody waits for it. */
  | { readonly type: 'ACK'; readonly transaction: string }
  /** A participant in doubt to the coordinator of the transaction. */
  | { readonly type: 'INQUIRE'; readonly transaction: string };

export type CoordinatorRecord =
  | { readonly record: 'commit'; readonly transaction: string; readonly notify: readonly Address[] }
  | { readonly record: 'end'; readonly transaction: string };

export type ParticipantRecord =
  | ({ readonly record: 'prepared'; readonly transaction: string } & Work)
  | { readonly record: 'commit'; readonly transaction: string }
  | { readonly record: 'abort'; readonly transaction: string };

/** What a transaction has done at a participant: enough to finish it after a crash. */
export interface Work {
  readonly coordinator: Address;
  readonly locks: Readonly<Record<string, Mode>>;
  /** The values that a commit puts in place. */
  readonly writes: Readonly<Record<string, number>>;
}
