/** A violation that fuzzing found: the smallest run that shows it, and its run file. */
import type { Decision } from '../model/decision.ts';
import type { Schedule } from '../model/faults.ts';
import { instantiate } from '../model/instance.ts';
import { apply, initialState } from '../model/relation.ts';
import type { Workload } from '../model/scenario.ts';
import { stateDigest } from '../model/state-key.ts';
import type { AnySystem } from '../model/system.ts';
import type { RunFile } from '../model/trace.ts';
import { withWorkload } from '../model/workload.ts';
import type { Run } from '../simulator/options.ts';
import type { PresetWeather } from '../simulator/presets.ts';
import { run } from '../simulator/run.ts';
import { runFileOf } from '../simulator/run-file.ts';
import type { GeneratedRun } from './scenarios.ts';
import { shrinkDecisions } from './shrink-decisions.ts';

/** How much there is of a run that violates a property. */
export interface Size {
  readonly faults: number;
  readonly operations: number;
  readonly decisions: number;
}

export interface Violation {
  /** The name of the property, or `stuck` for a run that waits although it could go on. */
  readonly property: string;
  /** The seed of the smallest run. */
  readonly seed: number;
  readonly scenario: string | undefined;
  readonly parameters: Run['parameters'];
  /** The faults of the smallest run beside those of the scenario. */
  readonly faults: Schedule;
  /** Its weather, where the preset of its faults has one of its own. */
  readonly weather: PresetWeather;
  /** Its operations; undefined for a system whose processes declare none. */
  readonly operations: Workload | undefined;
  /** Those of its decisions that matter: the path of the run file. */
  readonly decisions: readonly Decision[];
  /** Which of the runs violated the property first, counted from 1, and how many did. */
  readonly foundInRun: number;
  readonly inRuns: number;
  /** The failing run as it was generated, and the smallest one, before its decisions were shrunk. */
  readonly shrunk: { readonly from: Size; readonly to: Size };
  /** The path, as `replay` reads it. */
  readonly runFile: RunFile;
}

/** Runs the smallest run again and shrinks its decisions. */
export function violationOf(
  system: AnySystem,
  property: string,
  smallest: GeneratedRun,
  first: Run,
  foundInRun: number,
): Violation {
  const done = run(system, { ...smallest, trace: true });
  const own = (system.properties as readonly { readonly name: string }[]).find(
    ({ name }) => name === property,
  );
  const instance = withWorkload(instantiate(system, done.parameters), done);
  const all = done.trace.map(({ decision }) => decision);
  const decisions = shrinkDecisions(instance, all, (own ?? 'stuck') as never);
  return {
    property,
    seed: smallest.seed,
    scenario: done.scenario,
    parameters: done.parameters,
    faults: smallest.faults,
    weather: weatherOf(smallest),
    operations: smallest.operations,
    decisions,
    foundInRun,
    inRuns: 1,
    shrunk: { from: sizeOf(first), to: sizeOf(done) },
    runFile: decisions === all ? runFileOf(done) : shrunkFile(done, property, decisions, instance),
  };
}

function weatherOf({ latency, forceLatency, links, horizonMs }: GeneratedRun): PresetWeather {
  return {
    ...(latency === undefined ? {} : { latency }),
    ...(forceLatency === undefined ? {} : { forceLatency }),
    ...(links === undefined ? {} : { links }),
    ...(horizonMs === undefined ? {} : { horizonMs }),
  };
}

function sizeOf({ faults, operations = [], trace }: Run): Size {
  return { faults: faults.length, operations: operations.length, decisions: trace.length };
}

function shrunkFile(
  done: Run,
  property: string,
  decisions: readonly Decision[],
  instance: Parameters<typeof apply>[0],
): RunFile {
  let { state } = initialState(instance);
  for (const decision of decisions) ({ state } = apply(instance, state, decision));
  const { property: _, ...header } = runFileOf(done).header;
  return {
    header: { ...header, origin: 'fuzz', ...(property === 'stuck' ? {} : { property }) },
    decisions: decisions.map((decision) => ({ decision })),
    footer: { state: stateDigest(instance, state) },
  };
}

/**
 * Whether the run's violation is not known yet. A run with all the kinds of faults that a known
 * violation of the property takes may well be the same one; a run that lacks one of them is not.
 */
export function isOtherCause(
  property: string,
  faults: Schedule,
  known: readonly Violation[],
): boolean {
  const kinds = new Set(faults.map(({ fault }) => fault));
  return known.every(
    (one) => one.property !== property || !one.faults.every(({ fault }) => kinds.has(fault)),
  );
}
