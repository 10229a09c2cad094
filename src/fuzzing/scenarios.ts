/** Whole runs as generated data: the seed, the faults and the operations, ready for `run`. */
import fc from 'fast-check';
import type { Schedule } from '../model/faults.ts';
import type { Workload } from '../model/scenario.ts';
import type { AnySystem } from '../model/system.ts';
import { declaredOperations } from '../model/workload.ts';
import { type PresetWeather, presetSchedule, presetWeather } from '../simulator/presets.ts';
import { situationOf } from '../simulator/weather.ts';
import { type OperationOptions, operations } from './operations.ts';
import { type ScheduleOptions, schedules } from './schedules.ts';

/** Which runs to generate. All have defaults. */
export interface ScenarioOptions extends ScheduleOptions, OperationOptions {
  /**
   * The faults of every run: the name of a preset, which makes them from the run's seed, or a schedule.
   * Default: generated schedules, as the other options say.
   */
  readonly faults?: string | Schedule;
}

/** A generated run: options of `run`, as they stand. */
export interface GeneratedRun extends PresetWeather {
  readonly seed: number;
  readonly scenario?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly faults: Schedule;
  /** Left out for a system whose processes declare no operations. */
  readonly operations?: Workload;
}

/**
 * Runs of the system as plain data: the seed, which decides latencies, delays, choices and losses; the
 * faults, beside those of the scenario; and the operations. Shrinks to few faults and operations, early
 * and short.
 *
 *     test.prop([scenarios(system)])('survives', (scenario) => {
 *       expect(run(system, scenario).verdict).toBe('holds');
 *     });
 *
 * Throws a UserMistake for a wrong parameter, scenario, preset or option.
 */
export function scenarios(
  system: AnySystem,
  options: ScenarioOptions = {},
): fc.Arbitrary<GeneratedRun> {
  const { named, instance } = situationOf(system, options);
  const fixed = {
    ...(named === undefined ? {} : { scenario: named.name }),
    ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
  };
  const loops = options.workload ?? named?.scenario.workload;
  const asks = loops !== undefined || declaredOperations(instance).size > 0;
  const workload = asks ? operations(system, options) : fc.constant(undefined);
  const { faults: given } = options;
  const drawn = given === undefined ? schedules(system, options) : fc.constant(undefined);
  // Told now rather than in the first run.
  if (typeof given === 'string') presetSchedule(instance, given, 0);
  const faultsOf = (seed: number): Schedule =>
    typeof given === 'string' ? presetSchedule(instance, given, seed) : (given ?? []);
  return fc.tuple(drawn, workload, fc.nat()).map(
    ([faults, planned, seed]): GeneratedRun => ({
      seed,
      ...fixed,
      ...(typeof given === 'string' ? presetWeather(instance, given, seed) : {}),
      faults: faults ?? faultsOf(seed),
      ...(planned === undefined ? {} : { operations: planned }),
    }),
  );
}
