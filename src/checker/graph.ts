/** The reachable states found so far, how each was first reached, and, for liveness, all steps. */

/** A growing list of small integers in a typed array. */
export class Integers {
  #items = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#items.length) {
      const grown = new Int32Array(this.#items.length * 2);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.length++] = value;
  }

  at(index: number): number {
    return this.#items[index] ?? -1;
  }
}

export class Graph<S, L> {
  readonly #indexOf = new Map<string, number>();
  readonly #states: (S | undefined)[] = [];
  readonly #parents = new Integers();
  readonly #labels: (L | undefined)[] = [];
  /** Steps as pairs of indices, with a bit for each liveness property whose way it may not be on. */
  readonly #sources = new Integers();
  readonly #targets = new Integers();
  readonly #forbidden = new Integers();

  get size(): number {
    return this.#states.length;
  }

  /** Adds the state unless its key is known. */
  add(
    key: string,
    state: S,
    parent = -1,
    label?: L,
  ): { readonly index: number; readonly isNew: boolean } {
    const known = this.#indexOf.get(key);
    if (known !== undefined) return { index: known, isNew: false };
    const index = this.#states.length;
    this.#indexOf.set(key, index);
    this.#states.push(state);
    this.#parents.push(parent);
    this.#labels.push(label);
    return { index, isNew: true };
  }

  state(index: number): S {
    const state = this.#states[index];
    if (state === undefined)
      throw new Error(`broken promise: state ${index} is gone or was never there`);
    return state;
  }

  /** An expanded state is not needed any more; its key is. */
  release(index: number): void {
    this.#states[index] = undefined;
  }

  edge(source: number, target: number, forbidden: readonly boolean[]): void {
    this.#sources.push(source);
    this.#targets.push(target);
    let bits = 0;
    for (const [bit, isForbidden] of forbidden.entries()) if (isForbidden) bits |= 1 << bit;
    this.#forbidden.push(bits);
  }

  /** The steps against their direction, without those forbidden to liveness property `which`. */
  predecessors(which: number): { readonly first: Int32Array; readonly sources: Int32Array } {
    const first = new Int32Array(this.size + 1);
    const allowed = (edge: number): boolean => ((this.#forbidden.at(edge) >> which) & 1) === 0;
    for (let edge = 0; edge < this.#targets.length; edge++) {
      const slot = this.#targets.at(edge) + 1;
      if (allowed(edge)) first[slot] = (first[slot] ?? 0) + 1;
    }
    for (let index = 1; index < first.length; index++)
      first[index] = (first[index] ?? 0) + (first[index - 1] ?? 0);
    const sources = new Int32Array(first.at(-1) ?? 0);
    const next = first.slice();
    for (let edge = 0; edge < this.#targets.length; edge++) {
      if (!allowed(edge)) continue;
      const target = this.#targets.at(edge);
      const slot = next[target] ?? 0;
      next[target] = slot + 1;
      sources[slot] = this.#sources.at(edge);
    }
    return { first, sources };
  }

  /** The shortest path to a state, with one more step at its end where `last` is given. */
  path(index: number, last?: L): { readonly path: readonly L[]; readonly from: number } {
    const reversed: L[] = last === undefined ? [] : [last];
    let at = index;
    for (let parent = this.#parents.at(at); parent >= 0; parent = this.#parents.at(at)) {
      const label = this.#labels[at];
      if (label !== undefined) reversed.push(label);
      at = parent;
    }
    return { path: reversed.reverse(), from: at };
  }
}
