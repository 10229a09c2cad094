/** What a check of a system of machines is asked, with nothing left out. */
import { UserMistake } from '../model/errors.ts';
import { type Instance, instantiate } from '../model/instance.ts';
import type { Loops } from '../model/loops.ts';
import type { Property, Timing } from '../model/property.ts';
import type { Workload } from '../model/scenario.ts';
import type { FullScope } from '../model/scope.ts';
import type { AnySystem } from '../model/system.ts';
import { scopeUnder, type TimedBounds } from '../model/timed-scope.ts';
import { withWorkload } from '../model/workload.ts';
import { readsClock } from './timed-nodes.ts';

export interface GivenQuestion {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly timing?: Timing;
  readonly scope?: Readonly<Record<string, unknown>>;
  readonly operations?: Workload;
  readonly workload?: Loops;
}

export interface FullQuestion {
  readonly instance: Instance;
  readonly timing: Timing;
  readonly scope: FullScope;
  /** How time is counted; only under timed timing. */
  readonly bounds: TimedBounds | undefined;
  /** The properties that are claimed under this timing and these faults, and the others. */
  readonly asked: readonly Property[];
  readonly notAsked: readonly Property[];
}

/** Throws a {@link UserMistake} for a wrong parameter, scope or timing, and for machines with clocks. */
export function questionOf(system: AnySystem, given: GivenQuestion): FullQuestion {
  const instance = withWorkload(instantiate(system, given.parameters), given);
  const timing = legalTiming(given.timing ?? instance.timing);
  const { scope, bounds } = scopeUnder(timing, given.scope ?? {}, instance);
  refuseClocks(instance, timing, bounds);
  const faultless = scope.crashes === 0 && scope.partitions === 0 && !scope.loss;
  const asked = instance.properties.filter(
    ({ claimedUnder }) =>
      (claimedUnder?.timing ?? timing) === timing &&
      (claimedUnder?.faults === undefined || faultless),
  );
  const notAsked = instance.properties.filter((property) => !asked.includes(property));
  return { instance, timing, scope, bounds, asked, notAsked };
}

function legalTiming(timing: string): Timing {
  if (timing === 'asynchronous' || timing === 'synchronous' || timing === 'timed') return timing;
  throw new UserMistake(
    `the timing is ${JSON.stringify(timing)}; it must be asynchronous, synchronous or timed`,
  );
}

/** Readings of a clock are states, of which there are finitely many only where time ends. */
function refuseClocks({ nodes }: Instance, timing: Timing, bounds: TimedBounds | undefined): void {
  const reader = nodes.find(readsClock);
  if (reader === undefined) return;
  if (bounds === undefined)
    throw new UserMistake(
      `a process of ${reader.id} reads its node's clock, which ${timing} timing does not have; check it under timed timing, leave out \`clock: true\`, or run the system`,
    );
  if (bounds.ticks === undefined)
    throw new UserMistake(
      `a process of ${reader.id} reads its node's clock, whose readings have no end; bound the time that is asked about, such as ticks=20 in the scope`,
    );
}
