/** The states that have been found and not yet expanded. */
import { Integers } from './integers.ts';
import type { Order } from './packed-rows.ts';

export interface Frontier {
  /** Adds a state found from the one that was taken last. */
  push(state: number): void;
  /** Takes the next state. There must be one. */
  next(): number;
  readonly queued: number;
  /** Levels so far, the initial one being 1; of a stack, states on the longest path so far. */
  readonly depth: number;
  /** States in each level; of a stack none. */
  readonly levels: readonly number[];
}

/** A frontier of the initial states, which have the first indices. */
export function frontierOf(order: Order, initial: number): Frontier {
  return order === 'breadth-first' ? new Queue(initial) : new Stack(initial);
}

/** States are found in the order in which they are expanded: the queue is a range of indices. */
class Queue implements Frontier {
  readonly levels: number[];
  #next = 0;
  #end: number;
  #levelEnd: number;

  constructor(initial: number) {
    this.levels = [initial];
    this.#end = initial;
    this.#levelEnd = initial;
  }

  push(): void {
    this.#end++;
  }

  next(): number {
    if (this.#next === this.#levelEnd) {
      this.levels.push(this.#end - this.#levelEnd);
      this.#levelEnd = this.#end;
    }
    return this.#next++;
  }

  get queued(): number {
    return this.#end - this.#next;
  }

  get depth(): number {
    return this.levels.length;
  }
}

class Stack implements Frontier {
  readonly levels: readonly number[] = [];
  depth = 0;
  readonly #states = new Integers();
  readonly #depths = new Integers();
  #current = 0;

  constructor(initial: number) {
    for (let state = 0; state < initial; state++) this.push(state);
  }

  push(state: number): void {
    this.#states.push(state);
    this.#depths.push(this.#current + 1);
    if (this.#current >= this.depth) this.depth = this.#current + 1;
  }

  next(): number {
    const last = this.#states.length - 1;
    const state = this.#states.at(last);
    this.#current = this.#depths.at(last);
    this.#states.removeLast();
    this.#depths.removeLast();
    return state;
  }

  get queued(): number {
    return this.#states.length;
  }
}
