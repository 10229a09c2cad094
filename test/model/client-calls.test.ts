/** Histories of clients that have several operations open, told apart by their calls. */
import { expect, test } from 'vitest';
import {
  type ClientHistory,
  emptyHistory,
  placedCalls,
  withMark,
} from '../../src/model/client-history.ts';

const historyOf = (...marks: readonly (readonly [name: string, call: string])[]): ClientHistory =>
  marks.reduce(
    (history, [name, call]) => withMark(history, { name, process: 'c', data: { call } }),
    emptyHistory,
  );

test('operations with calls are ordered by their answers alone, not by their client', () => {
  const placed = placedCalls(
    historyOf(['invoked', 'a'], ['invoked', 'b'], ['returned', 'b'], ['invoked', 'd']),
  );
  const byCall = new Map(placed.map((one) => [one.process, one]));
  expect(byCall.get('a')?.returned).toBeUndefined();
  expect(byCall.get('b')?.returned).toBeLessThan(byCall.get('d')?.invoked ?? 0);
  expect(placed).toHaveLength(3);
});

test('one that is asked again is the same operation, up to its first answer', () => {
  const once = historyOf(['invoked', 'a'], ['invoked', 'b'], ['returned', 'b'], ['returned', 'a']);
  const again = historyOf(
    ['invoked', 'a'],
    ['invoked', 'b'],
    ['returned', 'b'],
    ['invoked', 'a'],
    ['returned', 'a'],
    ['invoked', 'a'],
    ['returned', 'a'],
  );
  expect(again).toEqual(once);
  expect(() => historyOf(['returned', 'a'])).toThrow('has no operation open');
});
