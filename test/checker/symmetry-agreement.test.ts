/** Symmetry is believed because orbits counted by brute force, and verdicts without it, are the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckResult, check, instantiate, type RunFile, replay } from '../../src/index.ts';
import { naiveCheck } from './naive.ts';
import { naiveOrbits } from './naive-orbits.ts';
import { symmetricRecipes, symmetricSystemOf } from './random-symmetric.ts';

const limit = 80;
const runs = 400;

function violated(result: CheckResult): readonly string[] {
  return result.properties
    .filter(({ kind, verdict }) => verdict === (kind === 'reachable' ? 'holds' : 'violated'))
    .map(({ name }) => name)
    .sort();
}

describe('a check up to exchanges and a naive one without', () => {
  it('agree on verdicts and depth, and count the orbits of brute force', () => {
    const seen = { compared: 0, smaller: 0, crashes: 0, hubs: 0, threes: 0, cuts: 0, refused: 0 };
    const orders = new Set<string>();
    fc.assert(
      fc.property(symmetricRecipes, (recipe) => {
        const system = symmetricSystemOf(recipe);
        const { scope } = recipe;
        const naive = naiveCheck(system, scope, limit);
        if (naive === undefined) return;
        const options = { scope, symmetry: true, stopAtViolation: false, maxStates: 2 * limit };
        let fast: CheckResult;
        try {
          fast = check(system, { ...options, reduce: false });
        } catch (error) {
          // The one question that a crash between two sends leaves open; see docs/semantics.md.
          expect(String(error)).toContain('hangs on a crash between two messages');
          seen.refused++;
          return;
        }
        const names = system.symmetry?.({})[0] as readonly string[];
        const { orbits, versions, depth } = naiveOrbits(instantiate(system), naive.states, names);
        expect(fast.complete).toBe(true);
        expect([fast.distinct, fast.depth]).toEqual([orbits, depth]);
        expect(fast.symmetry).toEqual([names]);
        // Every version of a reachable state is reachable, but for crashes between two sends.
        if (scope.crashes === 0) expect(versions).toBe(naive.distinct);
        expect(violated(fast)).toEqual([...Object.keys(naive.found), ...naive.impossible].sort());
        for (const { name, kind, counterexample } of fast.properties) {
          if (counterexample === undefined) continue;
          const file = counterexample as RunFile;
          const replayed = replay(system, file);
          expect(replayed.same).toBe(true);
          if (kind === 'alwaysPossible') continue;
          const expected = (naive.found[name] ?? -1) + (kind === 'transition' ? 1 : 0);
          expect([name, file.decisions.length]).toEqual([name, expected]);
          if (kind !== 'reachable') expect(replayed.violated).toContain(name);
        }
        // Only there are dominated steps left out.
        if (recipe.order === 'unordered' && recipe.loss)
          expect(violated(check(system, options))).toEqual(violated(fast));
        seen.compared++;
        if (fast.distinct < naive.distinct) seen.smaller++;
        if (scope.crashes > 0) seen.crashes++;
        if (recipe.hub !== undefined) seen.hubs++;
        if (recipe.workers === 3) seen.threes++;
        if (scope.partitions > 0) seen.cuts++;
        orders.add(recipe.order);
      }),
      { seed: 1, numRuns: runs },
    );
    // Guards against a generator that no longer makes small systems of all sorts.
    expect(seen.compared).toBeGreaterThan(300);
    expect(seen.smaller).toBeGreaterThan(200);
    for (const count of [seen.crashes, seen.hubs, seen.threes, seen.cuts])
      expect(count).toBeGreaterThan(80);
    expect(orders.size).toBe(5);
    expect(seen.refused).toBe(0);
  }, 300_000);
});
