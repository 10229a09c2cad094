/** Paths through a searched space, rebuilt from the state that each state was first reached from. */
import type { Integers } from './integers.ts';
import type { Space } from './space.ts';

/** A path, as the labels of its steps, from the initial state of that index. */
export interface Witness<L> {
  readonly path: readonly L[];
  readonly from: number;
  /** For an endless execution: the length of the path before its cycle. */
  readonly loopsFrom?: number;
}

export function pathsIn<L, V>(space: Space<L, V>, parents: Integers) {
  /** Along these states, the first of which is an initial one. */
  const along = (states: readonly number[], shows?: (before: V, after: V) => boolean): Witness<L> =>
    space.walk?.(states, shows) ?? { path: space.labels(states), from: states[0] ?? 0 };
  /** To the state, and from there to `last`, by a step that shows what is wrong with it. */
  const path = (
    state: number,
    last?: number,
    shows?: (before: V, after: V) => boolean,
  ): Witness<L> => {
    const states = last === undefined ? [state] : [last, state];
    for (let at = parents.at(state); at >= 0; at = parents.at(at)) states.push(at);
    return along(states.reverse(), last === undefined ? undefined : shows);
  };
  return { along, path };
}
