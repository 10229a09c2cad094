/** The checker counts the states of Gray and Lamport's TwoPhase as published (two-phase.json). */
import { expect, test } from 'vitest';
import { check } from '../../src/checker/index.ts';
import { abstractTwoPhaseCommit } from '../../src/protocols/index.ts';
import { evaluate } from './formula.ts';
import published from './two-phase.json' with { type: 'json' };

const counted = (participants: number) =>
  check(abstractTwoPhaseCommit, { parameters: { participants } });

for (const { id, configuration, distinct, generated, depth } of published.rows)
  test(`${id}: ${distinct} distinct states with ${configuration}`, () => {
    const participants = Number(/\d+/.exec(configuration)?.[0]);
    expect(counted(participants)).toMatchObject({
      verdict: 'holds',
      complete: true,
      distinct,
      generated,
      depth,
    });
  });

test('other sizes follow the closed form', () => {
  const closed = published.rows.find((row) => 'closedForm' in row)?.closedForm;
  if (closed === undefined) throw new Error('two-phase.json holds no closed form');
  for (const n of [1, 4])
    expect(counted(n)).toMatchObject({
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
