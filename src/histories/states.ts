/** The states of a model as small integers, and its steps from each, computed once. */
import { UserMistake } from '../model/errors.ts';
import { canonical } from '../model/plain-data.ts';
import type { Model } from './model.ts';
import { type Call, callOf, describeOperation, type Operation } from './operation.ts';

/**
 * A model with more states than this, such as a text that only grows, rarely comes to one twice, and
 * remembering its steps would cost more memory than it saves time.
 */
const statesWithMemory = 4096;

export class States<State> {
  readonly #model: Model<State>;
  readonly #operations: readonly Operation[];
  readonly #calls: Call[] = [];
  /** The call of each operation: equal calls, whoever made them, have one number. */
  readonly calls: Int32Array;
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];
  /** By state and call. */
  readonly #steps: (readonly number[] | undefined)[][] = [];
  readonly initial: number;

  constructor(model: Model<State>, operations: readonly Operation[]) {
    this.#model = model;
    this.#operations = operations;
    this.calls = new Int32Array(operations.length);
    const known = new Map<string, number>();
    for (const [index, operation] of operations.entries()) {
      const call = callOf(operation);
      const text = canonical(call, describeOperation(operation));
      const number = known.get(text) ?? this.#calls.push(call) - 1;
      known.set(text, number);
      this.calls[index] = number;
    }
    this.initial = this.#numberOf(model.init);
  }

  state(number: number): State {
    return this.#states[number] as State;
  }

  /** The states in which that operation may leave that state; none if its answer is impossible there. */
  after(state: number, operation: number): readonly number[] {
    const row = this.#steps[state];
    const call = this.calls[operation] as number;
    const known = row?.[call];
    if (known !== undefined) return known;
    const next = this.#step(state, operation);
    if (row !== undefined) row[call] = next;
    return next;
  }

  #step(number: number, index: number): readonly number[] {
    const operation = this.#operations[index] as Operation;
    const call = this.#calls[this.calls[index] as number] as Call;
    const next: unknown = this.#model.step(this.state(number), call);
    if (!Array.isArray(next))
      throw new UserMistake(
        `model "${this.#model.name}": step returned ${next === null ? 'null' : typeof next} for ${describeOperation(operation)}; it must return a list of states, [] where the answer is impossible`,
      );
    const numbers = next.map((state: State) => this.#numberOf(state));
    return numbers.length < 2 ? numbers : [...new Set(numbers)];
  }

  #numberOf(state: State): number {
    const { stateKey, name } = this.#model;
    const key = stateKey === undefined ? keyOf(state, name) : stateKey.call(this.#model, state);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#states.length;
    this.#numbers.set(key, number);
    this.#states.push(frozen(state));
    if (number < statesWithMemory) this.#steps.push(Array(this.#calls.length));
    return number;
  }
}

/** Texts are not escaped, since they may be long; the sign keeps them apart from other values. */
function keyOf(state: unknown, model: string): string {
  return typeof state === 'string' ? `"${state}` : canonical(state, `a state of model "${model}"`);
}

/** A step that writes into its state would change the past of every order that came through it. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) frozen(inner);
  return value;
}
