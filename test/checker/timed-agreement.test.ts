/** Timed timing is believed because a naive explorer, with ages in plain maps, says the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnySystem,
  apply,
  type CheckResult,
  check,
  constant,
  type Decision,
  type Distribution,
  enabledDecisions,
  exponential,
  fullScope,
  initialState,
  instantiate,
  openImmediateChoices,
  type RunFile,
  replay,
  run,
  type State,
  stateKey,
  uniform,
} from '../../src/index.ts';
import { noFaults } from '../../src/model/state.ts';
import { sized } from '../sizes.ts';
import { naiveTimed } from './naive-timed.ts';
import { recipes, type SystemRecipe, systemOf } from './random-systems.ts';

const limit = 400;
const runs = sized(300, 90);

const law: fc.Arbitrary<Distribution> = fc.oneof(
  fc.nat(2).map((ticks) => constant(10 * ticks)),
  fc.tuple(fc.nat(2), fc.nat(2)).map(([min, more]) => uniform(10 * min, 10 * (min + more))),
  fc.nat(2).map((min) => exponential(30, 10 * min)),
);

/** Ticks as a scope writes them. */
const range = fc
  .tuple(fc.nat(2), fc.option(fc.nat(2), { freq: 6 }))
  .map(([min, more]) => `${min}..${more === null ? '' : min + more}`);

interface Asked {
  readonly recipe: SystemRecipe;
  readonly laws: {
    readonly delay: Distribution;
    readonly after: Distribution;
    readonly clock: boolean;
  };
  readonly latency: string;
  readonly forceLatency: string;
  readonly ticks: number | null;
}

const timedRecipes: fc.Arbitrary<Asked> = fc
  .record({
    recipe: recipes.map((recipe): SystemRecipe => ({ ...recipe, bound: 'none' })),
    laws: fc.record({ delay: law, after: law, clock: fc.boolean() }),
    latency: range,
    forceLatency: range,
    ticks: fc.option(fc.nat(4), { freq: 2 }),
  })
  .map((asked) => ({
    ...asked,
    // What the relation lists asks such a network's machines without the time.
    laws: { ...asked.laws, clock: asked.laws.clock && asked.recipe.idle !== 'disabled' },
  }));

/** A clock's readings end only where time does. */
function scopeOf({ recipe, laws, latency, forceLatency, ticks }: Asked) {
  const end = ticks ?? (laws.clock ? 3 : undefined);
  const bounds = { ...recipe.scope, tickMs: 10, latency, forceLatency };
  return end === undefined ? bounds : { ...bounds, ticks: end };
}

function decided(result: CheckResult, kind: (kind: string) => boolean): readonly string[] {
  return result.properties
    .filter((one) => kind(one.kind))
    .filter(({ kind: own, verdict }) => verdict === (own === 'reachable' ? 'holds' : 'violated'))
    .map(({ name }) => name)
    .sort();
}

describe('under timed timing the fast search and the naive one agree', () => {
  it('on distinct, generated, depth, verdicts and the lengths of counterexamples', () => {
    const seen = {
      compared: 0,
      ended: 0,
      clocks: 0,
      held: 0,
      crashed: 0,
      orders: new Set<string>(),
    };
    fc.assert(
      fc.property(timedRecipes, (asked) => {
        const { recipe, laws } = asked;
        const system = systemOf(recipe, laws);
        const scope = scopeOf(asked);
        const naive = naiveTimed(system, scope, laws, limit);
        if (naive === undefined) return;
        const fast = check(system, { scope, stopAtViolation: false, maxStates: 2 * limit });
        expect(fast.timing).toBe('timed');
        expect([fast.distinct, fast.generated, fast.depth, fast.outside]).toEqual([
          naive.distinct,
          naive.generated,
          naive.depth,
          naive.outside,
        ]);
        expect(decided(fast, (kind) => kind === 'invariant' || kind === 'reachable')).toEqual(
          Object.keys(naive.found).sort(),
        );
        const free = fast.properties.find(({ name }) => name === 'n1 in a');
        expect(free?.verdict === 'violated').toBe(naive.impossible.includes('n1 in a'));
        for (const { name, kind, counterexample } of fast.properties) {
          if (counterexample === undefined) continue;
          const file = counterexample as RunFile;
          expect(replay(system, file).same).toBe(true);
          if (kind !== 'invariant' && kind !== 'reachable') continue;
          // A step is a decision, with the immediate choices that it opens, or a tick.
          const ticks = (file.decisions.at(-1)?.atUs ?? 0) / 10_000;
          const steps = file.decisions.filter(
            ({ decision }) => !(recipe.immediate && decision.type === 'choose'),
          );
          expect(steps.length + ticks).toBe(naive.found[name]);
        }
        seen.compared++;
        seen.orders.add(recipe.order);
        if (naive.outside > 0) seen.ended++;
        if (laws.clock) seen.clocks++;
        if (recipe.scope.crashes > 0) seen.crashed++;
      }),
      { seed: 1, numRuns: runs },
    );
    // Guards against a generator that no longer makes small systems.
    expect(seen.compared).toBeGreaterThan(runs / 4);
    expect(seen.ended).toBeGreaterThan(runs / 20);
    expect(seen.clocks).toBeGreaterThan(runs / 20);
    expect(seen.crashed).toBeGreaterThan(runs / 20);
    expect(seen.orders.size).toBe(5);
  });
});

describe('on random systems', () => {
  it('every state of timed timing is, without its times, one of asynchronous timing', () => {
    let compared = 0;
    fc.assert(
      fc.property(timedRecipes, (asked) => {
        const laws = { ...asked.laws, clock: false };
        const { recipe } = asked;
        const timed = naiveTimed(systemOf(recipe, laws), scopeOf({ ...asked, laws }), laws, limit);
        const untimed = naiveProjections(systemOf(recipe, laws), recipe.scope, 10 * limit);
        if (timed === undefined || untimed === undefined) return;
        compared++;
        for (const state of timed.projections) expect(untimed.has(state)).toBe(true);
      }),
      { seed: 2, numRuns: runs / 2 },
    );
    expect(compared).toBeGreaterThan(runs / 10);
  });

  it('wider bounds only add to what can happen', () => {
    let more = 0;
    fc.assert(
      fc.property(timedRecipes, (asked) => {
        const laws = { ...asked.laws, delay: constant(10), clock: false };
        // Without faults more of the systems are small, and the network matters in more of them.
        const nothingFails = { ...noFaults, copies: 2 };
        const recipe: SystemRecipe = { ...asked.recipe, scope: nothingFails };
        const system = systemOf(recipe, laws);
        const narrow = { ...asked, recipe, laws, latency: '1', forceLatency: '1', ticks: null };
        const wide = { ...narrow, latency: '0..2', forceLatency: '0..2' };
        const [less, all] = [narrow, wide].map((one) =>
          naiveTimed(system, scopeOf(one), laws, limit),
        );
        if (less === undefined || all === undefined) return;
        for (const state of less.projections) expect(all.projections.has(state)).toBe(true);
        if (all.projections.size > less.projections.size) more++;
      }),
      { seed: 3, numRuns: runs },
    );
    expect(more).toBeGreaterThan(runs / 100);
  });

  it('every state of a simulated run, at whatever times, is one of timed timing', () => {
    let followed = 0;
    fc.assert(
      fc.property(timedRecipes, fc.nat(1000), (asked, seed) => {
        const laws = { delay: uniform(10, 20), after: uniform(10, 30), clock: false };
        const recipe: SystemRecipe = { ...asked.recipe, starts: false };
        const system = systemOf(recipe, laws);
        const scope = scopeOf({
          ...{ ...asked, recipe, laws, latency: '0..2', forceLatency: '0..1', ticks: null },
        });
        const timed = naiveTimed(system, { ...scope, copies: 9 }, laws, limit);
        if (timed === undefined) return;
        const instance = instantiate(system);
        const weather = { latency: uniform(0, 20), forceLatency: uniform(0, 10) };
        const { trace } = run(system, { ...weather, seed, horizonMs: 200, trace: true });
        let { state } = initialState(instance);
        for (const { decision } of trace) {
          ({ state } = apply(instance, state, decision));
          if (openImmediateChoices(instance, state).length > 0) continue;
          expect(timed.projections.has(stateKey(instance, state))).toBe(true);
          followed++;
        }
      }),
      { seed: 4, numRuns: runs },
    );
    expect(followed).toBeGreaterThan(runs / 2);
  });
});

/** The keys of the states under asynchronous timing; undefined when there are more than `most`. */
function naiveProjections(
  system: AnySystem,
  given: SystemRecipe['scope'],
  most: number,
): ReadonlySet<string> | undefined {
  const instance = instantiate(system);
  const scope = fullScope({ ...given }, {}, instance.network);
  const { copies } = scope;
  const found = new Map<string, State>();
  const reach = (state: State): void => {
    found.set(stateKey(instance, state), state);
  };
  for (const start of instance.starts.keys())
    reach(initialState(instance, { copies, start }).state);
  for (const state of found.values()) {
    if (found.size > most) return undefined;
    for (const decision of enabledDecisions(instance, state, {
      scope,
      timing: 'asynchronous',
    })) {
      const { points, state: next } = apply(instance, state, decision, { copies });
      reach(next);
      if (state.faults.crashes >= scope.crashes) continue;
      for (let crashAfter = 0; crashAfter < points; crashAfter++)
        reach(apply(instance, state, { ...decision, crashAfter } as Decision, { copies }).state);
    }
  }
  return new Set(found.keys());
}
