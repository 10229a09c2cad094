/** The steps of a space, for properties that look at paths, compact. */
import { Integers } from './integers.ts';

/** Which parts of a step a search keeps beside its target. */
export interface KeptParts {
  readonly forbidden: boolean;
  readonly classes: boolean;
}

export class Steps {
  readonly #firsts = new Integers();
  readonly #ends = new Integers();
  readonly #targets = new Integers();
  #source = 0;
  readonly #forbidden: Integers | undefined;
  readonly #classes: Integers | undefined;

  constructor({ forbidden, classes }: KeptParts) {
    this.#forbidden = forbidden ? new Integers() : undefined;
    this.#classes = classes ? new Integers() : undefined;
  }

  /** The steps of this source follow. Each source comes once, in any order. */
  begin(source: number): void {
    while (this.#firsts.length <= source) {
      this.#firsts.push(0);
      this.#ends.push(0);
    }
    this.#firsts.set(source, this.#targets.length);
    this.#source = source;
  }

  /**
   * Adds a step of the present source. `forbidden` has a bit for each always-possible property whose way
   * the step may not be on; `fairness` is the class of actions that the step is one of, 0 for none.
   */
  add(target: number, forbidden: number, fairness: number): void {
    this.#targets.push(target);
    this.#forbidden?.push(forbidden);
    this.#classes?.push(fairness);
  }

  /** All steps of the present source have been added. */
  end(): void {
    this.#ends.set(this.#source, this.#targets.length);
  }

  /** One more than the last source. */
  get sources(): number {
    return this.#ends.length;
  }

  first(source: number): number {
    return this.#firsts.at(source);
  }

  past(source: number): number {
    return this.#ends.at(source);
  }

  target(step: number): number {
    return this.#targets.at(step);
  }

  /** The fairness class of a step, 0 for none. */
  fairness(step: number): number {
    return this.#classes === undefined ? 0 : this.#classes.at(step);
  }

  isForbidden(step: number, which: number): boolean {
    return this.#forbidden !== undefined && ((this.#forbidden.at(step) >> which) & 1) === 1;
  }
}
