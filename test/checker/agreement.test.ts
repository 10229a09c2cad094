/** The fast search is believed because a naive one, over the relation as it stands, says the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckResult, check, type RunFile, replay } from '../../src/index.ts';
import { naiveCheck } from './naive.ts';
import { legal, recipes, type SystemRecipe, systemOf } from './random-systems.ts';

const limit = 250;
const runs = 200;

/** The recipe on the network on which some steps dominate others. */
function lossy(recipe: SystemRecipe): SystemRecipe {
  return legal({
    ...recipe,
    order: 'unordered',
    loss: true,
    reliable: [],
    timing: 'asynchronous',
    bound: 'none',
  });
}

function violated(result: CheckResult): readonly string[] {
  return result.properties.flatMap(({ name, kind, verdict }) =>
    kind === 'reachable'
      ? verdict === 'holds'
        ? [name]
        : []
      : verdict === 'violated'
        ? [name]
        : [],
  );
}

describe('the fast search and the naive one agree', () => {
  it('on distinct, generated, depth, verdicts and the lengths of counterexamples', () => {
    let compared = 0;
    let withCrashes = 0;
    const kinds = new Set<string>();
    const orders = new Set<string>();
    let immediate = 0;
    let bounded = 0;
    fc.assert(
      fc.property(recipes, (recipe) => {
        const system = systemOf(recipe);
        const { scope } = recipe;
        const naive = naiveCheck(system, scope, limit);
        if (naive === undefined) return;
        compared++;
        if (scope.crashes > 0) withCrashes++;
        orders.add(recipe.order);
        const fast = check(system, {
          scope,
          reduce: false,
          stopAtViolation: false,
          maxStates: 2 * limit,
        });
        expect(fast.complete).toBe(true);
        expect([fast.distinct, fast.generated, fast.depth, fast.outside]).toEqual([
          naive.distinct,
          naive.generated,
          naive.depth,
          naive.outside,
        ]);
        for (const kind of naive.kinds) kinds.add(kind);
        expect(fast.levels.length).toBe(fast.depth);
        expect(fast.levels.reduce((sum, level) => sum + level, 0)).toBe(fast.distinct);
        if (naive.outside > 0) bounded++;
        expect([...violated(fast)].sort()).toEqual(
          [...Object.keys(naive.found), ...naive.impossible].sort(),
        );
        for (const { name, kind, counterexample } of fast.properties) {
          if (counterexample === undefined || kind === 'alwaysPossible') continue;
          const file = counterexample as RunFile;
          const expected = (naive.found[name] ?? -1) + (kind === 'transition' ? 1 : 0);
          // An immediate choice belongs to the step that opened it.
          const steps = file.decisions.filter(
            ({ decision }) => !(recipe.immediate && decision.type === 'choose'),
          );
          if (steps.length < file.decisions.length) immediate++;
          expect([name, steps.length]).toEqual([name, expected]);
          expect(replay(system, file).same).toBe(true);
        }
      }),
      { seed: 1, numRuns: runs },
    );
    // Guards against a generator that no longer makes small systems.
    expect(compared).toBeGreaterThan(runs / 3);
    expect(withCrashes).toBeGreaterThan(runs / 10);
    expect(orders.size).toBe(5);
    expect([...kinds]).toEqual(
      expect.arrayContaining(['failWrite and go on', 'failWrite', 'loseDisk', 'loseForce']),
    );
    expect(immediate).toBeGreaterThan(0);
    expect(bounded).toBeGreaterThan(0);
  });

  it('on verdicts also when dominated steps are left out', () => {
    let reduced = 0;
    fc.assert(
      fc.property(recipes, (recipe) => {
        const system = systemOf(lossy(recipe));
        const { scope } = recipe;
        // The property about messages in flight switches the reduction off; here it is left out.
        const blind = {
          ...system,
          properties: system.properties.filter(
            ({ name }: { readonly name: string }) => name !== 'no two in flight',
          ),
        };
        const naive = naiveCheck(blind, scope, limit);
        if (naive === undefined) return;
        const fast = check(blind, { scope, stopAtViolation: false, maxStates: 2 * limit });
        expect(fast.reduced).toBe(true);
        if (fast.distinct < naive.distinct) reduced++;
        expect([...violated(fast)].sort()).toEqual(
          [...Object.keys(naive.found), ...naive.impossible].sort(),
        );
      }),
      { seed: 2, numRuns: runs },
    );
    expect(reduced).toBeGreaterThan(0);
  });

  it('a predicate that looks at messages in flight switches the reduction off', () => {
    const [recipe] = fc.sample(recipes, { seed: 3, numRuns: 1 });
    if (recipe === undefined) throw new Error('no sample');
    const system = systemOf(lossy(recipe));
    expect(check(system, { scope: { crashes: 0 }, maxStates: 50 }).reduced).toBe(false);
  });
});
