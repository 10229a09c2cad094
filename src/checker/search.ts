/**
 * Breadth-first search of a model: every reachable state once, properties judged as states and steps
 * are found, shortest paths by construction.
 */
import type { Property, PropertyVerdict, Verdict } from '../model/property.ts';
import { alwaysPossibleViolation } from './always-possible.ts';
import { Graph } from './graph.ts';

/** A model as the search sees it: states with canonical keys, labelled steps. */
export interface SearchModel<S, L, V> {
  readonly initial: readonly S[];
  next(state: S): Iterable<{ readonly label: L; readonly state: S }>;
  key(state: S): string;
  /** False for a state that is counted as generated but neither stored nor expanded. */
  within(state: S): boolean;
  /** What predicates see. */
  view(state: S): V;
  /** Whether a property's `without` forbids the step. */
  forbids(property: Property<V>, label: L): boolean;
}

/** How far the search has come. */
export interface Progress {
  readonly distinct: number;
  readonly generated: number;
  readonly depth: number;
  /** States found and not yet expanded. */
  readonly queued: number;
}

export interface SearchOptions {
  /** Budget: distinct states at most. */
  readonly maxStates: number;
  /** Called about every thousand states; returning false ends the search as a spent budget does. */
  readonly pulse?: ((progress: Progress) => boolean) | undefined;
  /** Stop at the first violated safety property. */
  readonly stopAtViolation: boolean;
}

/** The path to where a property is violated (or, for `reachable`, shown), as labels of steps. */
export interface Witness<L> {
  readonly path: readonly L[];
  /** Index of the initial state from which the path starts. */
  readonly from: number;
}

export interface SearchResult<L> {
  readonly complete: boolean;
  readonly distinct: number;
  readonly generated: number;
  /** Levels, the initial one being 1. */
  readonly depth: number;
  readonly verdicts: readonly (PropertyVerdict & { readonly witness?: Witness<L> })[];
}

/** Searches the model and judges the properties. */
export function search<S, L, V>(
  model: SearchModel<S, L, V>,
  properties: readonly Property<V>[],
  options: SearchOptions,
): SearchResult<L> {
  const graph = new Graph<S, L>();
  const liveness = properties.filter(({ kind }) => kind === 'alwaysPossible');
  const goals = liveness.map(() => new Set<number>());
  const found = new Map<Property<V>, { readonly state: number; readonly last?: L }>();
  const exercised = new Set<Property<V>>();
  let generated = 0;
  let violated = false;

  const judge = (
    view: V,
    index: number,
    parent?: { readonly state: number; readonly label: L },
  ): void => {
    for (const property of properties) {
      if (!exercised.has(property) && (property.premise?.(view) ?? true)) exercised.add(property);
      switch (property.kind) {
        case 'invariant':
          if (found.has(property) || property.holds(view)) break;
          found.set(
            property,
            parent === undefined ? { state: index } : { state: parent.state, last: parent.label },
          );
          violated = true;
          break;
        case 'reachable':
          if (found.has(property) || !property.holds(view)) break;
          found.set(
            property,
            parent === undefined ? { state: index } : { state: parent.state, last: parent.label },
          );
          break;
        case 'alwaysPossible':
          if (index >= 0 && property.goal(view)) goals[liveness.indexOf(property)]?.add(index);
      }
    }
  };

  const transitions = properties.filter((property) => property.kind === 'transition');
  let depth = 1;
  let complete = true;
  for (const state of model.initial) {
    generated++;
    if (!model.within(state)) continue;
    const { index, isNew } = graph.add(model.key(state), state);
    if (isNew) judge(model.view(state), index);
  }
  let levelEnd = graph.size;
  let current = 0;
  for (; current < graph.size; current++) {
    if (violated && options.stopAtViolation) break;
    if (current === levelEnd) {
      depth++;
      levelEnd = graph.size;
    }
    if (current % 1024 === 1023 && options.pulse !== undefined) {
      const queued = graph.size - current;
      if (!options.pulse({ distinct: graph.size, generated, depth, queued })) break;
    }
    if (graph.size > options.maxStates) break;
    const state = graph.state(current);
    const before = transitions.length > 0 ? model.view(state) : undefined;
    for (const { label, state: next } of model.next(state)) {
      generated++;
      const view = model.view(next);
      for (const property of transitions)
        if (before !== undefined && !found.has(property) && !property.allows(before, view)) {
          found.set(property, { state: current, last: label });
          violated = true;
        }
      if (!model.within(next)) {
        judge(view, -1, { state: current, label });
        continue;
      }
      const { index, isNew } = graph.add(model.key(next), next, current, label);
      if (isNew) judge(view, index, { state: current, label });
      if (liveness.length > 0)
        graph.edge(
          current,
          index,
          liveness.map((property) => model.forbids(property, label)),
        );
    }
    graph.release(current);
  }
  if (current < graph.size) complete = false;

  const verdicts = properties.map((property): SearchResult<L>['verdicts'][number] => {
    const { name, kind } = property;
    const base = { name, kind, exercised: exercised.has(property) };
    const hit = found.get(property);
    if (hit !== undefined) {
      const witness = graph.path(hit.state, hit.last);
      return { ...base, verdict: kind === 'reachable' ? 'holds' : 'violated', witness };
    }
    if (!complete) return { ...base, verdict: 'unknown' };
    if (kind === 'reachable') return { ...base, verdict: 'violated' };
    if (kind === 'alwaysPossible') {
      const which = liveness.indexOf(property);
      const state = alwaysPossibleViolation(graph, goals[which] ?? new Set(), which);
      if (state !== undefined) return { ...base, verdict: 'violated', witness: graph.path(state) };
    }
    return { ...base, verdict: 'holds' as Verdict };
  });
  return { complete, distinct: graph.size, generated, depth, verdicts };
}
