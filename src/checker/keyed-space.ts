/** The state space of a transition system: states by their canonical text. */
import { canonical } from '../model/plain-data.ts';
import type { AnyTransitionSystem, Successor } from '../model/transition-system.ts';
import type { Space } from './space.ts';

export function keyedSpace(
  system: AnyTransitionSystem,
  parameters: Readonly<Record<string, unknown>>,
): Space<Successor<unknown>, unknown> {
  const indices = new Map<string, number>();
  const states: unknown[] = [];
  const within = (state: unknown): boolean => system.constraint?.(state, parameters) ?? true;
  const add = (state: unknown): { readonly index: number; readonly isNew: boolean } => {
    const key = canonical(state, `a state of "${system.name}"`);
    const known = indices.get(key);
    if (known !== undefined) return { index: known, isNew: false };
    const index = states.length;
    indices.set(key, index);
    states.push(state);
    return { index, isNew: true };
  };
  return {
    get size() {
      return states.length;
    },
    begin() {
      const initial: readonly unknown[] = system.initial(parameters);
      for (const state of initial) if (within(state)) add(state);
      return initial.length;
    },
    expand(source, visit) {
      for (const successor of system.next(states[source], parameters)) {
        if (within(successor.state)) {
          const { index, isNew } = add(successor.state);
          visit(index, isNew, successor);
        } else visit(-1, false, successor);
      }
    },
    view: (index) => states[index],
  };
}
