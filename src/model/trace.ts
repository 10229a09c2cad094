/** Traces: a run as the list of its decisions, with times where there are any. */
import type { Decision } from './decision.ts';
import type { Schedule } from './faults.ts';
import type { Loops } from './loops.ts';
import type { Executed } from './node.ts';
import type { Workload } from './scenario.ts';

/**
 * How much of a run is kept: nothing; its decisions, which is what a run file holds; or each decision
 * with its effects, which is what stories, diagrams and exports are made of.
 */
export type TraceLevel = 'off' | 'decisions' | 'full';

/** One decision of a trace and what it did; without effects where only decisions were kept. */
export interface TraceEntry {
  /** Virtual time in microseconds; absent in a counterexample of the checker, which has no time. */
  readonly atUs?: number;
  readonly decision: Decision;
  readonly effects: readonly Executed[];
}

/** What a run file says of its run before the decisions. */
export interface RunHeader {
  readonly counterpoint: 'run';
  readonly version: 1;
  /**
   * What wrote it: a simulated run, a counterexample of the checker, a path stepped by hand, or a
   * simulated run of which the fuzzer kept only the decisions that matter.
   */
  readonly origin: 'run' | 'check' | 'explorer' | 'fuzz';
  readonly system: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly seed?: number | string;
  readonly scenario?: string;
  readonly faults?: Schedule;
  /** The operations of the run, where they are not those that the processes declare. */
  readonly operations?: Workload;
  /** Or the loops that generated them. */
  readonly workload?: Loops;
  /** The property that the run violates, if it does. */
  readonly property?: string;
  /** Which of the ways in which the system may start, where it is not the first. */
  readonly start?: number;
  /** Copies of a message kept in flight, when the scope limited them. */
  readonly copies?: number;
  /** For an endless execution: how many decisions come before its cycle. */
  readonly loopsFrom?: number;
  /** Hash of the user's module that defined the system. */
  readonly module?: string;
}

/** What a run file says at its end: by this a replay knows that it saw the same. */
export interface RunFooter {
  /** Digest of the last state. */
  readonly state: string;
  /** At the end a node was paused or messages were held, so that the run could not go on. */
  readonly suspended?: true;
  /** Digest of the whole run: draws, times, decisions and effects; only of simulated runs. */
  readonly digest?: string;
}

/** A run file in memory. On disk: JSON Lines, the header, one decision a line, the footer. */
export interface RunFile {
  readonly header: RunHeader;
  readonly decisions: readonly { readonly atUs?: number; readonly decision: Decision }[];
  readonly footer: RunFooter;
}
