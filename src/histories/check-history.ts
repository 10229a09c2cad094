/** Is there one order of all operations, in keeping with real time, that explains every answer? */
import { UserMistake } from '../model/errors.ts';
import { canonical, type PlainData } from '../model/plain-data.ts';
import type { Verdict } from '../model/property.ts';
import { type Explanation, explain, type Placement, placements } from './explanation.ts';
import { assertModel, type Model } from './model.ts';
import { describeOperation, type Operation } from './operation.ts';
import { Search } from './search.ts';

export interface HistoryOptions {
  /** Budget: steps of the model, over all keys. Default: ten million. */
  readonly maxSteps?: number;
  /** How mistakes name the operation with that index. Default: `operation 3`, counted from 1. */
  readonly where?: (index: number) => string;
}

/** What was found of the operations of one key. */
export interface Partition {
  /** Absent where the model has no keys. */
  readonly key?: PlainData;
  readonly operations: number;
  readonly verdict: Verdict;
  readonly steps: number;
  /** Holds: the order found. Else: the longest that was found. */
  readonly linearization: readonly Placement[];
}

export interface HistoryResult {
  readonly model: string;
  readonly operations: number;
  readonly verdict: Verdict;
  /** Why it is violated. */
  readonly explanation?: Explanation;
  /** Steps of the model that were tried: the same on every machine. */
  readonly steps: number;
  readonly partitions: readonly Partition[];
}

const defaultMaxSteps = 10_000_000;

/**
 * Linearizability (Herlihy & Wing 1990) of a history.
 *
 *     checkHistory([
 *       { process: 0, f: 'write', input: 1, invoked: 0, returned: 10 },
 *       { process: 1, f: 'read', output: 2, invoked: 20, returned: 30 },
 *     ], register).verdict // 'violated'
 *
 * `unknown` when the steps were spent before an answer. Throws a {@link UserMistake} for an operation
 * that the model cannot have.
 */
export function checkHistory<State>(
  operations: readonly Operation[],
  model: Model<State>,
  options: HistoryOptions = {},
): HistoryResult {
  const { maxSteps = defaultMaxSteps, where = (index) => `operation ${index + 1}` } = options;
  assertModel(model, 'the model');
  if (!(maxSteps > 0))
    throw new UserMistake(`maxSteps is ${maxSteps}; it must be a number of steps, 1 or more`);
  for (const [index, operation] of operations.entries())
    assertOperation(operation, model, () => where(index));
  const searched = partitionsOf(operations, model).map((part) => ({
    ...part,
    search: new Search(model, part.operations),
  }));
  dovetail(
    searched.map(({ search }) => search),
    maxSteps,
  );
  const bad = searched.find(({ search }) => search.progress === 'illegal');
  const isOpen = searched.some(({ search }) => search.progress === 'open');
  const explanation =
    bad === undefined ? undefined : explain(model, bad.key, bad.operations, bad.search);
  return {
    model: model.name,
    operations: operations.length,
    verdict: bad !== undefined ? 'violated' : isOpen ? 'unknown' : 'holds',
    ...(explanation === undefined ? {} : { explanation }),
    steps: searched.reduce((sum, { search }) => sum + search.steps, 0),
    partitions: searched.map(({ key, operations: own, search }) => ({
      ...(key === undefined ? {} : { key }),
      operations: own.length,
      verdict: verdictOf[search.progress],
      steps: search.steps,
      linearization: placements(own, search),
    })),
  };
}

const verdictOf = { legal: 'holds', illegal: 'violated', open: 'unknown' } as const;

/** What every key gets in the first round; twice as much in each round after. */
const firstRound = 1000;

/**
 * The keys take turns, and one that has no order ends it all. Key after key would be the wrong way: on
 * one history with several bad keys some fall after thousands of steps and others not after hundreds of
 * thousands, and nobody knows beforehand which.
 */
function dovetail<State>(searches: readonly Search<State>[], maxSteps: number): void {
  let left = maxSteps;
  let open = searches.filter(({ progress }) => progress === 'open');
  for (let round = firstRound; open.length > 0 && left > 0; round *= 2) {
    for (const search of open) {
      const before = search.steps;
      if (search.run(Math.min(round, left)) === 'illegal') return;
      left -= search.steps - before;
      if (left <= 0) return;
    }
    open = open.filter(({ progress }) => progress === 'open');
  }
}

interface Part {
  readonly key: PlainData;
  readonly operations: readonly Operation[];
}

/** In the order in which the keys first occur. */
function partitionsOf<State>(
  operations: readonly Operation[],
  model: Model<State>,
): readonly Part[] {
  if (model.key === undefined) return [{ key: undefined, operations }];
  const parts = new Map<string, { readonly key: PlainData; readonly operations: Operation[] }>();
  for (const operation of operations) {
    const key = model.key(operation);
    const text = canonical(key, `a key of model "${model.name}"`);
    const part = parts.get(text);
    if (part === undefined) parts.set(text, { key, operations: [operation] });
    else part.operations.push(operation);
  }
  return [...parts.values()];
}

function assertOperation<State>(
  operation: Operation,
  model: Model<State>,
  where: () => string,
): void {
  const { invoked, returned } = operation;
  const refuse = (sentence: string): never => {
    throw new UserMistake(`${where()}, ${describeOperation(operation)}: ${sentence}`);
  };
  if (!Number.isFinite(invoked)) refuse(`invoked is ${invoked}; it must be a number`);
  if (returned !== undefined && !Number.isFinite(returned))
    refuse(`returned is ${returned}; it must be a number, or absent if no answer came`);
  if (returned !== undefined && returned < invoked)
    refuse(`it returned at ${returned}, before it was invoked at ${invoked}`);
  const refused = model.refuse?.(operation);
  if (refused !== undefined) refuse(`model "${model.name}" ${refused}`);
}
