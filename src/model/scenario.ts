/**
 * Scenarios as data: the weather in which a system runs, its workload, and the faults that hit it.
 * Times are milliseconds of virtual time.
 */
import type { Distribution } from './distribution.ts';
import type { Address } from './effects.ts';
import type { Schedule } from './faults.ts';
import type { Latency, LinkRule } from './latency.ts';
import type { Loops, Operation } from './loops.ts';
import type { ParameterValue } from './parameters.ts';

/** An operation that the environment asks of a process, one of those that the process declares. */
export interface PlannedOperation {
  readonly process: Address;
  readonly operation: Operation;
  /**
   * How long the environment waits, once the process can start the operation. Default: a draw of the
   * scenario's `think`.
   */
  readonly afterMs?: number;
  /**
   * Or when it arrives, whatever the process does then: it waits until the process can start it, behind
   * those that arrived before.
   */
  readonly atMs?: number;
}

/** The operations of a run, in order; each process starts its own one after the other. */
export type Workload = readonly PlannedOperation[];

/** A situation in which a system is run. What is left out has the defaults of the simulator. */
export interface Scenario {
  readonly description: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** One-way delay of every message between nodes. */
  readonly latency?: Latency;
  /** Rules for single links: latency, bandwidth, bounded queues, order. */
  readonly links?: readonly LinkRule[];
  /** Bytes of messages by type, where it is not the bytes of their canonical JSON in UTF-8. */
  readonly messageBytes?: Readonly<Record<string, number>>;
  /** How long a forced write takes. */
  readonly forceLatency?: Distribution;
  /** When the environment starts the first operation, and the pause before each later one. */
  readonly think?: Distribution;
  /** What the environment asks for, in place of all the operations that the processes declare. */
  readonly operations?: Workload;
  /** Or loops that generate what it asks for. */
  readonly workload?: Loops;
  readonly faults?: Schedule;
  /** Virtual time at which the run ends at the latest. */
  readonly horizonMs?: number;
}
