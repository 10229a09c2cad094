/** Judging a search: the properties, as its states and steps are found. */
import { hasAnswers } from '../model/client-history.ts';
import {
  type HistoryExplanation,
  isTemporal,
  type Property,
  type TemporalProperty,
} from '../model/property.ts';
import type { View } from '../model/view.ts';
import { Integers } from './integers.ts';
import type { Space } from './space.ts';

/** Where a property was decided: in a state, or on the step from `state` to `last`. */
interface Found {
  readonly state: number;
  readonly last?: number;
  readonly explanation?: HistoryExplanation;
}

/** A step that violates a property, or that leads into a violation from where there was none. */
export interface Way<L> {
  readonly source: number;
  readonly label: L;
}

export interface DistinctOptions<L> {
  /** Counterexamples wanted of each property, at most. */
  readonly most: number;
  /** What is the same of two last steps that show the same. */
  readonly shapeOf: (label: L) => string;
}

/** Judges states and steps in the order in which the search tells of them. */
export function judgeOf<L, V>(
  space: Space<L, V>,
  properties: readonly Property<V>[],
  { most, shapeOf }: DistinctOptions<L>,
) {
  const possible = properties.filter((property) => property.kind === 'alwaysPossible');
  const temporal = properties.filter(isTemporal);
  const transitions = properties.filter((property) => property.kind === 'transition');
  const stateful = properties.filter(
    ({ kind }) => kind === 'invariant' || kind === 'reachable' || kind === 'linearizable',
  );
  const unsure = new Set<Property<V>>();
  /** For each always-possible property and state: 1 where its goal holds, 2 where it is not asked. */
  const goals = possible.map(() => new Integers());
  /** For each temporal property and state: 1 where its goal holds, 2 where a leads-to begins. */
  const phases = temporal.map(() => new Integers());
  const found = new Map<Property<V>, Found>();
  const dormant = new Set(properties);
  let violation = false;
  /** By property: for each state 1 where it is violated. Kept only where several are wanted. */
  const bad = new Map<Property<V>, Integers>();
  const ways = new Map<Property<V>, Map<string, Way<L>>>();
  const isDecided = (property: Property<V>): boolean =>
    found.has(property) && (most === 1 || property.kind === 'reachable');

  const isExercised = (property: Property<V>, view: V): boolean =>
    (property.premise === undefined || property.premise(view)) &&
    (property.kind !== 'linearizable' || hasAnswers(historyOf(view)));

  const note = (property: Property<V>, index: number, isBad: boolean): void => {
    if (isBad && !found.has(property)) found.set(property, { state: index });
    if (isBad) violation = true;
    if (most === 1) return;
    let marked = bad.get(property);
    if (marked === undefined) {
      marked = new Integers();
      bad.set(property, marked);
    }
    marked.push(isBad ? 1 : 0);
  };
  const lead = (property: Property<V>, source: number, label: L): void => {
    let known = ways.get(property);
    if (known === undefined) {
      known = new Map();
      ways.set(property, known);
    }
    if (known.size >= most) return;
    const shape = shapeOf(label);
    if (!known.has(shape)) known.set(shape, { source, label });
  };

  return {
    possible,
    temporal,
    hasViolation: () => violation,
    found: (property: Property<V>) => found.get(property),
    wasExercised: (property: Property<V>) => !dormant.has(property),
    /** Whether the budget for a history was spent before it was known to be one that the property allows. */
    isUnsure: (property: Property<V>) => unsure.has(property),
    /** Steps into violations, told apart by their shape, nearest first. Empty where one is wanted. */
    ways: (property: Property<V>): readonly Way<L>[] => [...(ways.get(property)?.values() ?? [])],
    /** Whether a state is a goal of liveness property `which`. */
    isGoal: (which: number) => (state: number) => ((goals[which]?.at(state) ?? 0) & 1) === 1,
    /** Whether that goal must be possible from a state. */
    isAsked: (which: number) => (state: number) => ((goals[which]?.at(state) ?? 0) & 2) === 0,
    /** Whether a state is one that a violating execution of the temporal property may be in for ever. */
    isAvoiding(property: TemporalProperty<V>): (state: number) => boolean {
      const phase = phases[temporal.indexOf(property)];
      return (state) => phase !== undefined && (phase.at(state) & 1) === 0;
    },
    /** The states in which a violating execution may begin to avoid the goal. */
    *starts(property: TemporalProperty<V>, parents: Integers): Generator<number> {
      const phase = phases[temporal.indexOf(property)];
      for (let state = 0; state < parents.length; state++) {
        if (property.kind === 'eventually' && parents.at(state) >= 0) return;
        if (property.kind === 'leadsTo' && ((phase?.at(state) ?? 0) & 2) === 0) continue;
        yield state;
      }
    },
    state(index: number): void {
      const view = space.view(index);
      for (const property of dormant) if (isExercised(property, view)) dormant.delete(property);
      for (const property of stateful) {
        if (isDecided(property)) continue;
        if (property.kind === 'invariant') note(property, index, !property.holds(view));
        else if (property.kind === 'linearizable') {
          const { verdict, explanation } = property.judge({ history: historyOf(view) });
          if (verdict === 'unknown') unsure.add(property);
          if (explanation !== undefined && !found.has(property))
            found.set(property, { state: index, explanation });
          note(property, index, verdict === 'violated');
        } else if (property.kind === 'reachable' && property.holds(view))
          found.set(property, { state: index });
      }
      for (const [which, property] of possible.entries())
        goals[which]?.push(
          (property.goal(view) ? 1 : 0) | (property.from?.(view) === false ? 2 : 0),
        );
      for (const [which, property] of temporal.entries()) {
        const goal = property.kind === 'leadsTo' ? property.to(view) : property.goal(view);
        const begins = property.kind === 'leadsTo' && property.from(view);
        phases[which]?.push((goal ? 1 : 0) | (begins ? 2 : 0));
      }
    },
    step(source: number, target: number, label: L): void {
      if (transitions.length + bad.size === 0) return;
      for (const property of transitions) {
        if (isDecided(property)) continue;
        if (property.allows(space.view(source), space.reached?.() ?? space.view(target))) continue;
        if (!found.has(property)) found.set(property, { state: source, last: target });
        if (most > 1) lead(property, source, label);
        violation = true;
      }
      for (const [property, marked] of bad)
        if (marked.at(target) === 1 && marked.at(source) === 0) lead(property, source, label);
    },
  };
}

/** Only systems of machines, whose states are seen as views, have properties of histories. */
function historyOf(view: unknown): View['history'] {
  return (view as View).history;
}
