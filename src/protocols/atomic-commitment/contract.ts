/**
 * What a commit protocol says about itself, so that one contract suite and one matrix page serve all: its
 * claims, which are questions to the checker with their answers, and what it does under each fault. Both
 * sides are tested: what is claimed to hold is proved, what is not is found.
 */
import type { Timing } from '../../model/property.ts';
import type { AnySystem } from '../../model/system.ts';

export interface Claim {
  /** The claim in a few words: `safe and non-blocking, one crash`. */
  readonly says: string;
  readonly parameters?: Readonly<Record<string, number | string | boolean>>;
  /** Default: the timing and the scope that the system declares. */
  readonly timing?: Timing;
  readonly scope?: Readonly<Record<string, number | boolean>>;
  /** Exactly these properties are found violated; none: all hold, `non-blocking` among them. */
  readonly violated: readonly string[];
  /** Where only a violation is asked for, the search may stop after so many states. */
  readonly maxStates?: number;
}

/** `ok`: safe, and everybody who is up decides. `blocks`: until a failure is repaired. */
export type FaultOutcome = 'ok' | 'abort' | 'blocks' | 'violates';

/** The faults of the matrix, and the scenarios that show each unless a protocol names others. */
export const matrixFaults = {
  participantCrashBeforeVote: {
    says: 'A participant crashes before it votes',
    scenarios: ['participant-crash-before-vote'],
  },
  coordinatorCrashBeforeDecisionMessage: {
    says: 'The coordinator crashes before any decision message, all voted yes',
    scenarios: ['coordinator-crash'],
  },
  coordinatorCrashAfterOneInformed: {
    says: 'The coordinator crashes after the decision reached a live, reachable site',
    scenarios: ['one-informed'],
  },
  coordinatorAndOnlyInformedParticipantCrash: {
    says: 'The coordinator and the only informed participant crash',
    scenarios: ['informed-crash'],
  },
  partitionDuringPreCommit: {
    says: 'The network splits while pre-commit, or else the decision, is in flight',
    scenarios: ['partition'],
  },
  falseSuspicion: {
    says: 'The coordinator is slow, not dead, and is suspected',
    scenarios: ['false-suspicion'],
  },
  cascadingFailuresThenQuorumReconnects: {
    says: 'Several failures in a row, then a quorum reconnects',
    scenarios: ['cascade'],
  },
  stableStorageLoss: {
    says: 'Stable storage is lost at a prepared participant',
    scenarios: ['storage-loss'],
  },
  messageLossDuplicationReorder: {
    says: 'Messages are lost, duplicated or reordered, with retries',
    scenarios: ['lost-messages', 'duplicated-messages'],
  },
} as const satisfies Record<
  string,
  { readonly says: string; readonly scenarios: readonly string[] }
>;

export type MatrixFault = keyof typeof matrixFaults;

/** What a protocol does under one fault; undefined where the situation does not arise in it. */
export interface FaultCell {
  /** What may be seen; the literature's claim. */
  readonly outcomes: readonly FaultOutcome[];
  /** The scenarios that show it. Default: those of {@link matrixFaults}. */
  readonly scenarios?: readonly string[];
  /** Where it is `ok`, all decide, but perhaps to abort; otherwise they commit, since all have voted yes. */
  readonly mayAbort?: boolean;
}

export interface CommitProtocol {
  /** Has the parameters `participants` and `votes`, participants named p1, p2, ... and marks as in `properties.ts`. */
  readonly system: AnySystem;
  /** Its name for people: `Two-phase commit, cooperative`. */
  readonly title: string;
  /** Parameters that make it this variant. */
  readonly parameters?: Readonly<Record<string, number | string | boolean>>;
  readonly claims: readonly Claim[];
  readonly underFaults: Readonly<Partial<Record<MatrixFault, FaultCell>>>;
  /** Scenarios that go beyond what it survives: a run of them violates a property. */
  readonly beyond: readonly string[];
  /** Why a run within its assumptions may end waiting. Absent: it never does. */
  readonly mayWait?: RegExp;
}
