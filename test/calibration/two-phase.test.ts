/** TwoPhase at other sizes than the published ones: its closed form (state-counts.json). */
import { expect, test } from 'vitest';
import { check } from '../../src/index.ts';
import { twoPhase } from '../../src/protocols/calibration/index.ts';
import { abstractTwoPhaseCommit } from '../../src/protocols/index.ts';
import { published, rowOf } from './counts.ts';
import { evaluate } from './formula.ts';

test('other sizes follow the closed form', () => {
  const closed = rowOf(published, 'two-phase-rm3').closedForm;
  if (closed === undefined) throw new Error('state-counts.json holds no closed form');
  for (const n of [1, 4, 6])
    expect(check(abstractTwoPhaseCommit, { parameters: { participants: n } })).toMatchObject({
      distinct: evaluate(closed.distinct, { n }),
      generated: evaluate(closed.generated, { n }),
      depth: evaluate(closed.depth, { n }),
    });
});

for (const [participants, id] of [3, 4, 5].map((n) => [n, `two-phase-orbits-rm${n}`] as const))
  test(`${participants} resource managers, exchangeable: the orbits of ${id}`, () => {
    const { distinct, generated, depth, statesPerLevel } = rowOf(published, id);
    const options = { parameters: { participants }, symmetry: true };
    // That each step refines TCommit is asked of all versions of a step, which takes its time with five.
    for (const system of participants < 5
      ? [abstractTwoPhaseCommit, twoPhase]
      : [abstractTwoPhaseCommit])
      expect(check(system, options)).toMatchObject({
        ...{ distinct, generated, depth, levels: statesPerLevel },
        verdict: 'holds',
        symmetry: [Array.from({ length: participants }, (_, i) => `rm${i + 1}`)],
      });
  });

test('the formulas are read as arithmetic', () => {
  expect(evaluate('2 * N + 1', { N: 3 })).toBe(7);
  expect(evaluate('2 + 3 * (n - 1) ** 2 ** 2 - 1', { n: 3 })).toBe(49);
  expect(() => evaluate('2 * M', { N: 1 })).toThrow('there is no M');
});
