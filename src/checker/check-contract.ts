/** What a check is asked, what it answers, and what checks of both kinds of systems have in common. */
import type { Loops } from '../model/loops.ts';
import type { PropertyVerdict, Timing, Verdict } from '../model/property.ts';
import { worse } from '../model/property.ts';
import type { Workload } from '../model/scenario.ts';
import type { FullScope } from '../model/scope.ts';
import type { RunFile } from '../model/trace.ts';
import type { StatePath } from './counterexample.ts';
import type { Order, Store } from './packed-rows.ts';
import type { Witness } from './paths.ts';
import type { Progress, SearchResult } from './search.ts';

export interface CheckOptions<TParameters = Readonly<Record<string, unknown>>> {
  readonly parameters?: TParameters;
  /** Default: the system's timing. */
  readonly timing?: Timing;
  /** Bounds that are part of the question; what is left out has the system's default. */
  readonly scope?: Readonly<Record<string, unknown>>;
  /** What the environment asks for, in place of what the processes declare; times mean nothing here. */
  readonly operations?: Workload;
  /**
   * Or any of the operations that the loops can generate, in any order. Laws and times mean nothing to a
   * check.
   */
  readonly workload?: Loops;
  /** Budget: distinct states at most; spent means `unknown`. Default 5,000,000. */
  readonly maxStates?: number;
  /** Called about every thousand states; returning false ends the check as a spent budget does. */
  readonly pulse?: (progress: Progress) => boolean;
  /**
   * Stop at the first violated safety property; the others are then `unknown`. Default true, unless more
   * than one counterexample is asked for.
   */
  readonly stopAtViolation?: boolean;
  /**
   * Counterexamples of each violated property, at most: the shortest for each kind of last step that
   * leads into the violation. Default 1. Of a property of endless executions there is one.
   */
  readonly counterexamples?: number;
  /** Leave out steps that others dominate. Verdicts are the same, counts are smaller. Default true. */
  readonly reduce?: boolean;
  /**
   * Count states up to exchanges of the nodes that the system declares symmetric. Verdicts are the same,
   * counts are smaller; where something tells the nodes apart the check is refused. Default false.
   */
  readonly symmetry?: boolean;
  /**
   * What is kept of a visited state: `exact`, all of it, or `fingerprints`, 64 bits that two states may
   * share, in which case one of them is left out; {@link CheckResult.omission} has the odds. Default exact.
   */
  readonly store?: Store;
  /**
   * `breadth-first`, so that counterexamples are shortest, or `depth-first`, which with fingerprints needs
   * memory for fewer waiting states. Default breadth-first.
   */
  readonly order?: Order;
}

export interface CheckedProperty extends PropertyVerdict {
  /** A shortest path to the violation: a run file for systems of machines, states for abstract ones. */
  readonly counterexample?: RunFile | StatePath;
  /** Where more than one was asked for: all that were found, the one above first. */
  readonly counterexamples?: readonly (RunFile | StatePath)[];
}

export interface CheckResult {
  readonly system: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** Undefined for a transition system, which has neither network nor timers. */
  readonly timing: Timing | undefined;
  readonly scope: FullScope | undefined;
  readonly verdict: Verdict;
  /** Whether every reachable state was visited. */
  readonly complete: boolean;
  readonly distinct: number;
  readonly generated: number;
  readonly depth: number;
  /** New states in each level. */
  readonly levels: readonly number[];
  /** Steps that led out of the system's constraint or boundary; what lies beyond was not asked. */
  readonly outside: number;
  /**
   * Whether equal messages were sent while as many as `copies` allows were in flight, and so were left
   * out: a larger bound asks more.
   */
  readonly merged: boolean;
  /** Whether dominated steps were left out, so that counts are of the reduced graph. */
  readonly reduced: boolean;
  /** The sets of nodes up to whose exchanges states were counted; only where that was asked for. */
  readonly symmetry?: readonly (readonly string[])[];
  readonly properties: readonly CheckedProperty[];
  /** Of fingerprints: the odds that some state was taken for another and so left out, about n²/2⁶⁵. */
  readonly omission?: number;
  /** In which order states were expanded: only breadth-first are counterexamples shortest. */
  readonly order: Order;
  /** Properties that are claimed only under another timing or without faults, and so were not asked. */
  readonly notAsked: readonly string[];
  /** What was taken for granted of endless executions; only with properties that speak of them. */
  readonly fairness?: string;
}

/** The options with their defaults, found legal. */
export type LegalOptions = CheckOptions & {
  readonly maxStates: number;
  readonly counterexamples: number;
  readonly store: Store;
  readonly order: Order;
};

export function searchOptions<L>(
  {
    maxStates,
    pulse,
    order,
    counterexamples,
    stopAtViolation = counterexamples === 1,
  }: LegalOptions,
  shapeOf: (label: L) => string,
) {
  const distinct = { most: counterexamples, shapeOf };
  return { maxStates, pulse, order, stopAtViolation, distinct };
}

/** The property with its counterexamples in the form in which they are handed out. */
export function withCounterexamples<L>(
  { witness, others = [], ...verdict }: SearchResult<L>['verdicts'][number],
  counterexamples: number,
  shown: (witness: Witness<L>) => RunFile | StatePath,
): CheckedProperty {
  if (witness === undefined) return verdict;
  const counterexample = shown(witness);
  if (counterexamples === 1 || verdict.verdict !== 'violated')
    return { ...verdict, counterexample };
  return {
    ...verdict,
    counterexample,
    counterexamples: [counterexample, ...others.map(shown)],
  };
}

export function summary<L>(result: SearchResult<L>) {
  let verdict: Verdict = 'holds';
  for (const property of result.verdicts) verdict = worse(verdict, property.verdict);
  if (!result.complete) verdict = worse(verdict, 'unknown');
  const { complete, distinct, generated, depth, levels, outside } = result;
  return { verdict, complete, distinct, generated, depth, levels, outside };
}
