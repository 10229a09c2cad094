/** Why a history has no linearization: how far an order can come, and what then has no place. */
import { canonical, type PlainData } from '../model/plain-data.ts';
import type { Model } from './model.ts';
import { describeOperation, isPending, type Operation } from './operation.ts';
import type { Search } from './search.ts';

/** An operation in its place, and the state after it: canonical text, if the state is no plain data. */
export interface Placement {
  readonly operation: Operation;
  readonly state: PlainData;
}

export interface Explanation {
  /** The key whose operations have no order; absent where the model has no keys. */
  readonly key?: PlainData;
  /** A longest order: no other gets past more returns. It is legal as far as it goes. */
  readonly linearization: readonly Placement[];
  /** The state at its end. */
  readonly state: PlainData;
  /** The first operation that has no place: no order of what came before its return leaves it one. */
  readonly blocked: Operation;
  /** What else was open when it returned and has no place in this order; moving it forward does not help. */
  readonly open: readonly Operation[];
  /**
   * How many operations of the key had been called by then. They are the shortest illegal history, if
   * what was still open keeps the answer that it gave later.
   */
  readonly prefix: number;
  /** In one sentence. */
  readonly sentence: string;
}

/** The order that a search found, or the longest if there is none. */
export function placements<State>(
  operations: readonly Operation[],
  { furthest, states }: Search<State>,
): readonly Placement[] {
  return furthest.order.map((index, place) => ({
    operation: operations[index] as Operation,
    state: plain(states.state(furthest.states[place] as number)),
  }));
}

/** For a search that ended without an order. */
export function explain<State>(
  model: Model<State>,
  key: PlainData,
  operations: readonly Operation[],
  search: Search<State>,
): Explanation {
  const { order, blocked: index } = search.furthest;
  const linearization = placements(operations, search);
  const blocked = operations[index as number] as Operation;
  const end = blocked.returned as number;
  const placed = new Set(order);
  const called = operations.filter(({ invoked }) => invoked <= end);
  const state = linearization.at(-1)?.state ?? plain(model.init);
  const describe = (operation: Operation): string =>
    model.describe?.(operation) ?? describeOperation(operation);
  return {
    ...(key === undefined ? {} : { key }),
    linearization,
    state,
    blocked,
    open: operations.filter(
      (one, other) => one.invoked <= end && other !== index && !placed.has(other),
    ),
    prefix: called.length,
    sentence: sentenceOf(describe(blocked), blocked, called, linearization, state),
  };
}

function sentenceOf(
  words: string,
  { process, returned }: Operation,
  called: readonly Operation[],
  linearization: readonly Placement[],
  state: PlainData,
): string {
  const answered = called.filter(
    (one) => !isPending(one) && (one.returned as number) < (returned as number),
  ).length;
  const text = canonical(state);
  const held = text.length > 60 ? `...${text.slice(-57)}` : text;
  const longest = `the longest order has ${linearization.length} of the ${called.length} operations called by then and leaves ${held}`;
  return `${words} of process ${process} has no place after the ${answered} ${answered === 1 ? 'operation that was' : 'operations that were'} answered before it was: ${longest}`;
}

function plain(state: unknown): PlainData {
  try {
    canonical(state);
    return state as PlainData;
  } catch {
    return String(state);
  }
}
