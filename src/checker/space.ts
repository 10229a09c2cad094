/** A state space as the search sees it: indexed states, each expanded once. */

/** Called for each successor of an expanded state: its index, whether it is new, and what led there. */
export type Visit<L> = (target: number, isNew: boolean, label: L) => void;

/** The target of a step out of the constraint: it is counted and goes no further. */
export const outsideConstraint = -1;
/** The target of a step over the boundary: it is not even counted. */
export const outsideBoundary = -2;

export interface Space<L, V> {
  /** Distinct states so far. */
  readonly size: number;
  /** Adds the initial states; returns how many were generated. */
  begin(): number;
  /** Finds the successors of a state, those out of bounds with one of the two negative targets. */
  expand(index: number, visit: Visit<L>): void;
  /** What predicates see of a state. */
  view(index: number): V;
}

/** The label of the first step from `source` that leads to `target`: paths are rebuilt, not stored. */
export function labelBetween<L, V>(space: Space<L, V>, source: number, target: number): L {
  let found: { readonly label: L } | undefined;
  space.expand(source, (reached, _isNew, label) => {
    if (reached === target && found === undefined) found = { label };
  });
  if (found === undefined)
    throw new Error(`broken promise: no step leads from ${source} to ${target}`);
  return found.label;
}
