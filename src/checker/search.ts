/**
 * Search: every reachable state once, properties judged as states and steps are found. Breadth-first the
 * paths are shortest by construction.
 */
import {
  type AlwaysPossible,
  isTemporal,
  type Property,
  type PropertyVerdict,
  type TemporalProperty,
  type Verdict,
} from '../model/property.ts';
import { alwaysPossibleViolation, waysIntoDoom } from './always-possible.ts';
import type { FairnessClasses } from './fairness.ts';
import { frontierOf } from './frontier.ts';
import { Integers } from './integers.ts';
import { type DistinctOptions, judgeOf, type Way } from './judge.ts';
import { lassoIn } from './lasso.ts';
import type { Order } from './packed-rows.ts';
import { pathsIn, type Witness } from './paths.ts';
import { outsideBoundary, type Space, type Visit } from './space.ts';
import { Steps } from './steps.ts';

/** How far the search has come. */
export interface Progress {
  readonly distinct: number;
  readonly generated: number;
  readonly depth: number;
  /** States found and not yet expanded. */
  readonly queued: number;
}

export interface SearchOptions<L, V> {
  /** Budget: distinct states at most. */
  readonly maxStates: number;
  /** Called about every thousand states; returning false ends the search as a spent budget does. */
  readonly pulse: ((progress: Progress) => boolean) | undefined;
  /** Stop at the first violated safety property. */
  readonly stopAtViolation: boolean;
  /** Whether a property's `without` forbids the step. */
  readonly forbids: (property: Property<V>, label: L) => boolean;
  /** Which of the states that wait is expanded next. */
  readonly order: Order;
  /** What is owed to steps on an endless execution. */
  readonly fairness: FairnessClasses<L>;
  /** How many counterexamples, and which are different. */
  readonly distinct: DistinctOptions<L>;
}

export interface SearchResult<L> {
  readonly complete: boolean;
  readonly distinct: number;
  readonly generated: number;
  /** Levels, the initial one being 1; depth-first the length of the longest path that was taken. */
  readonly depth: number;
  /** New states in each level; none depth-first. */
  readonly levels: readonly number[];
  /** Steps that led out of the space's constraint or boundary. */
  readonly outside: number;
  /** With the path to where a property is violated or shown reachable. */
  readonly verdicts: readonly Judged<L>[];
}

type Judged<L> = PropertyVerdict & {
  readonly witness?: Witness<L>;
  /** Where several counterexamples were asked for: those that end otherwise, shorter ones first. */
  readonly others?: readonly Witness<L>[];
};

/** Searches the space and judges the properties. */
export function search<L, V>(
  space: Space<L, V>,
  properties: readonly Property<V>[],
  options: SearchOptions<L, V>,
): SearchResult<L> {
  const { fairness, pulse, stopAtViolation, maxStates } = options;
  const parents = new Integers();
  const judge = judgeOf(space, properties, options.distinct);
  const { possible, temporal } = judge;
  const steps =
    possible.length + temporal.length === 0
      ? undefined
      : new Steps({
          forbidden: possible.some(({ without }) => without !== undefined),
          classes: temporal.length > 0,
        });
  let generated = space.begin((initial) => {
    parents.push(-1);
    judge.state(initial);
  });
  const frontier = frontierOf(options.order, space.size);
  let outside = 0;
  /** States with a step out of bounds: what else is possible from them is not known. */
  const cut = new Set<number>();
  let source = 0;
  const visit: Visit<L> = (target, isNew, label) => {
    if (target !== outsideBoundary) generated++;
    if (target < 0) {
      outside++;
      cut.add(source);
      return;
    }
    if (isNew) {
      parents.push(source);
      frontier.push(target);
      judge.state(target);
    }
    judge.step(source, target, label);
    if (steps === undefined) return;
    const klass = temporal.length === 0 ? 0 : fairness.classOf(label);
    steps.add(target, forbidden(possible, label, options), klass);
  };
  let expanded = 0;
  for (; frontier.queued > 0; expanded++) {
    if (judge.hasViolation() && stopAtViolation) break;
    if (space.size > maxStates) break;
    source = frontier.next();
    steps?.begin(source);
    space.expand(source, visit);
    steps?.end();
    if (expanded % 1024 === 1023 && pulse !== undefined) {
      const { depth, queued } = frontier;
      if (!pulse({ distinct: space.size, generated, depth, queued })) break;
    }
  }
  const complete = frontier.queued === 0;
  const { path, along } = pathsIn(space, parents);

  /** The ways as paths; the first of them is the witness, unless that needs no step. */
  const others = (witness: Witness<L>, ways: readonly Way<L>[]): Pick<Judged<L>, 'others'> => {
    const rest =
      witness.path.length === 0 ? ways.slice(0, options.distinct.most - 1) : ways.slice(1);
    if (rest.length === 0) return {};
    return {
      others: rest.map(({ source: from, label }) => {
        const before = path(from);
        return { ...before, path: [...before.path, label] };
      }),
    };
  };
  /** The endless execution of a temporal violation: to the region, through it, and round. */
  const endless = (
    property: TemporalProperty<V>,
    graph: Steps,
  ): Witness<L> | 'unknown' | undefined => {
    const starts = judge.starts(property, parents);
    const lasso = lassoIn(graph, judge.isAvoiding(property), starts, fairness);
    if (lasso === undefined) return undefined;
    const round = lasso.cycle.length > 0 ? lasso.cycle : lasso.way.slice(-1);
    // What is possible out of bounds may end the cycle, or make it unfair.
    if (round.some((state) => cut.has(state))) return 'unknown';
    const before: number[] = [];
    for (let at = parents.at(lasso.way[0] ?? 0); at >= 0; at = parents.at(at)) before.push(at);
    const way = [...before.reverse(), ...lasso.way];
    return { ...along([...way, ...lasso.cycle]), loopsFrom: way.length - 1 };
  };

  const verdicts = properties.map((property): Judged<L> => {
    const { name, kind } = property;
    const base = { name, kind, exercised: judge.wasExercised(property) };
    const hit = judge.found(property);
    if (hit !== undefined) {
      const verdict: Verdict = kind === 'reachable' ? 'holds' : 'violated';
      const witness = path(
        hit.state,
        hit.last,
        property.kind === 'transition'
          ? (before, after) => !property.allows(before, after)
          : undefined,
      );
      const why = hit.explanation === undefined ? {} : { explanation: hit.explanation };
      return { ...base, verdict, ...why, witness, ...others(witness, judge.ways(property)) };
    }
    if (!complete || judge.isUnsure(property)) return { ...base, verdict: 'unknown' };
    if (kind === 'reachable') return { ...base, verdict: 'violated' };
    if (property.kind === 'alwaysPossible' && steps !== undefined) {
      const which = possible.indexOf(property);
      const isGoal = judge.isGoal(which);
      const isAsked = judge.isAsked(which);
      const isHope = (at: number): boolean => isGoal(at) || cut.has(at);
      const state = alwaysPossibleViolation(steps, isHope, isAsked, which);
      if (state !== undefined) {
        const witness = path(state);
        const ways =
          options.distinct.most === 1
            ? []
            : waysIntoDoom(space, steps, isHope, isAsked, which, options.distinct);
        return { ...base, verdict: 'violated', witness, ...others(witness, ways) };
      }
      if (cut.size > 0 && alwaysPossibleViolation(steps, isGoal, isAsked, which) !== undefined)
        return { ...base, verdict: 'unknown' };
    }
    if (isTemporal(property) && steps !== undefined) {
      const witness = endless(property, steps);
      if (witness === 'unknown') return { ...base, verdict: 'unknown' };
      if (witness !== undefined) return { ...base, verdict: 'violated', witness };
    }
    return { ...base, verdict: 'holds' };
  });
  const { depth, levels } = frontier;
  return { complete, distinct: space.size, generated, depth, levels, outside, verdicts };
}

function forbidden<L, V>(
  possible: readonly AlwaysPossible<V>[],
  label: L,
  { forbids }: SearchOptions<L, V>,
): number {
  let bits = 0;
  for (let i = 0; i < possible.length; i++)
    if (forbids(possible[i] as AlwaysPossible<V>, label)) bits |= 1 << i;
  return bits;
}
