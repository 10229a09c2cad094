/**
 * Always possible (AG EF goal). No fairness is needed: a state from which no path leads to the goal is
 * the violation, and the first one in the order of the search is nearest.
 */
import { Integers } from './integers.ts';

/** The steps of a space in the order of their sources, four bytes a step. */
export class Steps {
  readonly #ends = new Integers();
  readonly #targets = new Integers();
  /** For each step a bit for each liveness property whose way it may not be on. */
  readonly #forbidden: Integers | undefined;

  constructor(someAreForbidden: boolean) {
    this.#forbidden = someAreForbidden ? new Integers() : undefined;
  }

  add(target: number, forbidden: number): void {
    this.#targets.push(target);
    this.#forbidden?.push(forbidden);
  }

  /** All steps of the next source have been added. */
  endOfSource(): void {
    this.#ends.push(this.#targets.length);
  }

  /** Whether some step of the source that property `which` may use leads to a marked state. */
  leadsTo(source: number, marked: Uint8Array, which: number): boolean {
    const end = this.#ends.at(source);
    for (let step = source === 0 ? 0 : this.#ends.at(source - 1); step < end; step++) {
      if (marked[this.#targets.at(step)] !== 1) continue;
      if (this.#forbidden === undefined || ((this.#forbidden.at(step) >> which) & 1) === 0)
        return true;
    }
    return false;
  }
}

/**
 * The first state, in the order of the search, from which no goal state can be reached. Sweeps backwards
 * until nothing changes: most steps lead to later states, so a few sweeps do.
 */
export function alwaysPossibleViolation(
  steps: Steps,
  isGoal: (state: number) => boolean,
  size: number,
  which: number,
): number | undefined {
  const reaches = new Uint8Array(size);
  for (let state = 0; state < size; state++) if (isGoal(state)) reaches[state] = 1;
  for (let changed = true; changed; ) {
    changed = false;
    for (let state = size - 1; state >= 0; state--) {
      if (reaches[state] === 1 || !steps.leadsTo(state, reaches, which)) continue;
      reaches[state] = 1;
      changed = true;
    }
  }
  const doomed = reaches.indexOf(0);
  return doomed < 0 ? undefined : doomed;
}
