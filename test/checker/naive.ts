/**
 * The naive checker: a queue, a Map of canonical texts, the relation as it stands. Slow, obvious, and the
 * judge of the fast one.
 */
import {
  type AnySystem,
  apply,
  type Decision,
  enabledDecisions,
  fullScope,
  initialState,
  instantiate,
  openImmediateChoices,
  type State,
  stateKey,
  type UntimedTiming,
  viewOf,
} from '../../src/index.ts';

export interface NaiveResult {
  readonly distinct: number;
  readonly generated: number;
  readonly depth: number;
  /** Steps that led out of bounds. */
  readonly outside: number;
  /** For each property, the depth (0: the initial state) at which it is first violated or shown. */
  readonly found: Readonly<Record<string, number>>;
  /** Names of always-possible properties that fail. */
  readonly impossible: readonly string[];
  /** The kinds of decisions that were taken. */
  readonly kinds: ReadonlySet<string>;
  readonly states: readonly { readonly state: State; readonly depth: number }[];
}

interface Explored {
  readonly state: State;
  readonly depth: number;
  readonly steps: { readonly to: number; readonly decision: Decision }[];
  /** Whether a step leads out of bounds. */
  cut: boolean;
}

/** Explores at most `limit` states; undefined when there are more. */
export function naiveCheck(
  system: AnySystem,
  given: Readonly<Record<string, unknown>>,
  limit: number,
): NaiveResult | undefined {
  const instance = instantiate(system);
  const timing = instance.timing as UntimedTiming;
  const scope = fullScope(given, system.scope ?? {}, instance.network);
  const { copies } = scope;
  const states: Explored[] = [];
  const indices = new Map<string, number>();
  const found: Record<string, number> = {};
  const within = (bound: 'constraint' | 'boundary', state: State): boolean =>
    system[bound]?.(viewOf(instance, state)) !== false;
  const kinds = new Set<string>();
  let generated = 0;
  let outside = 0;
  /** The state's index; undefined when it is out of bounds. */
  const add = (state: State, depth: number): number | undefined => {
    const key = stateKey(instance, state);
    const known = indices.get(key);
    const counts = known !== undefined || within('boundary', state);
    if (counts) generated++;
    if (known !== undefined) return known;
    if (!counts || !within('constraint', state)) {
      outside++;
      return undefined;
    }
    const index = states.length;
    indices.set(key, index);
    states.push({ state, depth, steps: [], cut: false });
    for (const property of instance.properties) {
      if (property.name in found) continue;
      const view = viewOf(instance, state);
      if (property.kind === 'invariant' && !property.holds(view)) found[property.name] = depth;
      if (property.kind === 'reachable' && property.holds(view)) found[property.name] = depth;
    }
    return index;
  };
  for (const start of instance.starts.keys())
    add(initialState(instance, { copies, start }).state, 0);
  outside = 0;
  for (let index = 0; index < states.length; index++) {
    if (states.length > limit) return undefined;
    const from = states[index] as (typeof states)[number];
    const arrive = (decision: Decision, state: State): void => {
      // A state with an immediate choice open belongs to the step that led there.
      if (openImmediateChoices(instance, state).length > 0) return explore(state, decision);
      const to = add(state, from.depth + 1);
      if (to === undefined) {
        from.cut = true;
        return;
      }
      from.steps.push({ to, decision });
      for (const property of instance.properties)
        if (property.kind === 'transition' && !(property.name in found))
          if (!property.allows(viewOf(instance, from.state), viewOf(instance, state)))
            found[property.name] = from.depth;
    };
    const explore = (state: State, first?: Decision): void => {
      for (const decision of enabledDecisions(instance, state, { scope, timing })) {
        const { points, state: next, effects } = apply(instance, state, decision, { copies });
        kinds.add(decision.type);
        if (effects[0]?.type === 'failed' && effects.length > 1) kinds.add('failWrite and go on');
        arrive(first ?? decision, next);
        if (state.faults.crashes >= scope.crashes) continue;
        for (let crashAfter = 0; crashAfter < points; crashAfter++) {
          const crash = { ...decision, crashAfter } as Decision;
          arrive(first ?? crash, apply(instance, state, crash, { copies }).state);
        }
      }
    };
    explore(from.state);
  }
  const impossible = instance.properties.flatMap((property) => {
    if (property.kind !== 'alwaysPossible') return [];
    // What lies out of bounds may be the goal.
    const reaches = states.map(({ state, cut }) => cut || property.goal(viewOf(instance, state)));
    for (let changed = true; changed; ) {
      changed = false;
      for (const [index, { steps }] of states.entries()) {
        const now = steps.some(
          ({ to, decision }) => reaches[to] && property.without?.(decision) !== true,
        );
        if (!reaches[index] && now) {
          reaches[index] = true;
          changed = true;
        }
      }
    }
    const isAsked = ({ state }: { readonly state: State }): boolean =>
      property.from?.(viewOf(instance, state)) ?? true;
    const isDoomed = states.some((one, index) => !reaches[index] && isAsked(one));
    return isDoomed ? [property.name] : [];
  });
  const depth = Math.max(...states.map((state) => state.depth)) + 1;
  return {
    distinct: states.length,
    ...{ generated, depth, outside, found, impossible, kinds },
    states,
  };
}
