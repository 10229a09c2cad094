/**
 * Always possible (AG EF goal). No fairness is needed: a state from which no path leads to the goal is
 * the violation, and the first one in the order of the search is nearest.
 */
import type { Steps } from './steps.ts';

/**
 * The first state, in the order of the search, from which no goal state can be reached. Sweeps backwards
 * until nothing changes: most steps lead to later states, so a few sweeps do.
 */
export function alwaysPossibleViolation(
  steps: Steps,
  isGoal: (state: number) => boolean,
  which: number,
): number | undefined {
  const size = steps.sources;
  const reaches = new Uint8Array(size);
  for (let state = 0; state < size; state++) if (isGoal(state)) reaches[state] = 1;
  const leadsOn = (state: number): boolean => {
    const end = steps.end(state);
    for (let step = steps.first(state); step < end; step++)
      if (reaches[steps.target(step)] === 1 && !steps.isForbidden(step, which)) return true;
    return false;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let state = size - 1; state >= 0; state--) {
      if (reaches[state] === 1 || !leadsOn(state)) continue;
      reaches[state] = 1;
      changed = true;
    }
  }
  const doomed = reaches.indexOf(0);
  return doomed < 0 ? undefined : doomed;
}
