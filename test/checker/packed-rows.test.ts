/** The set of packed rows against a plain set: growing, widening, new columns, and rows taken back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackedRows, type Store } from '../../src/checker/packed-rows.ts';

/** A state as its columns; a column that came later is zero in what came before. */
const keyOf = (values: readonly number[]): string => values.join().replace(/(,0)+$/, '');

/** Adds these states, taking back those that `isRefused`; each state is then there once. */
function fill(
  rows: PackedRows,
  states: readonly (readonly number[])[],
  isRefused: (at: number) => boolean,
) {
  const known = new Map<string, number>();
  for (const [at, values] of states.entries()) {
    rows.reset();
    for (let column = 0; column < values.length; column++) {
      while (rows.columns <= column) rows.addColumn();
      rows.set(column, values[column] as number);
    }
    const key = keyOf(values);
    const before = known.get(key);
    const added = rows.add();
    if (before !== undefined) expect(added).toBe(-1 - before);
    else if (isRefused(at)) {
      expect(added).toBe(known.size);
      rows.removeLast();
    } else {
      expect(added).toBe(known.size);
      known.set(key, added);
    }
    rows.reset();
    for (let column = 0; column < rows.columns; column++) rows.set(column, 0);
  }
  expect(rows.size).toBe(known.size);
  return known;
}

test.each<Store>(['exact', 'fingerprints'])(
  '%s: finds again what it has, and nothing else',
  (store) => {
    const states = fc.array(
      fc.oneof(
        fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }),
        fc.array(fc.nat(70_000), { minLength: 3, maxLength: 9 }),
      ),
      { minLength: 50, maxLength: 400, size: 'max' },
    );
    fc.assert(
      fc.property(states, fc.nat(5), (list, every) => {
        const rows = new PackedRows(3, store);
        fill(rows, list, (at) => every > 0 && at % (every + 1) === 0);
      }),
      { seed: 8, numRuns: 60 },
    );
  },
);

test('a row may be taken back at the moment at which the table grows', () => {
  for (let round = 1; round <= 40; round++) {
    // Between two states comes one that is refused, so that one is refused at every size.
    const list = Array.from({ length: 6000 }, (_, i) => [i % 2 === 0 ? i + 100_000 : i, round, 1]);
    const rows = new PackedRows(3);
    const known = fill(rows, list, (at) => at % 2 === 0);
    for (const [key, index] of known) {
      rows.reset();
      for (const [column, value] of key.split(',').entries()) rows.set(column, Number(value));
      const found = rows.add();
      if (found !== -1 - index) expect.fail(`${key} was ${index} and is ${found}`);
      rows.reset();
      for (let column = 0; column < 3; column++) rows.set(column, 0);
    }
  }
});

test('exact rows are read back as they were written', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.array(fc.nat(100_000), { minLength: 2, maxLength: 6 }), {
        maxLength: 100,
        selector: keyOf,
      }),
      (list) => {
        const rows = new PackedRows(2);
        fill(rows, list, () => false);
        for (const [index, values] of list.entries()) {
          const read = [...rows.values(index)];
          expect(keyOf(read)).toBe(keyOf(values));
          for (const [column, value] of values.entries())
            expect(rows.value(index, column)).toBe(value);
        }
      },
    ),
    { seed: 9, numRuns: 60 },
  );
});
