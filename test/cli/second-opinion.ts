/** Systems put to Spin: what it says beside what the checker says. */
import { type Confirmation, confirmation } from '../../src/cli/confirm.ts';
import { spinVersion } from '../../src/cli/spin.ts';
import {
  type AnySystem,
  type AnyTransitionSystem,
  type CheckOptions,
  type CheckResult,
  check,
  exportPromela,
} from '../../src/index.ts';

/** The version of Spin; undefined, and a line that says so, where there is none. */
export async function spinHere(test: string): Promise<string | undefined> {
  try {
    return await spinVersion();
  } catch (error) {
    process.stderr.write(`${test}: skipped, ${(error as Error).message}\n`);
    return undefined;
  }
}

export interface Asked {
  readonly own: CheckResult;
  readonly spin: Confirmation;
}

/** The system in both, every state visited; undefined where it has more than `maxStates`. */
export async function askBoth(
  system: AnySystem | AnyTransitionSystem,
  question: Pick<CheckOptions, 'parameters' | 'scope' | 'timing'>,
  version: string,
  maxStates = 200_000,
): Promise<Asked | undefined> {
  const whole = { ...question, maxStates };
  const own = check(system as AnySystem, { ...whole, reduce: false, stopAtViolation: false });
  if (!own.complete) return undefined;
  const model = exportPromela(system, whole);
  if (model === undefined) throw new Error('the check came to an end and the export did not');
  const spin = await confirmation(own, model, version, { onInterrupt: () => () => {} });
  return { own, spin };
}
