/** Linearizability by its definition (Herlihy & Wing 1990): try every order of every choice. */
import type { Model, Operation } from '../../src/histories/index.ts';

/** True if some order of all answered operations and of some of the pending ones is legal. */
export function naiveCheck<State>(operations: readonly Operation[], model: Model<State>): boolean {
  const answered = operations.filter(({ returned }) => returned !== undefined);
  const pending = operations.filter(({ returned }) => returned === undefined);
  return subsets(pending).some((happened) =>
    permutations([...answered, ...happened]).some((order) => isLegal(order, model)),
  );
}

/** True if the order keeps real time and the model allows every answer in it. No keys: one object. */
export function isLegal<State>(order: readonly Operation[], model: Model<State>): boolean {
  return keepsRealTime(order) && endsOf(order, model).length > 0;
}

/** What returned before another was called stands before it. */
function keepsRealTime(order: readonly Operation[]): boolean {
  return order.every((late, place) =>
    order.slice(0, place).every(({ invoked }) => !((late.returned ?? Infinity) < invoked)),
  );
}

/** The states in which the order may end, each key with a state of its own. */
function endsOf<State>(order: readonly Operation[], model: Model<State>): readonly unknown[] {
  let worlds: readonly Readonly<Record<string, State>>[] = [{}];
  for (const operation of order) {
    const key = JSON.stringify(model.key?.(operation) ?? null);
    worlds = worlds.flatMap((world) =>
      model.step(world[key] ?? model.init, operation).map((state) => ({ ...world, [key]: state })),
    );
  }
  return worlds;
}

function subsets<T>(list: readonly T[]): readonly (readonly T[])[] {
  const [first, ...rest] = list;
  if (first === undefined) return [[]];
  return subsets(rest).flatMap((subset) => [subset, [first, ...subset]]);
}

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, index) =>
    permutations(list.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  );
}
