/** What a history is checked against: the object as one client alone would see it. */
import { suggestion, UserMistake } from '../model/errors.ts';
import type { PlainData } from '../model/plain-data.ts';
import type { Call, Operation } from './operation.ts';

/**
 * A sequential specification, as a record of functions. Three are required:
 *
 *     const counter: Model<number> = {
 *       name: 'counter',
 *       init: 0,
 *       step: (n, { f, output }) =>
 *         f === 'increment' ? [n + 1] : output === undefined || output === n ? [n] : [],
 *     };
 */
export interface Model<State = PlainData> {
  readonly name: string;
  readonly init: State;
  /**
   * The states in which the call may leave the object if it takes effect now, with the answer that it
   * gave: none if the answer is impossible here, several if the object is not deterministic. A call
   * without `output` gave an answer that nobody knows: any will do. Must not change `state`. Who called
   * belongs into `input` where it matters, as for a lock.
   */
  step(state: State, call: Call): readonly State[];
  /**
   * The object that the operation is about. Operations with different keys never meet, so each key's
   * history is checked by itself (Horn & Kroening 2015, P-compositionality).
   */
  key?(operation: Operation): PlainData;
  /** Text that is equal for equal states. Default: the canonical text of the state as plain data. */
  stateKey?(state: State): string;
  /** The operation in words. Default: `write(4)`, `read() -> 4`. */
  describe?(operation: Operation): string;
  /** What is wrong with an operation that the model cannot have, as a half sentence. */
  refuse?(operation: Operation): string | undefined;
}

export type AnyModel = Model<unknown>;

/** Throws a {@link UserMistake} when what a module exports is no model. */
export function assertModel(value: unknown, what: string): asserts value is AnyModel {
  const refuse = (sentence: string): never => {
    throw new UserMistake(
      `${what} ${sentence}; a model is { name, init, step(state, operation) { return [next] } }`,
    );
  };
  if (typeof value !== 'object' || value === null) return refuse('is no object');
  const { name, step } = value as Partial<AnyModel>;
  if (typeof name !== 'string' || name === '') refuse('has no name');
  if (!('init' in value)) refuse('has no init');
  if (typeof step !== 'function') refuse('has no function step');
  for (const optional of ['key', 'stateKey', 'describe', 'refuse'] as const) {
    const given = (value as Partial<AnyModel>)[optional];
    if (given !== undefined && typeof given !== 'function')
      refuse(`has a ${optional} that is no function`);
  }
}

/** The refusal of an operation whose name the model does not know. */
export function refuseUnknown(f: string, known: readonly string[]): string | undefined {
  return known.includes(f) ? undefined : `has no operation "${f}"${suggestion(f, known)}`;
}
