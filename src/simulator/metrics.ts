/**
 * Metrics: what a run counted and measured. Every figure is defined, with its formula, in
 * `docs/metrics.md`. Shares lie between 0 and 1, and are null where nothing happened of which they could
 * be one.
 */
import type { DropCause } from '../model/decision.ts';
import type { Address, NodeId } from '../model/effects.ts';
import type { Durations } from './durations.ts';

/** Counts of messages between nodes. Sends inside a node are no messages. */
export interface MessageCounts {
  sent: number;
  delivered: number;
  duplicated: number;
  dropped: number;
  /** Bytes of what was sent: as `messageBytes` declares, or those of its canonical JSON in UTF-8. */
  bytes: number;
}

export interface WriteCounts {
  forced: number;
  unforced: number;
}

/** Of a node: messages that it sent, and messages to it that were delivered, duplicated or dropped. */
export interface NodeMetrics {
  readonly messages: Readonly<MessageCounts>;
  readonly writes: Readonly<WriteCounts>;
  readonly timersFired: number;
  /** How often it went down, also by a failed write. */
  readonly crashes: number;
  readonly restarts: number;
  /** Forced writes that failed, and those that the disk only said to have done. */
  readonly failedWrites: number;
  readonly lostForces: number;
  /** Virtual time in which it was neither down nor paused, and the share of the run that this is. */
  readonly upMs: number;
  readonly availability: number | null;
}

/** Of operations: of all, of one type, or of one client. */
export interface OperationMetrics {
  /** Asked for; of a workload also those that their client has not started yet. */
  readonly arrived: number;
  /** Started. */
  readonly invoked: number;
  readonly returned: number;
  /** Of those that returned, how many within the limit `answerWithinMs`. */
  readonly inTime: number;
  /** Of those that returned, how many with an answer in place of the full one (`degraded` of the mark). */
  readonly degraded: number;
  /** One for each operation, and one more for each mark `retried` of a client that waits, and each time it is asked again. */
  readonly attempts: number;
  /** Ended with the mark `failed`. */
  readonly errors: number;
  /** Returned, in a second of virtual time. */
  readonly throughputPerSecond: number | null;
  /** From the arrival of an operation, which is its start unless its client made it wait, to its return. */
  readonly latency: Durations;
  /** From arrival to start; null where operations do not arrive by themselves. */
  readonly wait: Durations | null;
  /** Answered in time, of those of which that is known: not of one that the end of the run cut short. */
  readonly availability: number | null;
}

export interface ClientMetrics extends OperationMetrics {
  /** Share of the run's time in which no operation of the client waited for longer than the limit. */
  readonly availabilityInTime: number | null;
}

/** Of spans of one name, those that are open at the end counted until then. */
export interface SpanMetrics extends Durations {
  /** How many had no end. */
  readonly open: number;
  readonly byProcess: Readonly<Record<Address, Durations & { readonly open: number }>>;
}

export interface Availability {
  /** The limit: an answer that takes longer comes too late. */
  readonly answerWithinMs: number;
  /** As {@link OperationMetrics.availability}, of all operations. */
  readonly inRequests: number | null;
  /** Share of the run's time in which no client waited for longer than the limit. */
  readonly everyClient: number | null;
  /** The same for: not every client did. */
  readonly someClient: number | null;
}

export interface Metrics {
  /** Decisions applied. */
  readonly events: number;
  readonly messages: Readonly<MessageCounts>;
  readonly messagesByType: Readonly<Record<string, Readonly<MessageCounts>>>;
  readonly drops: Readonly<Record<DropCause, number>>;
  readonly writes: Readonly<WriteCounts>;
  readonly crashes: number;
  readonly restarts: number;
  readonly failedWrites: number;
  readonly lostForces: number;
  readonly timersFired: number;
  readonly operations: OperationMetrics;
  readonly operationsByType: Readonly<Record<string, OperationMetrics>>;
  readonly availability: Availability;
  readonly clients: Readonly<Record<Address, ClientMetrics>>;
  readonly nodes: Readonly<Record<NodeId, NodeMetrics>>;
  /** How often each mark was left: a mark that never occurs shows what a run never reached. */
  readonly marks: Readonly<Record<string, number>>;
  /** Spans by the name that the system gives them. */
  readonly spans: Readonly<Record<string, SpanMetrics>>;
  /** Ratios by the name that the system gives them; null where there is nothing to divide by. */
  readonly ratios: Readonly<Record<string, number | null>>;
}

export const noMessages = (): MessageCounts => ({
  sent: 0,
  delivered: 0,
  duplicated: 0,
  dropped: 0,
  bytes: 0,
});
