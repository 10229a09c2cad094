/** The weather of a run: a scenario's and the caller's wishes over the defaults. */
import { type Distribution, validDistribution } from '../model/distribution.ts';
import { suggestion, UserMistake } from '../model/errors.ts';
import type { Schedule } from '../model/faults.ts';
import { type Instance, instantiate } from '../model/instance.ts';
import type { Latency, LinkRule } from '../model/latency.ts';
import type { Loops } from '../model/loops.ts';
import type { Scenario, Workload } from '../model/scenario.ts';
import type { AnySystem } from '../model/system.ts';
import { defaultWeather, type RunOptions } from './options.ts';

export interface Weather {
  readonly latency: Latency;
  readonly links: readonly LinkRule[];
  readonly messageBytes: Readonly<Record<string, number>>;
  readonly forceLatency: Distribution;
  readonly think: Distribution;
  readonly horizonMs: number;
  readonly answerWithinMs: number;
  readonly faults: Schedule;
  readonly operations: Workload | undefined;
  readonly workload: Loops | undefined;
}

/** A scenario with its name. */
export interface NamedScenario {
  readonly name: string;
  readonly scenario: Scenario;
}

/**
 * The scenario of that name, or a {@link UserMistake}. A run that names none takes the first that the
 * system declares; undefined for a system without scenarios.
 */
export function scenarioOf(
  system: AnySystem,
  asked: string | undefined,
): NamedScenario | undefined {
  const scenarios: Readonly<Record<string, Scenario>> = system.scenarios ?? {};
  const name = asked ?? Object.keys(scenarios)[0];
  if (name === undefined) return undefined;
  const scenario = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
  if (scenario === undefined)
    throw new UserMistake(
      `"${system.name}" has no scenario "${name}"${suggestion(name, Object.keys(scenarios))}`,
    );
  return { name, scenario };
}

/** What a run is about: the scenario, and the system with its parameters and the caller's over them. */
export interface Situation {
  readonly named: NamedScenario | undefined;
  readonly instance: Instance;
}

/** Throws a {@link UserMistake} for a scenario or parameter that there is not. */
export function situationOf(
  system: AnySystem,
  { scenario, parameters }: { readonly scenario?: string; readonly parameters?: object },
): Situation {
  const named = scenarioOf(system, scenario);
  return { named, instance: instantiate(system, { ...named?.scenario.parameters, ...parameters }) };
}

export function weatherOf(scenario: Scenario | undefined, options: RunOptions): Weather {
  const pick = (key: 'forceLatency' | 'think'): Distribution =>
    validDistribution(options[key] ?? scenario?.[key] ?? defaultWeather[key], key);
  const latency = options.latency ?? scenario?.latency ?? defaultWeather.latency;
  const links = [...(scenario?.links ?? []), ...(options.links ?? [])];
  for (const [index, rule] of links.entries())
    if (rule.latency !== undefined) validDistribution(rule.latency, `link rule ${index + 1}`);
  const horizonMs = options.horizonMs ?? scenario?.horizonMs ?? defaultWeather.horizonMs;
  if (!(Number.isFinite(horizonMs) && horizonMs > 0))
    throw new UserMistake(
      `the horizon is ${horizonMs} ms; it must be a number of milliseconds above zero`,
    );
  const answerWithinMs = options.answerWithinMs ?? defaultWeather.answerWithinMs;
  if (!(Number.isFinite(answerWithinMs) && answerWithinMs > 0))
    throw new UserMistake(
      `answerWithinMs is ${answerWithinMs}; it must be a number of milliseconds above zero`,
    );
  return {
    latency: latency.kind === 'regions' ? latency : validDistribution(latency, 'latency'),
    links,
    messageBytes: { ...scenario?.messageBytes, ...options.messageBytes },
    forceLatency: pick('forceLatency'),
    think: pick('think'),
    horizonMs,
    answerWithinMs,
    // What the caller asks for takes the place of what the scenario does, whichever of the two it is.
    ...(options.operations === undefined && options.workload === undefined
      ? { operations: scenario?.operations, workload: scenario?.workload }
      : { operations: options.operations, workload: options.workload }),
    faults: [...(scenario?.faults ?? []), ...(options.faults ?? [])],
  };
}
