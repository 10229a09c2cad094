/** What the built-in models say of each call, by porcupine's models of the same objects. */
import { describe, expect, test } from 'vitest';
import {
  type Call,
  checkHistory,
  describeOperation,
  kv,
  type Model,
  register,
  registerModel,
} from '../../src/histories/index.ts';

const nobodyKnows = undefined;
const call = (f: string, input: Call['input'], output: Call['output']): Call =>
  output === undefined ? { f, input } : { f, input, output };

describe('a register that holds 1', () => {
  test.each([
    ['read', null, 1, [1]],
    ['read', null, 2, []],
    ['read', null, null, []],
    ['read', null, nobodyKnows, [1]],
    ['write', 2, 2, [2]],
    ['write', 2, nobodyKnows, [2]],
    ['write', null, null, [null]],
    ['cas', [1, 2], true, [2]],
    ['cas', [3, 2], true, []],
    ['cas', [3, 2], false, [1]],
    ['cas', [1, 2], false, []],
    ['cas', [1, 2], nobodyKnows, [2]],
    ['cas', [3, 2], nobodyKnows, [1]],
  ] as const)('%s %j -> %j leads to %j', (f, input, output, states) => {
    expect(register.step(1, call(f, input, output))).toEqual(states);
  });
});

describe('a register', () => {
  test('holds null before the first write, or what it is given', () => {
    const read = { process: 0, f: 'read', output: null, invoked: 0, returned: 1 };
    expect(checkHistory([read], register).verdict).toBe('holds');
    expect(checkHistory([read], registerModel({ initial: 0 })).verdict).toBe('violated');
    expect(checkHistory([{ ...read, output: 0 }], registerModel({ initial: 0 })).verdict).toBe(
      'holds',
    );
  });

  test('takes a read of null as knossos does, if told so', () => {
    const lenient = registerModel({ nilIsUnknown: true });
    expect(lenient.step(1, call('read', null, null))).toEqual([1]);
    expect(lenient.step(1, call('read', null, 2))).toEqual([]);
  });

  test('compares values as data', () => {
    expect(register.step({ a: [1], b: 2 }, call('read', null, { b: 2, a: [1] }))).toHaveLength(1);
    expect(register.step('1', call('read', null, 1))).toEqual([]);
    expect(register.step([1], call('cas', [[1], 2], true))).toEqual([2]);
  });

  test('with keys is one register a key', () => {
    const of = (key: string, output: number) => [
      { process: 0, f: 'write', key, input: output, invoked: 0, returned: 1 },
      { process: 0, f: 'read', key, output, invoked: 2, returned: 3 },
    ];
    expect(checkHistory([...of('a', 1), ...of('b', 2)], register).verdict).toBe('holds');
  });
});

describe('a key-value store that holds "x"', () => {
  test.each([
    ['get', null, 'x', ['x']],
    ['get', null, '', []],
    ['get', null, nobodyKnows, ['x']],
    ['put', 'y', 'y', ['y']],
    ['append', 'y', nobodyKnows, ['xy']],
  ] as const)('%s %j -> %j leads to %j', (f, input, output, states) => {
    expect(kv.step('x', call(f, input, output))).toEqual(states);
  });
});

test('an operation in words', () => {
  const times = { process: 0, invoked: 0 };
  const words = [
    { ...times, f: 'read', input: null, output: 3, returned: 1 },
    { ...times, f: 'read', input: null, output: null, returned: 1 },
    { ...times, f: 'write', input: 4, output: 4, returned: 1 },
    { ...times, f: 'cas', key: 'x', input: [1, 2], output: false, returned: 1 },
    { ...times, f: 'write', input: 4 },
    { ...times, f: 'put', key: 'k', input: 'a'.repeat(100), returned: 1 },
  ].map(describeOperation);
  expect(words).toEqual([
    'read() -> 3',
    'read() -> null',
    'write(4)',
    'cas("x", [1,2]) -> false',
    'write(4) -> ?',
    `put("k", "${'a'.repeat(19)}...${'a'.repeat(36)}")`,
  ]);
});

test("a model's own words are those of the explanation", () => {
  const model: Model<number> = {
    name: 'constant',
    init: 1,
    step: (n, { output }) => (output === n ? [n] : []),
    describe: ({ process, output }) => `${process} saw ${output}`,
    stateKey: String,
  };
  const { explanation } = checkHistory(
    [{ process: 'ann', f: 'look', output: 2, invoked: 0, returned: 1 }],
    model,
  );
  expect(explanation?.sentence).toMatch(/^ann saw 2 of process ann has no place/);
});
