/**
 * Always possible (AG EF goal). No fairness is needed: a state from which no path leads to the goal is
 * the violation, and the first one in the order of the search is nearest.
 */
import type { DistinctOptions, Way } from './judge.ts';
import type { Space } from './space.ts';
import type { Steps } from './steps.ts';

/** The first state, in the order of the search, of those asked from which no goal state can be reached. */
export function alwaysPossibleViolation(
  steps: Steps,
  isGoal: (state: number) => boolean,
  isAsked: (state: number) => boolean,
  which: number,
): number | undefined {
  const doomed = doom(steps, isGoal, isAsked, which).indexOf(1);
  return doomed < 0 ? undefined : doomed;
}

/** The steps that lead into such states from others, each shape once. */
export function waysIntoDoom<L, V>(
  space: Space<L, V>,
  steps: Steps,
  isGoal: (state: number) => boolean,
  isAsked: (state: number) => boolean,
  which: number,
  { most, shapeOf }: DistinctOptions<L>,
): readonly Way<L>[] {
  const doomed = doom(steps, isGoal, isAsked, which);
  const ways = new Map<string, Way<L>>();
  for (let source = 0; source < steps.sources && ways.size < most; source++) {
    if (doomed[source] === 1 || !leadsInto(steps, source, doomed)) continue;
    space.expand(source, (target, _isNew, label) => {
      if (target < 0 || doomed[target] !== 1 || ways.size >= most) return;
      const shape = shapeOf(label);
      if (!ways.has(shape)) ways.set(shape, { source, label });
    });
  }
  return [...ways.values()];
}

function leadsInto(steps: Steps, source: number, doomed: Uint8Array): boolean {
  for (let step = steps.first(source); step < steps.past(source); step++)
    if (doomed[steps.target(step)] === 1) return true;
  return false;
}

/** For each state 1 where the goal must be within reach and is not. */
function doom(
  steps: Steps,
  isGoal: (state: number) => boolean,
  isAsked: (state: number) => boolean,
  which: number,
): Uint8Array {
  return hopeful(steps, isGoal, which).map((reaches, state) =>
    reaches === 0 && isAsked(state) ? 1 : 0,
  );
}

/**
 * For each state 1 where a goal can be reached from it. Sweeps backwards until nothing changes: most
 * steps lead to later states, so a few sweeps do.
 */
function hopeful(steps: Steps, isGoal: (state: number) => boolean, which: number): Uint8Array {
  const size = steps.sources;
  const reaches = new Uint8Array(size);
  for (let state = 0; state < size; state++) if (isGoal(state)) reaches[state] = 1;
  const leadsOn = (state: number): boolean => {
    const end = steps.past(state);
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
  return reaches;
}
