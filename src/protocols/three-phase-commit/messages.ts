/** Messages and log records of three-phase commit. One transaction a system, so none carries its id. */
import type { Address } from '../../model/effects.ts';

/** What a site tells the elected coordinator about itself. Who has not voted aborts first. */
export type LocalState = 'uncertain' | 'committable' | 'committed' | 'aborted';

/** How far a site has come in the elections, and which sites it believes operational. */
export interface Standing {
  /** 0 under the first coordinator; each election has a higher one. */
  readonly epoch: number;
  readonly up: readonly Address[];
}

export type Message =
  /** Coordinator to participant: vote. */
  | { readonly type: 'PREPARE' }
  /** Participant to coordinator. */
  | { readonly type: 'VOTE'; readonly yes: boolean }
  /** The coordinator of that epoch to participant: all voted yes; be ready to commit. */
  | { readonly type: 'PRE_COMMIT'; readonly epoch: number }
  /** Participant to the coordinator of that epoch: I am committable. */
  | { readonly type: 'ACK'; readonly epoch: number }
  /** The decision, from a coordinator, or from a site that was asked. */
  | { readonly type: 'COMMIT' }
  | { readonly type: 'ABORT' }
  /** An elected coordinator to those it believes operational. */
  | ({ readonly type: 'STATE_REQUEST' } & Standing)
  /** The answer, to the coordinator of that epoch. */
  | { readonly type: 'STATE'; readonly epoch: number; readonly state: LocalState }
  /** A participant in doubt to the coordinator it follows: the decision may have been lost. */
  | { readonly type: 'INQUIRE' }
  /** A site that came back in doubt to all: I am not operational, tell me the decision. */
  | ({ readonly type: 'RECOVERING' } & Standing);

/** Records of the first coordinator. `commit` is its commit point. */
export type CoordinatorRecord = { readonly record: 'commit' } | { readonly record: 'abort' };

/** Records of a participant. */
export type ParticipantRecord =
  | { readonly record: 'prepared' }
  /** Unforced: whoever sees a failure forces its next `standing`, and this with it. */
  | { readonly record: 'pre-commit' }
  | ({ readonly record: 'standing' } & Standing)
  | { readonly record: 'commit' }
  | { readonly record: 'abort' };
