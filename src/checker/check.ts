/** Checking: every execution of a system within a scope, or a shortest one that violates a property. */
import type { Decision } from '../model/decision.ts';
import { UserMistake } from '../model/errors.ts';
import { parameterValues } from '../model/parameters.ts';
import {
  isTemporal,
  type Property,
  type PropertyVerdict,
  type Timing,
  type Verdict,
  worse,
} from '../model/property.ts';
import type { FullScope } from '../model/scope.ts';
import type { AnySystem, GivenParameters } from '../model/system.ts';
import type { RunFile } from '../model/trace.ts';
import {
  type AnyTransitionSystem,
  type Successor,
  searchable,
} from '../model/transition-system.ts';
import type { View } from '../model/view.ts';
import { remembering, rememberingSteps } from './answers.ts';
import { runFile, type StatePath, statePath } from './counterexample.ts';
import { decisionClasses, describeFairness, labelClasses, progressClass } from './fairness.ts';
import { keyedSpace } from './keyed-space.ts';
import type { Order, Store } from './packed-rows.ts';
import type { Witness } from './paths.ts';
import { questionOf } from './question.ts';
import type { Cursor, Questions } from './questions.ts';
import { type Progress, type SearchResult, search } from './search.ts';
import { decisionShape, labelShape } from './shapes.ts';
import type { Space } from './space.ts';
import { type Decisions, hasDominatedSteps, SystemSpace } from './system-space.ts';
import { TimedSpace } from './timed-space.ts';

export interface CheckOptions<TParameters = Readonly<Record<string, unknown>>> {
  readonly parameters?: TParameters;
  /** Default: the system's timing. */
  readonly timing?: Timing;
  /** Bounds that are part of the question; what is left out has the system's default. */
  readonly scope?: Readonly<Record<string, unknown>>;
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

/**
 * Checks the system's properties in every state reachable within the scope.
 *
 *     check(system, { parameters: { participants: 3 }, scope: { crashes: 1 } }).verdict
 *
 * Throws a UserMistake for a wrong parameter, scope or timing, for contexts that are not plain data,
 * and for a machine that breaks the rules in a step.
 */
export function check<TSystem extends AnySystem | AnyTransitionSystem>(
  system: TSystem,
  options?: CheckOptions<GivenParameters<TSystem>>,
): CheckResult;
export function check(
  system: AnySystem | AnyTransitionSystem,
  options: CheckOptions = {},
): CheckResult {
  const { maxStates = 5_000_000, counterexamples = 1 } = options;
  if (!(Number.isInteger(maxStates) && maxStates > 0))
    throw new UserMistake(
      `the budget of states is ${maxStates}; it must be a whole number above zero`,
    );
  if (!(Number.isInteger(counterexamples) && counterexamples > 0))
    throw new UserMistake(
      `the number of counterexamples is ${counterexamples}; it must be a whole number above zero`,
    );
  const { store = 'exact', order = 'breadth-first' } = options;
  if (!['exact', 'fingerprints'].includes(store))
    throw new UserMistake(
      `the store is ${JSON.stringify(store)}; it must be exact or fingerprints`,
    );
  if (!['breadth-first', 'depth-first'].includes(order))
    throw new UserMistake(
      `the order is ${JSON.stringify(order)}; it must be breadth-first or depth-first`,
    );
  if (counterexamples > 1 && (store !== 'exact' || order !== 'breadth-first'))
    throw new UserMistake(
      'several counterexamples are the shortest of each kind, for which states are kept exactly and searched breadth-first; leave out the other store and order',
    );
  const legal = { ...options, maxStates, counterexamples, store, order };
  return system.kind === 'transition-system'
    ? checkTransitionSystem(system, legal)
    : checkSystem(system, legal);
}

type Legal = CheckOptions & {
  readonly maxStates: number;
  readonly counterexamples: number;
  readonly store: Store;
  readonly order: Order;
};

function searchOptions<L>(
  { maxStates, pulse, order, counterexamples, stopAtViolation = counterexamples === 1 }: Legal,
  shapeOf: (label: L) => string,
) {
  const distinct = { most: counterexamples, shapeOf };
  return { maxStates, pulse, order, stopAtViolation, distinct };
}

/** The property with its counterexamples in the form in which they are handed out. */
function withCounterexamples<L>(
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

function checkSystem(system: AnySystem, options: Legal): CheckResult {
  const { instance, timing, scope, bounds, asked, notAsked } = questionOf(system, options);
  const isLossy = scope.loss;
  let toldCopiesApart = false;
  const searched = <V>(
    space: Space<Decisions, V>,
    properties: readonly Property<V>[],
    reduce: boolean,
  ) =>
    search(space, properties, {
      ...searchOptions(options, decisionShape(instance)),
      forbids: (property, label: Decisions) => {
        if (property.kind !== 'alwaysPossible' || property.without === undefined) return false;
        const { without } = property;
        if (reduce && label.some((decision) => tellsCopiesApart(without, decision)))
          toldCopiesApart = true;
        return label.some(without);
      },
      fairness: decisionClasses(isLossy, timing === 'timed'),
    });
  const ask = (reduce: boolean) => {
    if (bounds !== undefined) {
      if (options.store === 'fingerprints')
        throw new UserMistake(
          'under timed timing states are kept exactly; leave out the fingerprints',
        );
      const space = new TimedSpace(instance, scope, bounds);
      return { space, result: searched(space, asked, reduce), sawMessages: false };
    }
    const { store, order } = options;
    const space = new SystemSpace(instance, { scope, timing, reduce, store, order });
    const remembered = asked.map((property) => rememberingAll(space.questions, property));
    const result = searched(space, remembered, reduce);
    return { space, result, sawMessages: space.questions.sawMessages };
  };
  // On an endless execution losing and not delivering differ: the reduction is for safety and AG EF.
  const temporal = asked.some(isTemporal);
  let reduced =
    (options.reduce ?? true) && !temporal && hasDominatedSteps(instance, { scope, timing });
  let { space, result, sawMessages } = ask(reduced);
  // These predicates may tell apart what the reduction leaves out.
  if (reduced && (sawMessages || toldCopiesApart)) {
    reduced = false;
    ({ space, result } = ask(false));
  }
  return {
    system: system.name,
    parameters: instance.parameters,
    timing,
    scope,
    ...summary(result),
    merged: space.hasMerged,
    reduced,
    order: options.order,
    ...(options.store === 'fingerprints' ? { omission: omissionOdds(result.distinct) } : {}),
    properties: result.verdicts.map((verdict) =>
      withCounterexamples(verdict, options.counterexamples, (witness) =>
        runFile(
          instance,
          verdict.name,
          { scope, reduced, tickMs: bounds?.tickMs },
          { ...witness, from: space.startOf(witness.from) },
        ),
      ),
    ),
    notAsked: notAsked.map(({ name }) => name),
    ...(temporal ? { fairness: describeFairness(isLossy, timing === 'timed') } : {}),
  };
}

/** Whether a delivery is forbidden as one that keeps a copy and not as one that does not, or the reverse. */
function tellsCopiesApart(without: (decision: Decision) => boolean, decision: Decision): boolean {
  if (decision.type !== 'deliver' || decision.duplicate !== true) return false;
  const { duplicate: _, ...plain } = decision;
  return without(decision) !== without(plain);
}

/** The property with predicates that remember their answers. */
function rememberingAll(questions: Questions, property: Property<View>): Property<Cursor> {
  const of = (predicate: (view: View) => boolean) => remembering(questions, predicate);
  const { premise, ...rest } = property;
  const common = premise === undefined ? {} : { premise: of(premise) };
  switch (rest.kind) {
    case 'invariant':
    case 'reachable':
      return { ...rest, ...common, holds: of(rest.holds) };
    case 'alwaysPossible':
    case 'eventually':
    case 'infinitelyOften':
      return { ...rest, ...common, goal: of(rest.goal) };
    case 'leadsTo':
      return { ...rest, ...common, from: of(rest.from), to: of(rest.to) };
    case 'linearizable':
      return { ...rest, ...common };
    case 'transition':
      return { ...rest, ...common, allows: rememberingSteps(questions, rest.allows) };
  }
}

function summary<L>(result: SearchResult<L>) {
  let verdict: Verdict = 'holds';
  for (const property of result.verdicts) verdict = worse(verdict, property.verdict);
  if (!result.complete) verdict = worse(verdict, 'unknown');
  const { complete, distinct, generated, depth, levels, outside } = result;
  return { verdict, complete, distinct, generated, depth, levels, outside };
}

/** The odds that two of so many states share 64 bits (birthday bound). */
function omissionOdds(states: number): number {
  return Math.min(1, states ** 2 / 2 ** 65);
}

function checkTransitionSystem(system: AnyTransitionSystem, options: Legal): CheckResult {
  const parameters = parameterValues(
    system.parameters ?? {},
    options.parameters ?? {},
    system.name,
  );
  if (options.timing !== undefined)
    throw new UserMistake(
      `"${system.name}" is a transition system, which has no timing; leave it out`,
    );
  if (Object.keys(options.scope ?? {}).length > 0)
    throw new UserMistake(
      `"${system.name}" is a transition system, which has no scope; bound it by its parameters`,
    );
  if (options.store === 'fingerprints')
    throw new UserMistake(
      `"${system.name}" is a transition system, whose states are kept as their canonical text; leave out the fingerprints`,
    );
  const properties = searchable(system);
  const space = keyedSpace(system, parameters);
  const result = search(space, properties, {
    ...searchOptions(options, labelShape),
    forbids: () => false,
    fairness:
      system.fairness === undefined
        ? progressClass<Successor<unknown>>()
        : labelClasses(({ label }: Successor<unknown>) => label, system.fairness),
  });
  return {
    system: system.name,
    parameters,
    timing: undefined,
    scope: undefined,
    ...summary(result),
    merged: false,
    reduced: false,
    order: options.order,
    properties: result.verdicts.map((verdict) =>
      withCounterexamples(verdict, options.counterexamples, (witness) =>
        statePath(space.view(witness.from), witness),
      ),
    ),
    notAsked: [],
  };
}
