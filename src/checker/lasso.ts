/**
 * Lassos: a fair execution that avoids a goal for ever, shown as a path and a cycle. The cycle takes each
 * fair action that the component takes, and visits a state where each of the others is not possible.
 */

import { fairComponents } from './fair-cycle.ts';
import type { FairnessClasses } from './fairness.ts';
import type { Steps } from './steps.ts';

/** States on the way to the cycle, and the cycle: its states, from the last of the way back to it. */
export interface Lasso {
  /** The first state is one where the region is entered. */
  readonly way: readonly number[];
  /** Empty when the execution stops at the last state of the way. */
  readonly cycle: readonly number[];
}

/** A fair execution that begins in one of the starts and never leaves the region, or undefined. */
export function lassoIn<L>(
  steps: Steps,
  inRegion: (state: number) => boolean,
  starts: Iterable<number>,
  classes: FairnessClasses<L>,
): Lasso | undefined {
  const region = new Uint8Array(steps.sources);
  const parents = new Map<number, number>();
  const queue: number[] = [];
  for (const start of starts) {
    if (!inRegion(start) || region[start] === 1) continue;
    region[start] = 1;
    queue.push(start);
  }
  for (let next = 0; next < queue.length; next++) {
    const state = queue[next] as number;
    for (let step = steps.first(state); step < steps.past(state); step++) {
      const target = steps.target(step);
      if (region[target] === 1 || !inRegion(target)) continue;
      region[target] = 1;
      parents.set(target, state);
      queue.push(target);
    }
  }
  const componentOf = new Map<number, readonly number[]>();
  for (const component of fairComponents(steps, region, classes))
    for (const state of component) componentOf.set(state, component);
  // The state of a fair component that the search from the starts met first is nearest.
  const entry = queue.find((state) => componentOf.has(state));
  if (entry === undefined) return undefined;
  const members = new Set(componentOf.get(entry));
  const way = [entry];
  for (let at = parents.get(entry); at !== undefined; at = parents.get(at)) way.push(at);
  return { way: way.reverse(), cycle: cycleThrough(steps, entry, members) };
}

/** A cycle in the component from `entry` that meets all that makes the component fair. */
function cycleThrough(
  steps: Steps,
  entry: number,
  members: ReadonlySet<number>,
): readonly number[] {
  if (members.size === 1) {
    for (let step = steps.first(entry); step < steps.past(entry); step++)
      if (steps.target(step) === entry && steps.fairness(step) !== 0) return [entry];
    return [];
  }
  const cycle: number[] = [];
  let at = entry;
  const goTo = (wanted: (state: number) => boolean): void => {
    if (wanted(at)) return;
    const path = shortest(steps, at, members, wanted);
    cycle.push(...path);
    at = path.at(-1) ?? at;
  };
  const seen = new Set<number>();
  const classesIn = new Set<number>();
  for (const state of members)
    for (let step = steps.first(state); step < steps.past(state); step++)
      if (steps.fairness(step) !== 0) classesIn.add(steps.fairness(step));
  for (const fairness of classesIn) {
    if (seen.has(fairness)) continue;
    const takes = (state: number): number | undefined => {
      for (let step = steps.first(state); step < steps.past(state); step++)
        if (steps.fairness(step) === fairness && members.has(steps.target(step)))
          return steps.target(step);
      return undefined;
    };
    const isTaken = [...members].some((state) => takes(state) !== undefined);
    if (isTaken) {
      goTo((state) => takes(state) !== undefined);
      const target = takes(at);
      if (target === undefined) continue;
      cycle.push(target);
      at = target;
    } else goTo((state) => !isPossible(steps, state, fairness));
    seen.add(fairness);
  }
  // Nothing owed: any way round will do.
  if (cycle.length === 0) {
    const [other] = [...members].filter((state) => state !== entry);
    goTo((state) => state === other);
  }
  goTo((state) => state === entry);
  return cycle;
}

function isPossible(steps: Steps, state: number, fairness: number): boolean {
  for (let step = steps.first(state); step < steps.past(state); step++)
    if (steps.fairness(step) === fairness) return true;
  return false;
}

/** The states after `from` on a shortest path inside the component to a wanted state. */
function shortest(
  steps: Steps,
  from: number,
  members: ReadonlySet<number>,
  wanted: (state: number) => boolean,
): readonly number[] {
  const parents = new Map<number, number>([[from, from]]);
  const queue = [from];
  for (let next = 0; next < queue.length; next++) {
    const state = queue[next] as number;
    if (state !== from && wanted(state)) {
      const path = [state];
      for (let at = parents.get(state) as number; at !== from; at = parents.get(at) as number)
        path.push(at);
      return path.reverse();
    }
    for (let step = steps.first(state); step < steps.past(state); step++) {
      const target = steps.target(step);
      if (!members.has(target) || parents.has(target)) continue;
      parents.set(target, state);
      queue.push(target);
    }
  }
  throw new Error('broken promise: a component is strongly connected');
}
