/** A run: one scenario, one seed, judged by the system's properties. */
import { instantiate } from '../model/instance.ts';
import {
  isTemporal,
  type Property,
  type PropertyVerdict,
  type Verdict,
} from '../model/property.ts';
import type { State } from '../model/state.ts';
import { stateDigest } from '../model/state-key.ts';
import { viewOf } from '../model/state-view.ts';
import type { AnySystem, GivenParameters } from '../model/system.ts';
import type { View } from '../model/view.ts';
import type { Run, RunOptions } from './options.ts';
import { endingOf } from './outcome.ts';
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
  const instance = instantiate(system, { ...scenario?.parameters, ...options.parameters });
  const weather = weatherOf(scenario, options);
  const faults = legalSchedule(instance, weather.faults);
  const simulation = new Simulation(instance, weather, faults, seed, options.trace === true);
  const judge = judgeOf(instance.properties);
  const view = (state: State): View => viewOf(instance, state);

  let healthy = judge.state(view(simulation.state));
  if (healthy)
    simulation.run(weather.horizonMs, (before, after) => {
      healthy = judge.step(view(before), view(after));
      return healthy;
    });

  const end = view(simulation.state);
  const { outcome, reason } = endingOf(system, end);
  const properties = judge.verdicts();
  const violated = properties.some(({ verdict }) => verdict === 'violated');
  const verdict: Verdict = violated || outcome === 'stuck' ? 'violated' : 'holds';
  return {
    system: system.name,
    scenario: named?.name,
    parameters: instance.parameters,
    seed,
    faults,
    unreached: simulation.unreached(),
    verdict,
    outcome,
    reason,
    properties,
    metrics: simulation.recorder.metrics,
    digest: simulation.digest.hex(),
    stateDigest: stateDigest(instance, simulation.state),
    virtualMs: simulation.now / 1000,
    trace: simulation.trace,
    start: simulation.start,
    end,
  };
}

interface Judge {
  /** False as soon as a safety property is violated. */
  state(view: View): boolean;
  step(before: View, after: View): boolean;
  verdicts(): readonly PropertyVerdict[];
}

/**
 * Judges the safety properties in every state of a run. What only the set of all runs can show
 * (always possible, eventually) is left to the checker, and so is what is claimed without faults or under a timing.
 */
function judgeOf(properties: readonly Property[]): Judge {
  const judged = properties.filter(
    (property) =>
      property.kind !== 'alwaysPossible' &&
      !isTemporal(property) &&
      property.claimedUnder === undefined,
  );
  const violated = new Set<Property>();
  const exercised = new Set<Property>();
  const reached = new Set<Property>();
  const look = (property: Property, view: View, before: View | undefined): void => {
    if (!exercised.has(property) && (property.premise?.(view) ?? true)) exercised.add(property);
    if (property.kind === 'invariant' && !property.holds(view)) violated.add(property);
    else if (property.kind === 'reachable' && !reached.has(property) && property.holds(view))
      reached.add(property);
    else if (
      property.kind === 'transition' &&
      before !== undefined &&
      !property.allows(before, view)
    )
      violated.add(property);
  };
  return {
    state(view) {
      for (const property of judged) look(property, view, undefined);
      return violated.size === 0;
    },
    step(before, after) {
      for (const property of judged) look(property, after, before);
      return violated.size === 0;
    },
    verdicts: () =>
      judged.map((property): PropertyVerdict => {
        const { name, kind } = property;
        const open = kind === 'reachable' && !reached.has(property);
        const verdict: Verdict = violated.has(property) ? 'violated' : open ? 'unknown' : 'holds';
        return { name, kind, verdict, exercised: exercised.has(property) };
      }),
  };
}
