/** What a run is asked, and what it answers. */

import type { Distribution } from '../model/distribution.ts';
import { constant, uniform } from '../model/distribution.ts';
import type { CrashFault, Schedule } from '../model/faults.ts';
import type { Latency, LinkRule } from '../model/latency.ts';
import type { Loops } from '../model/loops.ts';
import type { PropertyVerdict, Verdict } from '../model/property.ts';
import type { Workload } from '../model/scenario.ts';
import type { TraceEntry, TraceLevel } from '../model/trace.ts';
import type { View } from '../model/view.ts';
import type { Histograms } from './durations.ts';
import type { Metrics } from './metrics.ts';
import type { Seed } from './random.ts';

/** How a run is driven. Only the seed is required. */
export interface RunOptions<TParameters = Readonly<Record<string, unknown>>> {
  readonly seed: Seed;
  /** One of the system's scenarios by name. Default: the first that the system declares, if any. */
  readonly scenario?: string;
  readonly parameters?: TParameters;
  /** Faults beside those of the scenario. */
  readonly faults?: Schedule;
  /** The operations to start, in place of those of the scenario and of the processes. */
  readonly operations?: Workload;
  /** Or loops that generate the operations. */
  readonly workload?: Loops;
  readonly latency?: Latency;
  /** Rules for single links, after those of the scenario. */
  readonly links?: readonly LinkRule[];
  readonly messageBytes?: Readonly<Record<string, number>>;
  readonly forceLatency?: Distribution;
  readonly think?: Distribution;
  /** Virtual time at which the run ends at the latest, in ms. Default 10,000. */
  readonly horizonMs?: number;
  /** What to keep of the run. `true` is `full`, and `false`, the default, is `off`. */
  readonly trace?: boolean | TraceLevel;
  /** An operation without an answer for longer counts against availability, in ms. Default 1,000. */
  readonly answerWithinMs?: number;
  /** Where to count durations; without it metrics have no percentiles. */
  readonly histograms?: Histograms;
}

/** The weather when nothing says otherwise: a local network, a fast disk, no think time. */
export const defaultWeather = {
  latency: uniform(5, 15),
  forceLatency: constant(2),
  think: constant(0),
  horizonMs: 10_000,
  answerWithinMs: 1000,
} as const;

/**
 * How a run ended. *recovered*: nothing is left to wait for. *blocked*: something waits, and rightly so,
 * for the reason given. *stuck*: something waits although it could go on; only this is a violation.
 */
export type Outcome = 'recovered' | 'blocked' | 'stuck';

/** The result of a run. `holds` means: not violated in this run. */
export interface Run {
  readonly system: string;
  /** The scenario that was run; undefined for a system that declares none. */
  readonly scenario: string | undefined;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly seed: Seed;
  readonly faults: Schedule;
  /** The operations that were planned, where they are not those that the processes declare. */
  readonly operations: Workload | undefined;
  /** The loops that generated the operations, where there are any. */
  readonly workload: Loops | undefined;
  /** Crashes whose point the run never reached: it says nothing about them. */
  readonly unreached: readonly CrashFault[];
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  /** Why the run is blocked. */
  readonly reason: string | undefined;
  /** At the end a node was paused or messages were held, so that the run could not go on. */
  readonly suspended: boolean;
  readonly properties: readonly PropertyVerdict[];
  readonly metrics: Metrics;
  /** Sixteen hexadecimal digits over every draw, decision and effect. */
  readonly digest: string;
  /** Digest of the last state alone, which a replay must reach too. */
  readonly stateDigest: string;
  readonly virtualMs: number;
  /** How much of the run was kept. */
  readonly traceLevel: TraceLevel;
  /** The decisions, at level `full` with their effects; empty unless asked for. */
  readonly trace: readonly TraceEntry[];
  /** Effects of the nodes' first steps, before any decision. */
  readonly start: TraceEntry['effects'];
  /** The last state. */
  readonly end: View;
}
