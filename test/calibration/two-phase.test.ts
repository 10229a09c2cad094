/** TwoPhase at other sizes than the published ones: its closed form (state-counts.json). */
import { expect, test } from 'vitest';
import { check } from '../../src/index.ts';
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

test('the formulas are read as arithmetic', () => {
  expect(evaluate('2 * N + 1', { N: 3 })).toBe(7);
  expect(evaluate('2 + 3 * (n - 1) ** 2 ** 2 - 1', { n: 3 })).toBe(49);
  expect(() => evaluate('2 * M', { N: 1 })).toThrow('there is no M');
});
