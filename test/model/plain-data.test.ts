/** Canonical text: by it states are merged or told apart, so it must say exactly what is equal. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Digest } from '../../src/model/digest.ts';
import { distance } from '../../src/model/edit-distance.ts';
import { suggestion } from '../../src/model/errors.ts';
import { canonical } from '../../src/model/plain-data.ts';

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, undefined, true, false, 0, 1, -1, 0.5, 1e21, '', '0', 'a', 'undefined'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '1', '10', 'a:b', '"', 'length'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}));

test('two values have the same canonical text exactly when they are deeply equal', () => {
  let equal = 0;
  fc.assert(
    fc.property(value, value, (a, b) => {
      const same = isDeepStrictEqual(a, b);
      if (same) equal++;
      expect(canonical(a) === canonical(b)).toBe(same);
    }),
    { seed: 21, numRuns: 6000 },
  );
  expect(equal).toBeGreaterThan(100);
});

test('the order of keys does not count', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.nat(3), { noNullPrototype: true }), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(canonical(reversed)).toBe(canonical(object));
    }),
    { seed: 22, numRuns: 300 },
  );
});

test('zero has one text, and an absent key is not an undefined one', () => {
  expect(canonical(-0)).toBe(canonical(0));
  expect(canonical({})).not.toBe(canonical({ a: undefined }));
});

class Point {
  readonly x = 1;
}

const refused: readonly (readonly [unknown, RegExp])[] = [
  [new Map(), /^context is a Map, which is not plain data; use an array or a plain object/],
  [new Set([1]), /is a Set/],
  [new Point(), /is a Point/],
  [{ at: [new Date(0)] }, /^context\.at\[0\] is a Date/],
  [Number.NaN, /^context is NaN.*finite number or null/],
  [Number.POSITIVE_INFINITY, /is Infinity/],
  [{ f: () => {} }, /^context\.f is a function.*keep functions/],
  [Symbol('s'), /is a symbol/],
  [10n, /is a bigint/],
];

test('what is not plain data is refused, with the path to it', () => {
  for (const [bad, sentence] of refused) expect(() => canonical(bad, 'context')).toThrow(sentence);
});

test('a context that contains itself is refused', () => {
  const circle: { inner?: unknown } = {};
  circle.inner = circle;
  expect(() => canonical(circle, 'context')).toThrow(/^context\.inner\.inner.*contains itself/);
});

test('a digest tells apart what differs in one place, and only that', () => {
  const digestOf = (data: unknown): string => {
    const digest = new Digest();
    digest.data(data);
    return digest.hex();
  };
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(digestOf(a)).toBe(digestOf(structuredClone(a)));
      if (JSON.stringify(a) !== JSON.stringify(b)) expect(digestOf(a)).not.toBe(digestOf(b));
    }),
    { seed: 23, numRuns: 3000 },
  );
});

test('a digest of long texts has all of its sixty-four bits', () => {
  // With the thirty-two bits of one text hash, so many texts would collide about ten times.
  const seen = new Set<string>();
  for (let i = 0; i < 300_000; i++) {
    const digest = new Digest();
    const scattered = Math.imul(i, 0x9e3779b1) >>> 0;
    digest.text(`key ${scattered.toString(36)} of ${i} ${(scattered % 9973).toString(7)}`);
    seen.add(digest.hex());
  }
  expect(seen.size).toBe(300_000);
});

test('numbers of any size and sign count with all their bits', () => {
  const numbers = [0, 1, -1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 0.1, 0.2, 0.1 + 0.2, 0.3, 1e-300];
  const digests = numbers.map((number) => {
    const digest = new Digest();
    digest.number(number);
    return digest.hex();
  });
  expect(new Set(digests).size).toBe(numbers.length);
});

test('an unknown name gets the nearest known one, or the list', () => {
  expect(suggestion('two-phase', ['two-phase-commit', 'raft'])).toBe(
    '; did you mean "two-phase-commit"?',
  );
  expect(suggestion('rfat', ['paxos', 'raft'])).toBe('; did you mean "raft"?');
  expect(suggestion('zzz', ['paxos', 'raft'])).toBe('; known are paxos, raft');
  expect(suggestion('zzz', [])).toBe('; there are none');
});

test('the edit distance is symmetric, zero only for equal texts, and knows the textbook example', () => {
  expect(distance('kitten', 'sitting')).toBe(3);
  expect(distance('chaso', 'chaos'), 'two letters changed places').toBe(1);
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      expect(distance(a, b)).toBe(distance(b, a));
      expect(distance(a, b) === 0).toBe(a === b);
      expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
    { seed: 24, numRuns: 500 },
  );
});
