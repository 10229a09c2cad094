/** Good histories with one falsehood in them: each must be found. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../src/histories/index.ts';
import { expected, recorded, verdictOf } from './recorded.ts';

const good = Object.keys(expected).filter((file) => expected[file] === 'linearizable');
const kvFiles = good.filter((file) => file.startsWith('kv/'));
const etcdFiles = good.filter((file) => file.startsWith('etcd/'));

describe('a key-value history in which', () => {
  test.each(kvFiles)('two gets of a key swapped their answers is violated: %s', (file) => {
    const operations = recorded(file);
    // Texts there only grow, so that a later get cannot answer what an earlier one answered.
    const pairs = operations.flatMap((early, first) =>
      operations.flatMap((late, second) =>
        early.f === 'get' &&
        late.f === 'get' &&
        early.key === late.key &&
        early.output !== late.output &&
        (early.returned ?? Infinity) < late.invoked
          ? [[first, second] as const]
          : [],
      ),
    );
    const tried = spread(pairs, 60);
    expect(tried.length).toBeGreaterThan(5);
    for (const [first, second] of tried) {
      const swapped = [...operations];
      const [early, late] = [operations[first] as Operation, operations[second] as Operation];
      swapped[first] = { ...early, output: late.output };
      swapped[second] = { ...late, output: early.output };
      expect(verdictOf(file, swapped)).toBe('violated');
    }
  });

  test.each(kvFiles)('an append that was seen is dropped is violated: %s', (file) => {
    const operations = recorded(file);
    // Every text is appended once.
    const seen = operations.filter(
      ({ f, key, input }) =>
        f === 'append' &&
        operations.some((one) => one.key === key && one.f === 'get' && holds(one.output, input)),
    );
    const tried = spread(seen, 60);
    expect(tried.length).toBeGreaterThan(5);
    for (const dropped of tried) {
      const rest = operations.filter((one) => one !== dropped);
      expect(verdictOf(file, rest)).toBe('violated');
    }
  });
});

describe('a register history in which', () => {
  test.each(etcdFiles)('a read answers what nobody wrote is violated: %s', (file) => {
    const operations = recorded(file);
    const reads = operations.filter(({ f, output }) => f === 'read' && output !== undefined);
    expect(reads.length).toBeGreaterThan(0);
    for (const read of spread(reads, 10)) {
      const changed = operations.map((one) => (one === read ? { ...one, output: 9 } : one));
      expect(verdictOf(file, changed)).toBe('violated');
    }
  });

  test.each(etcdFiles)('all writes and all successful cas of a value are dropped: %s', (file) => {
    const operations = recorded(file);
    const read = operations.find(({ f, output }) => f === 'read' && typeof output === 'number');
    if (read === undefined) throw new Error(`${file} has no read that answers a number`);
    const rest = operations.filter(({ f, input }) => {
      const written = f === 'write' ? input : f === 'cas' ? (input as readonly number[])[1] : null;
      return written !== read.output;
    });
    expect(rest.length).toBeLessThan(operations.length);
    expect(verdictOf(file, rest)).toBe('violated');
  });
});

/** So many of the list, from all over it. */
function spread<T>(list: readonly T[], many: number): readonly T[] {
  const stride = Math.max(1, Math.floor(list.length / many));
  return list.filter((_, index) => index % stride === 0);
}

function holds(text: Operation['output'], part: Operation['input']): boolean {
  return typeof text === 'string' && typeof part === 'string' && text.includes(part);
}
