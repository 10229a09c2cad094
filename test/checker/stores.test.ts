/** What is kept of a state, and which state comes next, changes neither verdicts nor counts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnySystem,
  type CheckOptions,
  type CheckResult,
  check,
  type RunFile,
  replay,
  UserMistake,
} from '../../src/index.ts';
import { tcommit } from '../../src/protocols/calibration/tcommit.ts';
import { builtInSystem, twoPhaseCommit } from '../../src/protocols/index.ts';
import { abstractTwoPhaseCommit } from '../../src/protocols/two-phase-commit/abstract.ts';
import { sized } from '../sizes.ts';
import { recipes, systemOf } from './random-systems.ts';

const others: readonly Pick<CheckOptions, 'store' | 'order'>[] = [
  { store: 'fingerprints', order: 'breadth-first' },
  { store: 'exact', order: 'depth-first' },
  { store: 'fingerprints', order: 'depth-first' },
];

function findings({ distinct, generated, outside, merged, properties }: CheckResult) {
  const verdicts = properties.map(({ name, verdict, exercised }) => [name, verdict, exercised]);
  return { distinct, generated, outside, merged, verdicts };
}

describe('every store and order', () => {
  it('finds the same on random systems, and its counterexamples are runs', () => {
    let violated = 0;
    fc.assert(
      fc.property(recipes, (recipe) => {
        const system = systemOf(recipe);
        const asked = { scope: recipe.scope, stopAtViolation: false, maxStates: 2000 };
        const exact = check(system, asked);
        if (!exact.complete) return;
        for (const other of others) {
          const result = check(system, { ...asked, ...other });
          expect(findings(result)).toEqual(findings(exact));
          if (other.order === 'breadth-first') expect(result.levels).toEqual(exact.levels);
          for (const [index, { counterexample }] of result.properties.entries()) {
            if (counterexample === undefined) continue;
            violated++;
            const file = counterexample as RunFile;
            expect(replay(system, file).same).toBe(true);
            const shortest = exact.properties[index]?.counterexample as RunFile;
            if (other.order === 'breadth-first')
              expect(file.decisions.length).toBe(shortest.decisions.length);
            else expect(file.decisions.length).toBeGreaterThanOrEqual(shortest.decisions.length);
          }
        }
      }),
      { seed: 11, numRuns: sized(150, 80) },
    );
    expect(violated).toBeGreaterThan(sized(100, 50));
  });

  it.each(others)('$store, $order: the published count of two-phase commit', (other) => {
    const result = check(abstractTwoPhaseCommit, { parameters: { participants: 5 }, ...other });
    expect([result.verdict, result.distinct, result.generated]).toEqual(['holds', 8832, 58_146]);
  });

  it.each(others)('$store, $order: what blocks two-phase commit, in the real relation', (other) => {
    const system = builtInSystem('two-phase-commit/non-blocking') as AnySystem;
    const result = check(system, { parameters: { participants: 1 }, ...other });
    const { verdict, counterexample } =
      result.properties.find(({ name }) => name === 'non-blocking') ?? {};
    expect(verdict).toBe('violated');
    expect(replay(system, counterexample as RunFile).same).toBe(true);
  });
});

describe('fingerprints', () => {
  it('tell the odds of an omission, n squared over two to the 65th', () => {
    const asked = { parameters: { participants: 5 } };
    expect(check(abstractTwoPhaseCommit, asked).omission).toBeUndefined();
    const { omission } = check(abstractTwoPhaseCommit, { ...asked, store: 'fingerprints' });
    expect(omission).toBeCloseTo(8832 ** 2 / 2 ** 65, 20);
  });

  it('are refused where states are canonical texts, and where several paths are asked for', () => {
    expect(() => check(tcommit, { store: 'fingerprints' })).toThrow(UserMistake);
    expect(() => check(twoPhaseCommit, { store: 'fingerprints', counterexamples: 2 })).toThrow(
      /several counterexamples/,
    );
  });
});
