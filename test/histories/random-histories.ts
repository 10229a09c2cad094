/** Small models, and small random histories of them, so that every order can be tried. */
import fc from 'fast-check';
import { kv, type Model, type Operation, register } from '../../src/histories/index.ts';

/** Grows by one or by two with each roll, nobody knows by which. */
const dice: Model<number> = {
  name: 'dice',
  init: 0,
  step: (n, { f, output }) => {
    if (f === 'roll') return [n + 1, n + 2];
    return output === undefined || output === n ? [n] : [];
  },
};

/** A register that may keep a write, lose it, or forget everything. */
const sieve: Model<number> = {
  name: 'sieve',
  init: 0,
  step: (value, { f, input, output }) => {
    if (f === 'write') return [value, input as number, 0];
    return output === undefined || output === value ? [value] : [];
  },
};

/** First in, first out; taking from the empty queue answers null. */
const queue: Model<readonly number[]> = {
  name: 'queue',
  init: [],
  step: (items, { f, input, output }) => {
    if (f === 'put') return [[...items, input as number]];
    const [first = null, ...rest] = items;
    return output === undefined || output === first ? [rest] : [];
  },
};

type What = Pick<Operation, 'f' | 'key' | 'input' | 'output'>;

const small = fc.integer({ min: 0, max: 2 });
const letter = fc.constantFrom('a', 'b');
const of = (f: string, input: fc.Arbitrary<What['input']>, output: fc.Arbitrary<What['output']>) =>
  fc.record({ f: fc.constant(f), input, output });
const nothing = fc.constant(null);

/** A model of any state, and what may be called on it. */
interface Subject {
  readonly model: Model<unknown>;
  readonly calls: fc.Arbitrary<What>;
}

export const subjects: Readonly<Record<string, Subject>> = {
  register: {
    model: register,
    calls: fc.oneof(
      of('read', nothing, fc.oneof(small, nothing)),
      of('write', small, nothing),
      of('cas', fc.tuple(small, small), fc.constantFrom(true, false, undefined)),
    ),
  },
  kv: {
    model: kv,
    calls: fc
      .tuple(
        fc.constantFrom('x', 'y'),
        fc.oneof(
          of('get', nothing, fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'aa')),
          of('put', letter, nothing),
          of('append', letter, nothing),
        ),
      )
      .map(([key, what]) => ({ ...what, key })),
  },
  dice: {
    model: dice,
    calls: fc.oneof(
      of('roll', nothing, nothing),
      of('read', nothing, fc.integer({ min: 0, max: 5 })),
    ),
  },
  sieve: {
    model: sieve,
    calls: fc.oneof(of('write', small, nothing), of('read', nothing, small)),
  },
  queue: {
    model: queue,
    calls: fc.oneof(of('put', small, nothing), of('take', nothing, fc.oneof(small, nothing))),
  },
};

/** At most six operations in a dozen moments; one in five is never answered. */
export function histories({ calls }: Subject): fc.Arbitrary<readonly Operation[]> {
  const lasting = fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 6 }), weight: 4 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  );
  const operation = fc
    .tuple(calls, fc.nat(3), fc.nat(12), lasting)
    .map(([{ output, ...what }, process, invoked, lasts]): Operation => {
      const call = { process, ...what, invoked };
      if (lasts === undefined) return call;
      const returned = invoked + lasts;
      return output === undefined ? { ...call, returned } : { ...call, output, returned };
    });
  return fc.array(operation, { minLength: 1, maxLength: 6 });
}
