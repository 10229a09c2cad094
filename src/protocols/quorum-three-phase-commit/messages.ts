/**
 * Messages and log records of quorum three-phase commit and of E3PC. One transaction a system, so none carries
 * its id; what an elected coordinator says and is told carries its epoch, which makes a stale copy recognisable.
 */

/** Where a participant that has voted yes stands; each is on its disk (Skeen's states w, pc and pa). */
export type Standing = 'waiting' | 'pre-committed' | 'pre-aborted';

/** What a participant tells an elected coordinator. Who has not voted aborts first. */
export interface Report {
  readonly standing: Standing | 'committed' | 'aborted';
  /** The epoch in which it last moved to pre-commit or pre-abort (E3PC's last attempt); 0: never. */
  readonly attempt: number;
}

export type Message =
  /** Coordinator to participant: vote. */
  | { readonly type: 'PREPARE' }
  /** Participant to coordinator. */
  | { readonly type: 'VOTE'; readonly yes: boolean }
  /** The coordinator of that epoch to participant: all voted yes; be ready to commit. */
  | { readonly type: 'PRE_COMMIT'; readonly epoch: number }
  /** An elected coordinator to participant: be ready to abort. */
  | { readonly type: 'PRE_ABORT'; readonly epoch: number }
  /** Participant to the coordinator of that epoch: the move is on my disk. */
  | { readonly type: 'ACK'; readonly epoch: number; readonly standing: Standing }
  /** The decision, from a coordinator, or from a site that was asked. */
  | { readonly type: 'COMMIT' }
  | { readonly type: 'ABORT' }
  /** An elected coordinator to the participants: where do you stand? */
  | { readonly type: 'STATE_REQUEST'; readonly epoch: number }
  /** The answer, to the coordinator of that epoch. */
  | ({ readonly type: 'STATE'; readonly epoch: number } & Report)
  /** A participant in doubt to a coordinator that may know the decision. */
  | { readonly type: 'INQUIRE' };

/** Records of the first coordinator. Without `pre-commit` nobody can have committed; `commit` is its commit point. */
export type CoordinatorRecord =
  | { readonly record: 'pre-commit' }
  | { readonly record: 'commit' }
  | { readonly record: 'abort' };

/** Records of a participant. */
export type ParticipantRecord =
  | { readonly record: 'prepared' }
  /** It takes part in that election and obeys no lower epoch any more (E3PC's last elected). */
  | { readonly record: 'elected'; readonly epoch: number }
  /** It has moved, at the word of the coordinator of that epoch. */
  | { readonly record: 'pre-commit'; readonly epoch: number }
  | { readonly record: 'pre-abort'; readonly epoch: number }
  | { readonly record: 'commit' }
  | { readonly record: 'abort' };
