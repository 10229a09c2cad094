/** Messages and log records of two-phase commit. One transaction a system, so none carries its id. */
import type { Address } from '../../model/effects.ts';

export type Message =
  /** Coordinator to participant: vote. */
  | { readonly type: 'PREPARE' }
  /** Participant to coordinator. */
  | { readonly type: 'VOTE'; readonly yes: boolean }
  /** Participant to coordinator: a vote too. I have only read: commit or abort without me. */
  | { readonly type: 'READ' }
  /** The decision, from the coordinator, or from an informed peer. */
  | { readonly type: 'COMMIT' }
  | { readonly type: 'ABORT' }
  /** Participant to coordinator: the decision is on my disk. */
  | { readonly type: 'ACK' }
  /** An uncertain participant to the coordinator, and to its peers under cooperative termination. */
  | { readonly type: 'INQUIRE' };

/** Records of the coordinator. `commit` is the commit point. */
export type CoordinatorRecord =
  /** Presumed commit only: voting has begun. Without a `commit` after it, the decision is abort. */
  | { readonly record: 'initiation'; readonly notify: readonly Address[] }
  | { readonly record: 'commit'; readonly notify: readonly Address[] }
  | { readonly record: 'abort'; readonly notify: readonly Address[] }
  | { readonly record: 'end' };

/** Records of a participant. */
export type ParticipantRecord =
  | { readonly record: 'prepared' }
  | { readonly record: 'commit' }
  | { readonly record: 'abort' };
