/**
 * Many runs of one system under one seed, in slices that may be made anywhere and in any order: what they
 * amount to depends on the runs alone.
 */
import { UserMistake } from '../model/errors.ts';
import type { PropertyVerdict, Verdict } from '../model/property.ts';
import type { AnySystem, GivenParameters } from '../model/system.ts';
import type { Outcome, Run, RunOptions } from '../simulator/options.ts';
import { preparedFor } from '../simulator/prepared.ts';
import { presetSchedule, presetWeather } from '../simulator/presets.ts';
import { legalSeed, type Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { scenarioOf } from '../simulator/weather.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type DistributionData, Distributions } from './histogram.ts';
import { type ManyRuns, summaryOf } from './summary.ts';

/** How to run many times; what is not about many is as for one run. */
export interface ManyOptions<TParameters = Readonly<Record<string, unknown>>>
  extends Omit<RunOptions<TParameters>, 'trace' | 'histograms'> {
  /** Run `i`, from 1, has the seed `seed/i`, by which it can be repeated alone. */
  readonly seed: Seed;
  readonly runs: number;
  /** A preset by its name, of which every run draws faults and weather of its own, beside `faults`. */
  readonly preset?: string;
}

/** What is kept of one run. */
export interface RunRecord {
  /** From 1. */
  readonly index: number;
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  readonly reason: string | undefined;
  readonly properties: readonly PropertyVerdict[];
  /** Planned crashes whose point never came. */
  readonly unreached: number;
  readonly digest: string;
  readonly figures: Figures;
}

/** Some of the runs as plain data. */
export interface Slice {
  readonly runs: readonly RunRecord[];
  /** The durations of all of them together, by name. */
  readonly distributions: Readonly<Record<string, DistributionData>>;
}

/**
 * Runs the system many times and sums up, with 95 % intervals. Deterministic: the same arguments give the
 * same result.
 *
 *     runMany(system, { seed: 1, runs: 200, preset: 'swarm' }).outcomes.recovered.share
 *
 * Throws a UserMistake as `run` does.
 */
export function runMany<TSystem extends AnySystem>(
  system: TSystem,
  options: ManyOptions<GivenParameters<TSystem>>,
): ManyRuns;
export function runMany(system: AnySystem, options: ManyOptions): ManyRuns {
  return summaryOf(system, options, [runSlice(system, options, 1, options.runs)]);
}

/** The runs from the `from`-th on, `count` of them: a part of {@link runMany}, for `summaryOf`. */
export function runSlice(
  system: AnySystem,
  options: ManyOptions,
  from: number,
  count: number,
): Slice {
  const { runs: asked } = options;
  legalSeed(options.seed);
  if (!(Number.isSafeInteger(asked) && asked >= 1))
    throw new UserMistake(`the number of runs is ${asked}; it must be a whole number, 1 or more`);
  const distributions = new Distributions();
  const { histograms } = distributions;
  const runs: RunRecord[] = [];
  for (let index = from; index < from + count; index++) {
    const single = optionsOfRun(system, options, seedOf(options.seed, index));
    runs.push(recordOf(run(system, { ...single, histograms }), index));
  }
  return { runs, distributions: distributions.data() };
}

/**
 * How one of many runs is made, with the faults and the weather that it drew.
 *
 *     run(system, { ...optionsOfRun(system, options, '1/17'), trace: true })
 */
export function optionsOfRun(system: AnySystem, options: ManyOptions, seed: string): RunOptions {
  const { runs: _, preset, ...single } = options;
  if (preset === undefined) return { ...single, seed };
  const named = scenarioOf(system, options.scenario);
  // Made once for all runs.
  const parameters = { ...named?.scenario.parameters, ...options.parameters };
  const { instance } = preparedFor(system, parameters);
  return {
    ...single,
    ...presetWeather(instance, preset, seed),
    faults: [...presetSchedule(instance, preset, seed), ...(options.faults ?? [])],
    seed,
  };
}

/** The seed of the run of that index, counted from 1. */
export function seedOf(seed: Seed, index: number): string {
  return `${seed}/${index}`;
}

function recordOf(done: Run, index: number): RunRecord {
  const { verdict, outcome, reason, properties, unreached, digest } = done;
  return {
    index,
    verdict,
    outcome,
    reason,
    // Explanations of histories are long; the run can be repeated.
    properties: properties.map(({ name, kind, verdict: own, exercised }) => ({
      name,
      kind,
      verdict: own,
      exercised,
    })),
    unreached: unreached.length,
    digest,
    figures: figuresOf(done),
  };
}
