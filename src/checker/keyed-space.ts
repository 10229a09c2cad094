/** The state space of a transition system: states by their canonical text. */
import { canonical } from '../model/plain-data.ts';
import type { AnyTransitionSystem, Successor } from '../model/transition-system.ts';
import { labelsAlong, outsideBoundary, outsideConstraint, type Space } from './space.ts';

/** A space of states that are told apart by their text. */
export interface KeyedSpace extends Space<Successor<unknown>, unknown> {
  /** The initial state that a path comes from. */
  start(from: number): unknown;
}

export function keyedSpace(
  system: AnyTransitionSystem,
  parameters: Readonly<Record<string, unknown>>,
): KeyedSpace {
  const indices = new Map<string, number>();
  const states: unknown[] = [];
  const { constraint, boundary } = system;
  const within = (state: unknown): boolean => constraint?.(state, parameters) ?? true;
  const counted = (state: unknown): boolean => boundary?.(state, parameters) ?? true;
  const add = (state: unknown): { readonly index: number; readonly isNew: boolean } => {
    const key = canonical(state, `a state of "${system.name}"`);
    const known = indices.get(key);
    if (known !== undefined) return { index: known, isNew: false };
    const index = states.length;
    indices.set(key, index);
    states.push(state);
    return { index, isNew: true };
  };
  const space: KeyedSpace = {
    get size() {
      return states.length;
    },
    begin(found) {
      const all: readonly unknown[] = system.initial(parameters);
      const initial = all.filter(counted);
      for (const state of initial) {
        if (!within(state)) continue;
        const { index, isNew } = add(state);
        if (isNew) found(index);
      }
      return initial.length;
    },
    expand(source, visit) {
      for (const successor of system.next(states[source], parameters)) {
        if (!counted(successor.state)) visit(outsideBoundary, false, successor);
        else if (!within(successor.state)) visit(outsideConstraint, false, successor);
        else {
          const { index, isNew } = add(successor.state);
          visit(index, isNew, successor);
        }
      }
    },
    view: (index) => states[index],
    start: (from) => states[from],
    labels: (along) => labelsAlong(space, along),
  };
  return space;
}
