/** The search is believed because trying every order, by the definition, says the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkHistory, type Operation } from '../../src/histories/index.ts';
import { Search } from '../../src/histories/search.ts';
import { isLegal, naiveCheck } from './naive.ts';
import { histories, subjects } from './random-histories.ts';

const numRuns = 1500;

describe.each(Object.entries(subjects))('random histories of a %s', (name, subject) => {
  const { model } = subject;

  test('have the verdict that trying every order gives', () => {
    const seen = { holds: 0, violated: 0, unknown: 0, pending: 0 };
    fc.assert(
      fc.property(histories(subject), (operations) => {
        const { verdict } = checkHistory(operations, model);
        seen[verdict]++;
        if (operations.some(({ returned }) => returned === undefined)) seen.pending++;
        expect(verdict).toBe(naiveCheck(operations, model) ? 'holds' : 'violated');
      }),
      { seed: 14_81, numRuns },
    );
    // Else the agreement would say little.
    expect(seen.holds, name).toBeGreaterThan(numRuns / 10);
    expect(seen.violated, name).toBeGreaterThan(numRuns / 10);
    expect(seen.pending, name).toBeGreaterThan(numRuns / 3);
    expect(seen.unknown, name).toBe(0);
  });

  test('are explained by legal orders, and by the shortest prefix without one', () => {
    fc.assert(
      fc.property(histories(subject), (operations) => {
        const { verdict, explanation, partitions } = checkHistory(operations, model);
        for (const { linearization } of partitions) {
          const order = linearization.map(({ operation }) => operation);
          expect(new Set(order).size).toBe(order.length);
          expect(isLegal(order, model)).toBe(true);
          expect(statesAreReal(linearization, model)).toBe(true);
        }
        if (verdict === 'holds') {
          const answered = operations.filter(({ returned }) => returned !== undefined);
          const placed = partitions.flatMap(({ linearization }) => linearization);
          expect(placed.map(({ operation }) => operation)).toEqual(
            expect.arrayContaining(answered),
          );
          return;
        }
        if (explanation === undefined) throw new Error('a violation without an explanation');
        const { blocked, key, prefix } = explanation;
        const own = operations.filter((one) => model.key?.(one) === key);
        const end = blocked.returned as number;
        expect(naiveCheck(cut(own, end, true), model)).toBe(false);
        expect(naiveCheck(cut(own, end, false), model)).toBe(true);
        expect(prefix).toBe(cut(own, end, true).length);
        const named = [...explanation.linearization.map(({ operation }) => operation), blocked];
        expect(new Set([...named, ...explanation.open]).size).toBe(prefix);
        expect(named.length + explanation.open.length).toBe(prefix);
      }),
      { seed: 14_82, numRuns: numRuns / 3 },
    );
  });

  test('are searched the same way step by step as at one go', () => {
    fc.assert(
      fc.property(histories(subject), (operations) => {
        const whole = new Search(model, operations);
        const slow = new Search(model, operations);
        whole.run(1_000_000);
        while (slow.progress === 'open') slow.run(1);
        expect(slow.progress).toBe(whole.progress);
        expect(slow.steps).toBe(whole.steps);
        expect(slow.furthest).toEqual(whole.furthest);
      }),
      { seed: 14_83, numRuns: numRuns / 3 },
    );
  });
});

/**
 * The history up to a moment; what returns then counts as answered or not. What is still open keeps the
 * answer that it is going to give.
 */
function cut(
  operations: readonly Operation[],
  at: number,
  isIncluded: boolean,
): readonly Operation[] {
  return operations
    .filter(({ invoked }) => invoked <= at)
    .map((operation) => {
      const { returned, ...call } = operation;
      const isKnown = returned !== undefined && (isIncluded ? returned <= at : returned < at);
      return isKnown ? operation : call;
    });
}

/** Each state is one to which the model leads from the state before. */
function statesAreReal(
  linearization: readonly { readonly operation: Operation; readonly state: unknown }[],
  model: (typeof subjects)[string]['model'],
): boolean {
  return linearization.every(({ operation, state }, index) => {
    const before = index === 0 ? model.init : linearization[index - 1]?.state;
    return model.step(before, operation).some((next) => String(next) === String(state));
  });
}
