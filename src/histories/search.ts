/**
 * The search for a linearization of one object's history: Wing & Gong (1993) with Lowe's memoisation
 * (2017). It stops when its steps are spent and goes on from there when it is given more.
 *
 * Walk the list of calls and returns from its head. At a call, let the operation take effect now, if the
 * model allows its answer and if the configuration is new: take the operation out of the list, start at
 * the head again. At a return, whose operation is still without a place, no order begins like this one:
 * put the last operation back and go on behind its call. With nothing to put back, there is no order.
 */
import { Configurations } from './configurations.ts';
import { Entries, ring } from './entries.ts';
import type { Model } from './model.ts';
import { isPending, type Operation } from './operation.ts';
import { States } from './states.ts';

export type Progress = 'legal' | 'illegal' | 'open';

/** The order that came furthest, as indexes of operations and numbers of the states after each. */
export interface Furthest {
  readonly order: readonly number[];
  readonly states: readonly number[];
  /** The operation whose return no order gets past; undefined if the order is complete. */
  readonly blocked: number | undefined;
}

interface Choice {
  readonly operation: number;
  /** Which of the states that the operation may lead to. */
  readonly alternative: number;
  readonly before: number;
  readonly after: number;
}

export class Search<State> {
  readonly states: States<State>;
  /** Steps of the model tried so far: what a budget is made of. */
  steps = 0;
  progress: Progress = 'open';
  readonly #entries: Entries;
  readonly #configurations: Configurations;
  readonly #placed: Int32Array;
  /** For each pending operation the equal one called last before it; -1 where there is none. */
  readonly #twins: Int32Array;
  readonly #choices: Choice[] = [];
  #completed = 0;
  readonly #toComplete: number;
  #state: number;
  #cursor: number;
  /** The alternative of the operation at the cursor to try first. */
  #alternative = 0;
  #furthest: Furthest = { order: [], states: [], blocked: undefined };
  #furthestEntry = -1;
  #furthestCompleted = -1;

  constructor(model: Model<State>, operations: readonly Operation[]) {
    this.states = new States(model, operations);
    this.#entries = new Entries(operations);
    this.#configurations = new Configurations(operations.length);
    this.#placed = new Int32Array(Math.max(1, Math.ceil(operations.length / 32)));
    this.#twins = this.#twinsOf(operations);
    this.#toComplete = operations.filter((operation) => !isPending(operation)).length;
    this.#state = this.states.initial;
    this.#cursor = this.#entries.next[ring] as number;
    if (this.#toComplete === 0) this.progress = 'legal';
  }

  #twinsOf(operations: readonly Operation[]): Int32Array {
    const twins = new Int32Array(operations.length).fill(-1);
    const last = new Map<number, number>();
    const { isCall, operation, returnOf } = this.#entries;
    for (let entry = 1; entry < isCall.length; entry++) {
      const index = operation[entry] as number;
      if (returnOf[index] !== ring) continue;
      const call = this.states.calls[index] as number;
      twins[index] = last.get(call) ?? -1;
      last.set(call, index);
    }
    return twins;
  }

  get furthest(): Furthest {
    return this.#furthest;
  }

  /** Searches on for at most so many steps. */
  run(steps: number): Progress {
    const end = this.steps + steps;
    const { isCall, next } = this.#entries;
    while (this.progress === 'open') {
      if (isCall[this.#cursor] === 0) {
        this.#blocked();
        continue;
      }
      if (this.steps >= end) break;
      this.steps++;
      if (this.#place()) continue;
      this.#cursor = next[this.#cursor] as number;
      this.#alternative = 0;
    }
    return this.progress;
  }

  /** Lets the operation at the cursor take effect, if that leads anywhere new. */
  #place(): boolean {
    const operation = this.#entries.operation[this.#cursor] as number;
    const pending = this.#entries.returnOf[operation] === ring;
    if (pending && this.#hasTwinBefore(operation)) return false;
    const before = this.#state;
    const after = this.states.after(before, operation);
    for (let alternative = this.#alternative; alternative < after.length; alternative++) {
      const state = after[alternative] as number;
      // A pending operation that changes nothing may as well never happen: what can follow it can follow
      // here too, with one more operation to choose from.
      if (pending && state === before) continue;
      this.#flip(operation);
      if (!this.#configurations.add(this.#placed, state)) {
        this.#flip(operation);
        continue;
      }
      this.#choices.push({ operation, alternative, before, after: state });
      this.#entries.lift(operation);
      this.#state = state;
      this.#cursor = this.#entries.next[ring] as number;
      this.#alternative = 0;
      if (!pending) this.#completed++;
      if (this.#completed === this.#toComplete) {
        this.progress = 'legal';
        this.#furthest = this.#here(undefined);
      }
      return true;
    }
    return false;
  }

  /**
   * Of equal calls without an answer, the one made first goes first: both can go now, so that whatever
   * order has the other one here is an order with the two of them exchanged.
   */
  #hasTwinBefore(operation: number): boolean {
    const twin = this.#twins[operation] as number;
    return twin >= 0 && !this.#isPlaced(twin);
  }

  #isPlaced(operation: number): boolean {
    return ((this.#placed[operation >>> 5] as number) & (1 << (operation & 31))) !== 0;
  }

  /** At a return whose operation has no place: back to the choice before. */
  #blocked(): void {
    this.#remember();
    const choice = this.#choices.pop();
    if (choice === undefined) {
      this.progress = 'illegal';
      return;
    }
    const { operation, alternative, before } = choice;
    this.#entries.unlift(operation);
    this.#flip(operation);
    if (this.#entries.returnOf[operation] !== ring) this.#completed--;
    this.#state = before;
    this.#cursor = this.#entries.callOf[operation] as number;
    this.#alternative = alternative + 1;
  }

  /**
   * Keeps the order that gets past most returns. When every order was tried, the return that stops it is
   * the end of the shortest prefix that is illegal, given what the operations open there answer later: had
   * that prefix an order, the search would have come by it and gone past.
   */
  #remember(): void {
    const entry = this.#cursor;
    if (entry < this.#furthestEntry) return;
    if (entry === this.#furthestEntry && this.#completed <= this.#furthestCompleted) return;
    this.#furthestEntry = entry;
    this.#furthestCompleted = this.#completed;
    this.#furthest = this.#here(this.#entries.operation[entry]);
  }

  #here(blocked: number | undefined): Furthest {
    return {
      order: this.#choices.map(({ operation }) => operation),
      states: this.#choices.map(({ after }) => after),
      blocked,
    };
  }

  #flip(operation: number): void {
    const word = operation >>> 5;
    this.#placed[word] = (this.#placed[word] as number) ^ (1 << (operation & 31));
  }
}
