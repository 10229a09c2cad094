/**
 * Properties: what must hold of a system. Each is a named predicate over views of states; a driver
 * says `holds`, `violated` or `unknown`, and whether the premise ever occurred.
 */
import type { ClientHistory } from './client-history.ts';
import type { Decision } from './decision.ts';
import { UserMistake } from './errors.ts';
import type { PlainData } from './plain-data.ts';
import type { View } from './view.ts';

/**
 * *asynchronous*: an armed timer may fire at any moment. *synchronous*: a timer fires only when no
 * message in transit and no enabled step could pre-empt it, and a time-out on a peer only if that peer
 * is down or cut off. *timed*: in whole ticks, everything happens within its declared bounds.
 */
export type Timing = UntimedTiming | 'timed';

/** The timings under which a state alone says what is possible. */
export type UntimedTiming = 'asynchronous' | 'synchronous';

export type Verdict = 'holds' | 'violated' | 'unknown';

/** The worse of two verdicts; violated is worse than unknown, unknown worse than holds. */
export function worse(a: Verdict, b: Verdict): Verdict {
  if (a === 'violated' || b === 'violated') return 'violated';
  return a === 'unknown' || b === 'unknown' ? 'unknown' : 'holds';
}

interface Common<V> {
  readonly name: string;
  /** One sentence for people: what is claimed, and where it is defined. */
  readonly description?: string;
  /** Where the property says something at all; a run in which it never holds did not exercise it. */
  readonly premise?: (view: V) => boolean;
  /** The claim is made only under this timing, and only where no fault is allowed. */
  readonly claimedUnder?: { readonly timing?: Timing; readonly faults?: 'none' };
}

/** Holds in every reachable state. */
export interface Invariant<V> extends Common<V> {
  readonly kind: 'invariant';
  readonly holds: (view: V) => boolean;
}

/** Holds of every two successive states. */
export interface TransitionProperty<V> extends Common<V> {
  readonly kind: 'transition';
  readonly allows: (before: V, after: V) => boolean;
}

/** Holds in at least one reachable state: shows that something can happen. */
export interface Reachable<V> extends Common<V> {
  readonly kind: 'reachable';
  readonly holds: (view: V) => boolean;
}

/**
 * From every reachable state a state with the goal can still be reached (AG EF goal); with `from`, from every
 * one that it is true of (AG (from -> EF goal)). `without` names decisions that may not be used on the way,
 * such as the restart of a node that stays down.
 */
export interface AlwaysPossible<V> extends Common<V> {
  readonly kind: 'alwaysPossible';
  readonly goal: (view: V) => boolean;
  readonly from?: (view: V) => boolean;
  readonly without?: (decision: Decision) => boolean;
}

/** On every fair execution a state with the goal comes. */
export interface Eventually<V> extends Common<V> {
  readonly kind: 'eventually';
  readonly goal: (view: V) => boolean;
}

/** On every fair execution each state with `from` is followed by, or is, one with `to`. */
export interface LeadsTo<V> extends Common<V> {
  readonly kind: 'leadsTo';
  readonly from: (view: V) => boolean;
  readonly to: (view: V) => boolean;
}

/** On every fair execution states with the goal come again and again. */
export interface InfinitelyOften<V> extends Common<V> {
  readonly kind: 'infinitelyOften';
  readonly goal: (view: V) => boolean;
}

/** An operation in words, and whose it was. */
export interface ToldOperation {
  readonly process: string;
  /** `write("A")`, `read() -> "B"`; one that was never answered ends in `-> ?`. */
  readonly operation: string;
}

/** Why a history has no linearization. */
export interface HistoryExplanation {
  /** In one sentence. */
  readonly sentence: string;
  /** A longest order, legal as far as it goes, with the state of the object after each operation. */
  readonly order: readonly (ToldOperation & { readonly leaves: PlainData })[];
  /** The first operation that cannot be placed. */
  readonly blocked: ToldOperation;
  /** What else was open when it returned and has no place in the order. */
  readonly open: readonly ToldOperation[];
}

export interface HistoryJudgement {
  /** `unknown` when the budget for one history was spent. */
  readonly verdict: Verdict;
  readonly explanation?: HistoryExplanation;
}

/**
 * In every reachable state, what the clients have seen is explained by one object: see `linearizable` in
 * src/histories. A system with such a property keeps the history in its state.
 */
export interface Linearizable<V> extends Common<V> {
  readonly kind: 'linearizable';
  readonly judge: (view: { readonly history: ClientHistory }) => HistoryJudgement;
}

/** The properties of whole executions, which hold or fail under a declared fairness. */
export type TemporalProperty<V = View> = Eventually<V> | LeadsTo<V> | InfinitelyOften<V>;

export type Property<V = View> =
  | Invariant<V>
  | TransitionProperty<V>
  | Reachable<V>
  | AlwaysPossible<V>
  | Linearizable<V>
  | TemporalProperty<V>;

/** Whether a property speaks of whole executions, so that fairness matters. */
export function isTemporal<V>(property: Property<V>): property is TemporalProperty<V> {
  const { kind } = property;
  return kind === 'eventually' || kind === 'leadsTo' || kind === 'infinitelyOften';
}

/** What every constructor of properties takes beside its predicates. */
export type PropertyOptions<V> = Pick<Common<V>, 'description' | 'premise' | 'claimedUnder'>;

type Options<V> = PropertyOptions<V>;
type PossibleOptions<V> = Options<V> & Pick<AlwaysPossible<V>, 'from' | 'without'>;

/** `invariant('agreement', ({ observed }) => !(observed.committed && observed.aborted))` */
export function invariant<V = View>(
  name: string,
  holds: (view: V) => boolean,
  options: Options<V> = {},
): Invariant<V> {
  return { ...options, kind: 'invariant', name, holds };
}

/** `transition('terms grow', (before, after) => after.observed.term >= before.observed.term)` */
export function transition<V = View>(
  name: string,
  allows: (before: V, after: V) => boolean,
  options: Options<V> = {},
): TransitionProperty<V> {
  return { ...options, kind: 'transition', name, allows };
}

/** `reachable('a leader', ({ all }) => all.some((process) => process.in('leader')))` */
export function reachable<V = View>(
  name: string,
  holds: (view: V) => boolean,
  options: Options<V> = {},
): Reachable<V> {
  return { ...options, kind: 'reachable', name, holds };
}

/** `alwaysPossible('decided', ({ all }) => all.every((process) => process.in('decided')))` */
export function alwaysPossible<V = View>(
  name: string,
  goal: (view: V) => boolean,
  options: PossibleOptions<V> = {},
): AlwaysPossible<V> {
  const premise = options.from === undefined ? {} : { premise: options.from };
  return { ...premise, ...options, kind: 'alwaysPossible', name, goal };
}

/** `eventually('decided', ({ all }) => all.every((process) => process.in('decided')))` */
export function eventually<V = View>(
  name: string,
  goal: (view: V) => boolean,
  options: Options<V> = {},
): Eventually<V> {
  return { ...options, kind: 'eventually', name, goal };
}

/** `leadsTo('answered', ({ observed }) => observed.asked, ({ observed }) => observed.answered)` */
export function leadsTo<V = View>(
  name: string,
  from: (view: V) => boolean,
  to: (view: V) => boolean,
  options: Options<V> = {},
): LeadsTo<V> {
  return { premise: from, ...options, kind: 'leadsTo', name, from, to };
}

/** `infinitelyOften('a call is admitted', ({ observed }) => observed.admitted)` */
export function infinitelyOften<V = View>(
  name: string,
  goal: (view: V) => boolean,
  options: Options<V> = {},
): InfinitelyOften<V> {
  return { ...options, kind: 'infinitelyOften', name, goal };
}

/** The constructors of properties, for one kind of view. */
export interface PropertyKinds<V> {
  invariant(name: string, holds: (view: V) => boolean, options?: Options<V>): Invariant<V>;
  transition(
    name: string,
    allows: (before: V, after: V) => boolean,
    options?: Options<V>,
  ): TransitionProperty<V>;
  reachable(name: string, holds: (view: V) => boolean, options?: Options<V>): Reachable<V>;
  alwaysPossible(
    name: string,
    goal: (view: V) => boolean,
    options?: PossibleOptions<V>,
  ): AlwaysPossible<V>;
  eventually(name: string, goal: (view: V) => boolean, options?: Options<V>): Eventually<V>;
  leadsTo(
    name: string,
    from: (view: V) => boolean,
    to: (view: V) => boolean,
    options?: Options<V>,
  ): LeadsTo<V>;
  infinitelyOften(
    name: string,
    goal: (view: V) => boolean,
    options?: Options<V>,
  ): InfinitelyOften<V>;
}

/**
 * Properties as a definition takes them: a list, or a function of the constructors, which thereby know
 * the types of the system's own processes, observer and parameters. (The compiler cannot tell them to a
 * constructor called in a plain list, because it has not looked at `nodes` yet when it gets there.)
 */
export type Properties<V> =
  | readonly Property<V>[]
  | ((kinds: PropertyKinds<V>) => readonly Property<V>[]);

/** The list of properties, each name once. Throws a {@link UserMistake} for a name given twice. */
export function listedProperties<V>(
  properties: Properties<V> | undefined,
  system: string,
): readonly Property<V>[] {
  const kinds = {
    invariant,
    transition,
    reachable,
    alwaysPossible,
    eventually,
    leadsTo,
    infinitelyOften,
  };
  const listed = typeof properties === 'function' ? properties(kinds) : (properties ?? []);
  const seen = new Set<string>();
  for (const { name } of listed) {
    if (seen.has(name))
      throw new UserMistake(
        `system "${system}" has two properties called "${name}"; verdicts are told apart by name`,
      );
    seen.add(name);
  }
  return listed;
}

/** The verdict on one property, as every tool reports it. */
export interface PropertyVerdict {
  readonly name: string;
  readonly kind: Property['kind'];
  readonly verdict: Verdict;
  /** False when the premise never occurred: `holds` then says nothing. */
  readonly exercised: boolean;
  /** Why a history that was found is not linearizable. */
  readonly explanation?: HistoryExplanation;
}
