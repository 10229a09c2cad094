/** A state space as the search sees it: indexed states, each expanded once. */

/** Called for each successor of an expanded state: its index, whether it is new, and what led there. */
export type Visit<L> = (target: number, isNew: boolean, label: L) => void;

export interface Space<L, V> {
  /** Distinct states so far. */
  readonly size: number;
  /** Adds the initial states; returns how many were generated. */
  begin(): number;
  /**
   * Finds the successors of a state. A successor outside the space's constraint is visited with the
   * target -1: it is counted and goes no further.
   */
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
