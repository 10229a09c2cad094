/** A check as data, so that it can be handed to a thread, and the answer to it. */
import {
  type CheckOptions,
  type CheckResult,
  check,
  exportPromela,
  type Order,
  type Progress,
  type PromelaModel,
  type Store,
  type Timing,
} from '../index.ts';
import { asMistakeOf, namedSystem } from './system-argument.ts';

export interface Question {
  /** A built-in name or a path, read against `cwd`. */
  readonly typed: string;
  readonly cwd: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What clients are asked for, where it is not what their processes declare. */
  readonly asked: Partial<Pick<CheckOptions, 'operations' | 'workload'>>;
  readonly timing: Timing | undefined;
  readonly scope: Readonly<Record<string, string>>;
  readonly maxStates: number | undefined;
  readonly maxSeconds: number | undefined;
  readonly counterexamples: number | undefined;
  readonly store: Store;
  readonly order: Order;
  /** Whether states are counted up to exchanges of symmetric nodes. */
  readonly symmetry: boolean;
  /** Whether another tool shall be asked the same: every state is visited then, and a model made. */
  readonly isToBeConfirmed: boolean;
}

/** Why a check ended before every state was visited, and not by a violation. */
type Stop = 'interrupt' | 'seconds' | 'memory';

export interface Answer {
  readonly result: CheckResult;
  readonly seconds: number;
  readonly stop: Stop | undefined;
  /** The same question for another tool, where one shall be asked and every state was visited. */
  readonly model?: PromelaModel;
}

/** Called about every thousand states; true ends the check. */
type Watch = (progress: Progress) => boolean;

/** Checks here, in this thread. */
export async function answer(question: Question, watch: Watch): Promise<Answer> {
  const { typed, cwd, parameters, timing, scope, maxStates, maxSeconds, counterexamples } =
    question;
  const { store, order, symmetry } = question;
  const named = await namedSystem(typed, cwd);
  const began = performance.now();
  const seconds = (): number => Math.round(performance.now() - began) / 1000;
  let stop: Stop | undefined;
  const options = {
    ...question.asked,
    parameters,
    scope,
    ...(timing === undefined ? {} : { timing }),
    ...(maxStates === undefined ? {} : { maxStates }),
    pulse: (progress: Progress) => {
      if (watch(progress)) stop = 'interrupt';
      else if (maxSeconds !== undefined && seconds() >= maxSeconds) stop = 'seconds';
      return stop === undefined;
    },
  };
  try {
    // Every state counts where counts are compared.
    const whole = question.isToBeConfirmed ? { reduce: false, stopAtViolation: false } : {};
    const result = check(named.system, {
      ...options,
      ...whole,
      store,
      order,
      symmetry,
      ...(counterexamples === undefined ? {} : { counterexamples }),
    });
    const answered = { result, seconds: seconds(), stop };
    if (!question.isToBeConfirmed || !result.complete) return answered;
    const model = exportPromela(named.system, options);
    return model === undefined ? answered : { ...answered, model };
  } catch (error) {
    throw asMistakeOf(named, error);
  }
}
