/** A state space as the search sees it: indexed states, each expanded once. */
import type { Decision } from '../model/decision.ts';

/** Called for each successor of an expanded state: its index, whether it is new, and what led there. */
export type Visit<L> = (target: number, isNew: boolean, label: L) => void;

/** The target of a step out of the constraint: it is counted and goes no further. */
export const outsideConstraint = -1;
/** The target of a step over the boundary: it is not even counted. */
export const outsideBoundary = -2;

/** Where a state is out of the bounds of its system, as a target; undefined where it is within them. */
export function outsideOf<V>(
  {
    constraint,
    boundary,
  }: {
    readonly constraint?: ((state: V) => boolean) | undefined;
    readonly boundary?: ((state: V) => boolean) | undefined;
  },
  state: V,
): number | undefined {
  if (boundary?.(state) === false) return outsideBoundary;
  return constraint?.(state) === false ? outsideConstraint : undefined;
}

/** The label of a system's step: usually one decision; "everything in flight is lost" is several. */
export type Decisions = readonly Decision[];

export interface Space<L, V> {
  /** Distinct states so far. */
  readonly size: number;
  /** Adds the initial states, telling of each that is new; returns how many were generated. */
  begin(found: (index: number) => void): number;
  /** Finds the successors of a state, those out of bounds with one of the two negative targets. */
  expand(index: number, visit: Visit<L>): void;
  /**
   * Where states are counted up to exchanges: what predicates see of the state that the step being told of
   * really led to. Elsewhere that is the view of its target.
   */
  reached?(): V | undefined;
  /** What predicates see of a state; a space may know only the one being expanded and the one reached. */
  view(index: number): V;
  /**
   * The labels of the first steps that lead along these states, of which the first is an initial one:
   * paths are walked again, not stored.
   */
  labels(states: readonly number[]): readonly L[];
  /**
   * The same where states are counted up to exchanges: a path that really leads from one orbit to the next,
   * and which of the initial states it comes from. `shows` is asked about its last step.
   */
  walk?(states: readonly number[], shows?: (before: V, after: V) => boolean): Walk<L> | undefined;
}

export interface Walk<L> {
  readonly path: readonly L[];
  readonly from: number;
}

/** {@link Space.labels} for a space that can expand any state again. */
export function labelsAlong<L, V>(space: Space<L, V>, states: readonly number[]): readonly L[] {
  return states.slice(1).map((target, position) => {
    const source = states[position] as number;
    let found: { readonly label: L } | undefined;
    space.expand(source, (reached, _isNew, label) => {
      if (reached === target) found ??= { label };
    });
    if (found === undefined)
      throw new Error(`broken promise: no step leads from ${source} to ${target}`);
    return found.label;
  });
}
