/** A run: one scenario, one seed, judged by the system's properties. */
import type { Verdict } from '../model/property.ts';
import { withoutClockOrChance } from '../model/purity.ts';
import { stateDigest } from '../model/state-key.ts';
import { viewOf } from '../model/state-view.ts';
import type { AnySystem, GivenParameters } from '../model/system.ts';
import { judgeOf } from './judge.ts';
import { refuseBadLinks } from './links.ts';
import type { Run, RunOptions } from './options.ts';
import { endingOf } from './outcome.ts';
import { preparedFor, withOperations } from './prepared.ts';
import { legalSeed } from './random.ts';
import { legalSchedule } from './schedule.ts';
import { Simulation } from './simulation.ts';
import { scenarioOf, weatherOf } from './weather.ts';

/**
 * Runs the system under one seed. Deterministic: the same arguments give the same run, on every Node.
 *
 *     run(system, { seed: 1, scenario: 'coordinator-crash' }).outcome  // 'blocked'
 *
 * Throws a UserMistake for a wrong parameter, scenario, fault or seed, and for a machine that breaks
 * the rules in a step.
 */
export function run<TSystem extends AnySystem>(
  system: TSystem,
  options: RunOptions<GivenParameters<TSystem>>,
): Run;
export function run(system: AnySystem, options: RunOptions): Run {
  const seed = legalSeed(options.seed);
  const named = scenarioOf(system, options.scenario);
  const scenario = named?.scenario;
  const weather = weatherOf(scenario, options);
  const { operations, workload } = weather;
  const parameters = { ...scenario?.parameters, ...options.parameters };
  const prepared = withOperations(preparedFor(system, parameters), weather);
  const { instance } = prepared;
  refuseBadLinks(instance, weather);
  const faults = legalSchedule(instance, weather.faults);
  const judge = judgeOf(instance);
  // Forbidden for the whole run at once, since predicates must be pure too.
  const { histograms, trace = false } = options;
  const traceLevel = typeof trace === 'string' ? trace : trace ? 'full' : 'off';
  const recording = { traceLevel, answerWithinMs: weather.answerWithinMs, histograms } as const;
  const simulation = withoutClockOrChance(() => {
    const begun = new Simulation(prepared, weather, faults, seed, recording);
    if (judge.judge(begun.state)) begun.run(weather.horizonMs, judge.judge);
    return begun;
  });

  const end = viewOf(instance, simulation.state);
  const suspended = simulation.isSuspended;
  const { outcome, reason } = endingOf(system, end, suspended);
  const properties = withoutClockOrChance(() => judge.verdicts());
  const violated = properties.some(({ verdict }) => verdict === 'violated');
  // What was merely not reached leaves the verdict alone; a budget that was spent does not.
  const unsure = properties.some(
    ({ kind, verdict }) => kind === 'linearizable' && verdict === 'unknown',
  );
  const verdict: Verdict =
    violated || outcome === 'stuck' ? 'violated' : unsure ? 'unknown' : 'holds';
  return {
    system: system.name,
    scenario: named?.name,
    parameters: instance.parameters,
    seed,
    faults,
    operations,
    workload,
    unreached: simulation.unreached(),
    verdict,
    outcome,
    reason,
    suspended,
    properties,
    metrics: simulation.metrics(),
    digest: simulation.digest.hex(),
    // Asked for by whoever writes or replays a run, and dear.
    get stateDigest() {
      return stateDigest(instance, simulation.state);
    },
    virtualMs: simulation.now / 1000,
    traceLevel,
    trace: simulation.trace,
    start: simulation.start,
    end,
  };
}
