/** Linearizability as a property of a system: in every state, of what its clients have seen so far. */
import {
  type ClientHistory,
  hasAnswers,
  type PlacedCall,
  placedCalls,
} from '../model/client-history.ts';
import type { Address } from '../model/effects.ts';
import { UserMistake } from '../model/errors.ts';
import { canonical, type PlainData } from '../model/plain-data.ts';
import type {
  HistoryExplanation,
  HistoryJudgement,
  Linearizable,
  PropertyOptions,
} from '../model/property.ts';
import type { View } from '../model/view.ts';
import { checkHistory, type HistoryOptions } from './check-history.ts';
import type { Explanation } from './explanation.ts';
import { assertModel, type Model } from './model.ts';
import { type Call, describeOperation, type Operation } from './operation.ts';

/** What an answer says: what came back, or that the operation took no effect, or that nobody knows. */
export type Answer = Pick<Operation, 'output'> | 'failed' | 'unknown';

export interface LinearizableOptions<V, State> extends PropertyOptions<V> {
  /** The object that the clients share, as one client alone would see it. */
  readonly model: Model<State>;
  /**
   * The operation in the data of a mark `invoked`. Default: `f`, or else `type`, in small letters where
   * it is written in capitals; `key`; and as input `input`, or else `value`.
   */
  readonly operation?: (call: unknown, process: Address) => Omit<Call, 'output'>;
  /**
   * The answer in the data of a mark `returned`. Default: `output`, or else `result`, or else `value` of
   * an object with one of them, `failed` or `unknown` of one that says so with `true`, and anything else
   * itself. No data: an answer that does not tell, as to a write.
   */
  readonly answer?: (answer: unknown, call: Omit<Call, 'output'>) => Answer;
  /** Which processes are clients. Default: all that leave such marks. */
  readonly clients?: (process: Address) => boolean;
  /** Budget for one history: steps of the model. Spent, the property is `unknown`. Default: ten million. */
  readonly maxSteps?: number;
}

/**
 * The clients' history is linearizable (Herlihy & Wing 1990): one order of all operations, in keeping with
 * which was answered before which was called, explains every answer. The history is made of the marks
 * `invoked`, which the decision to invoke an operation leaves by itself, and `returned`; an operation
 * whose answer never came may have taken effect or not.
 *
 *     properties: [linearizable('linearizable', { model: register })]
 *
 * The checker judges every history that is reachable, a run the one that it made. Throws a
 * {@link UserMistake} for a model that is none and, when judged, for marks that tell no operation of it.
 */
export function linearizable<V = View, State = PlainData>(
  name: string,
  options: LinearizableOptions<V, State>,
): Linearizable<V> {
  const { model, operation, answer, clients, maxSteps, ...common } = options;
  assertModel(model, `the model of property "${name}"`);
  const known = new WeakMap<ClientHistory, HistoryJudgement>();
  const judged = (history: ClientHistory): HistoryJudgement => {
    if (!hasAnswers(history)) return { verdict: 'holds' };
    const operations = placedCalls(history)
      .filter(({ process }) => clients?.(process) ?? true)
      .flatMap((call) => operationOf(call, options));
    const limits: HistoryOptions = {
      where: (index) => `property "${name}", process ${operations[index]?.process}`,
      ...(maxSteps === undefined ? {} : { maxSteps }),
    };
    const { verdict, explanation } = checkHistory(operations, model, limits);
    return explanation === undefined
      ? { verdict }
      : { verdict, explanation: inWords(explanation, model) };
  };
  return {
    ...common,
    kind: 'linearizable',
    name,
    // Far fewer histories than states: each is judged once.
    judge: ({ history }) => {
      let judgement = known.get(history);
      if (judgement === undefined) {
        judgement = judged(history);
        known.set(history, judgement);
      }
      return judgement;
    },
  };
}

function operationOf<V, State>(
  { process, call: data, invoked, returned, answer: answered }: PlacedCall,
  { operation = operationIn, answer = answerIn }: LinearizableOptions<V, State>,
): readonly Operation[] {
  const call = { ...operation(data, process), process, invoked };
  if (returned === undefined) return [call];
  const known = answer(answered, call);
  if (known === 'failed') return [];
  if (known === 'unknown') return [call];
  const { output } = known;
  return [{ ...call, ...(output === undefined ? {} : { output }), returned }];
}

/** The operation in the data of a mark, where the property does not say how to read it. */
function operationIn(data: unknown, process: Address): Omit<Call, 'output'> {
  const { f, type, key, input, value } = (data ?? {}) as Readonly<Record<string, PlainData>>;
  const name = f ?? type;
  if (typeof name !== 'string')
    throw new UserMistake(
      `${process} marks \`invoked\` with ${canonical(data)}, which names no operation; give it { type: 'write', value: 1 }, or the property an \`operation\` that reads it`,
    );
  const given = input ?? value;
  return {
    f: name === name.toUpperCase() ? name.toLowerCase() : name,
    ...(key === undefined ? {} : { key }),
    ...(given === undefined ? {} : { input: given }),
  };
}

function answerIn(data: unknown): Answer {
  if (data === undefined) return {};
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return { output: data as PlainData };
  const answer = data as Readonly<Record<string, PlainData>>;
  if (answer.failed === true) return 'failed';
  if (answer.unknown === true) return 'unknown';
  for (const field of ['output', 'result', 'value'])
    if (Object.hasOwn(answer, field)) return { output: answer[field] };
  return { output: answer };
}

function inWords<State>(explanation: Explanation, model: Model<State>): HistoryExplanation {
  const { sentence, linearization, blocked, open } = explanation;
  const told = (operation: Operation) => ({
    process: String(operation.process),
    operation: model.describe?.(operation) ?? describeOperation(operation),
  });
  return {
    sentence,
    order: linearization.map(({ operation, state }) => ({ ...told(operation), leaves: state })),
    blocked: told(blocked),
    open: open.map(told),
  };
}
