/**
 * Fuzzing: many runs with generated seeds, faults and operations; what fails is shrunk twice, first as
 * data by fast-check (few faults and operations, early and short), then decision by decision.
 */
import fc from 'fast-check';
import { Digest } from '../model/digest.ts';
import { UserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Property, PropertyVerdict, Verdict } from '../model/property.ts';
import type { AnySystem, GivenParameters } from '../model/system.ts';
import { mergeVerdicts } from '../simulator/merge-verdicts.ts';
import type { Run } from '../simulator/options.ts';
import { createStreams, legalSeed, type Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { situationOf } from '../simulator/weather.ts';
import { type Coverage, recordCoverage } from './coverage.ts';
import { type GeneratedRun, type ScenarioOptions, scenarios } from './scenarios.ts';
import { isOtherCause, type Violation, violationOf } from './violation.ts';

/** How to fuzz. All have defaults. */
export interface FuzzOptions<TParameters = Readonly<Record<string, unknown>>>
  extends ScenarioOptions {
  readonly parameters?: TParameters & Readonly<Record<string, unknown>>;
  /** Runs, those that shrinking takes not counted. Default 200. */
  readonly runs?: number;
  /** Decides which runs are generated; the same seed fuzzes alike. Default 1. */
  readonly seed?: Seed;
}

/** How far it is. */
export interface FuzzProgress {
  readonly runs: number;
  readonly of: number;
  /** Violations found, by different properties or causes. */
  readonly violations: number;
}

/** The result. `holds` means: not violated in these runs, no more. */
export interface FuzzResult {
  readonly system: string;
  readonly scenario: string | undefined;
  readonly parameters: Instance['parameters'];
  readonly seed: Seed;
  /** Runs that were made. */
  readonly runs: number;
  /** `unknown` when it was stopped before all runs were made, and nothing was violated until then. */
  readonly verdict: Verdict;
  /** What a property's verdicts of all runs amount to; `exercised` in at least one. */
  readonly properties: readonly PropertyVerdict[];
  /** In the order in which they were found; several of one property when their causes differ. */
  readonly violations: readonly Violation[];
  readonly coverage: Coverage;
}

/**
 * Runs the system under generated seeds, faults and operations. Deterministic: the same arguments give
 * the same result.
 *
 *     fuzz(system, { runs: 500 }).violations[0]?.faults   // the few faults that it takes
 *
 * Throws a UserMistake for a wrong parameter, scenario or option.
 */
export function fuzz<TSystem extends AnySystem>(
  system: TSystem,
  options?: FuzzOptions<GivenParameters<TSystem>>,
): FuzzResult;
export function fuzz(system: AnySystem, options: FuzzOptions = {}): FuzzResult {
  const work = fuzzing(system, options);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The same in steps of a few runs, so that a caller can show progress and stop: `next(true)` ends with
 * what was covered so far.
 */
export function* fuzzing(
  system: AnySystem,
  options: FuzzOptions = {},
): Generator<FuzzProgress, FuzzResult, boolean | undefined> {
  const { runs: asked = 200 } = options;
  if (!(Number.isSafeInteger(asked) && asked >= 1))
    throw new UserMistake(`the number of runs is ${asked}; it must be a whole number, 1 or more`);
  const seed = legalSeed(options.seed ?? 1);
  const session = begin(system, options);
  const streams = createStreams(seed, new Digest());
  let stopped = false;
  while (session.runs() < asked && !stopped) {
    const batchSeed = Math.floor(streams.draw('fuzzing', 'runs') * 2 ** 31);
    session.batch(batchSeed, Math.min(batchSize, asked - session.runs()));
    const { length: violations } = session.violations();
    stopped = (yield { runs: session.runs(), of: asked, violations }) === true;
  }
  const violations = session.violations();
  const isWhole = session.runs() >= asked;
  return {
    system: system.name,
    scenario: session.scenario,
    parameters: session.parameters,
    seed,
    runs: session.runs(),
    verdict: violations.length > 0 ? 'violated' : isWhole ? 'holds' : 'unknown',
    properties: session.properties(),
    violations,
    coverage: session.coverage(),
  };
}

/** Runs between two looks at whether to stop. */
const batchSize = 10;
/** Runs that shrinking one violation may take. */
const shrunkAtMost = 1000;

/** The failing run that fast-check is shrinking, and the property that it must go on violating. */
interface Target {
  readonly property: string;
  readonly first: Run;
  readonly run: number;
  tried: number;
}

function begin(system: AnySystem, options: FuzzOptions) {
  const arbitrary = scenarios(system, options);
  const { instance, named } = situationOf(system, options);
  const coverage = recordCoverage(instance);
  const merged = mergeVerdicts(instance.properties as readonly Property[]);
  const violations: Violation[] = [];
  const broken = new Map<string, number>();
  let runs = 0;

  const fresh = (generated: GeneratedRun): Target | undefined => {
    const done = coverage.watched(() => run(system, { ...generated, trace: true }));
    runs++;
    coverage.add(done.trace);
    merged.add(done.properties);
    let found: Target | undefined;
    for (const property of brokenBy(done)) {
      broken.set(property, (broken.get(property) ?? 0) + 1);
      if (isOtherCause(property, generated.faults, violations))
        found ??= { property, first: done, run: runs, tried: 0 };
    }
    return found;
  };

  return {
    scenario: named?.name,
    parameters: instance.parameters,
    runs: () => runs,
    properties: merged.verdicts,
    coverage: coverage.coverage,
    violations: (): readonly Violation[] =>
      violations.map((one) => ({ ...one, inRuns: broken.get(one.property) ?? 1 })),
    /** At most that many runs; fewer when one fails, which is then shrunk. */
    batch(seed: number, numRuns: number): void {
      let target: Target | undefined;
      let thrown: { readonly error: unknown } | undefined;
      const survives = fc.property(arbitrary, (generated) => {
        if (thrown !== undefined) return true;
        if (target === undefined) {
          try {
            target = fresh(generated);
          } catch (error) {
            thrown = { error };
          }
          return target === undefined;
        }
        if (++target.tried > shrunkAtMost) return true;
        return !stillBreaks(system, generated, target.property);
      });
      const { counterexample } = fc.check(survives, { seed, numRuns, verbose: 0 });
      if (thrown !== undefined) throw (thrown as { readonly error: unknown }).error;
      if (target === undefined || counterexample === null) return;
      const { property, first, run: foundIn } = target as Target;
      const smallest = withoutNeedless(system, counterexample[0], property, options.order);
      violations.push(violationOf(system, property, smallest, first, foundIn));
    },
  };
}

/** The properties that the run violates; `stuck` for a run that waits although it could go on. */
function brokenBy({ properties, outcome, verdict }: Run): readonly string[] {
  const violated = properties.filter((one) => one.verdict === 'violated').map(({ name }) => name);
  if (violated.length > 0 || verdict !== 'violated' || outcome !== 'stuck') return violated;
  return ['stuck'];
}

/** A smaller run that cannot be made at all is not what was asked. */
function stillBreaks(system: AnySystem, generated: GeneratedRun, property: string): boolean {
  try {
    return brokenBy(run(system, generated)).includes(property);
  } catch {
    return false;
  }
}

/**
 * Without the faults and operations that it does not take: fast-check cannot leave out what a preset
 * made, and leaves out the first of two only by leaving out both.
 */
function withoutNeedless(
  system: AnySystem,
  generated: GeneratedRun,
  property: string,
  order: ScenarioOptions['order'] = 'declared',
): GeneratedRun {
  let smallest = generated;
  // From the end, where leaving one operation out may make the one before it the last of its process.
  for (const part of ['faults', 'operations'] as const)
    for (let index = (smallest[part]?.length ?? 0) - 1; index >= 0; index--) {
      if (part === 'operations' && order === 'declared' && !isLastOfProcess(smallest, index))
        continue;
      const less = { ...smallest, [part]: smallest[part]?.toSpliced(index, 1) };
      if (stillBreaks(system, less, property)) smallest = less;
    }
  return smallest;
}

/** In its declared order a process starts a beginning of its list: only the last may be left out. */
function isLastOfProcess({ operations = [] }: GeneratedRun, index: number): boolean {
  return operations.slice(index + 1).every(({ process }) => process !== operations[index]?.process);
}
