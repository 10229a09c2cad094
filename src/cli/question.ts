/** A check as data, so that it can be handed to a thread, and the answer to it. */
import {
  type CheckResult,
  check,
  type Order,
  type Progress,
  type Store,
  type Timing,
} from '../index.ts';
import { asMistakeOf, namedSystem } from './system-argument.ts';

export interface Question {
  /** A built-in name or a path, read against `cwd`. */
  readonly typed: string;
  readonly cwd: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly timing: Timing | undefined;
  readonly scope: Readonly<Record<string, string>>;
  readonly maxStates: number | undefined;
  readonly maxSeconds: number | undefined;
  readonly counterexamples: number | undefined;
  readonly store: Store;
  readonly order: Order;
}

/** Why a check ended before every state was visited, and not by a violation. */
type Stop = 'interrupt' | 'seconds' | 'memory';

export interface Answer {
  readonly result: CheckResult;
  readonly seconds: number;
  readonly stop: Stop | undefined;
}

/** Called about every thousand states; true ends the check. */
type Watch = (progress: Progress) => boolean;

/** Checks here, in this thread. */
export async function answer(question: Question, watch: Watch): Promise<Answer> {
  const { typed, cwd, parameters, timing, scope, maxStates, maxSeconds, counterexamples } =
    question;
  const { store, order } = question;
  const named = await namedSystem(typed, cwd);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  let stop: Stop | undefined;
  try {
    const result = check(named.system, {
      parameters,
      scope,
      store,
      order,
      ...(timing === undefined ? {} : { timing }),
      ...(maxStates === undefined ? {} : { maxStates }),
      ...(counterexamples === undefined ? {} : { counterexamples }),
      pulse: (progress) => {
        if (watch(progress)) stop = 'interrupt';
        else if (maxSeconds !== undefined && seconds() >= maxSeconds) stop = 'seconds';
        return stop === undefined;
      },
    });
    return { result, seconds: Math.round(seconds() * 1000) / 1000, stop };
  } catch (error) {
    throw asMistakeOf(named, error);
  }
}
