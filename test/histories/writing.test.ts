/** What is written is what is read back, and others can read it too. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkHistory,
  type Operation,
  readHistory,
  writeHistory,
} from '../../src/histories/index.ts';
import { histories, subjects } from './random-histories.ts';
import { expected, modelOf, recorded, textOf } from './recorded.ts';

function again(operations: readonly Operation[]): readonly Operation[] {
  return readHistory(writeHistory(operations)).operations;
}

function inOrder(operations: readonly Operation[]): readonly Operation[] {
  return [...operations].sort((a, b) => a.invoked - b.invoked);
}

describe('a history comes back as it was written', () => {
  test.each(Object.keys(expected))('%s', (file) => {
    const operations = recorded(file);
    const back = again(operations);
    expect(again(back)).toEqual(back);
    expect(back.map(({ invoked: _, returned: __, ...what }) => what)).toEqual(
      operations.map(({ invoked: _, returned: __, ...what }) => what),
    );
    expect(checkHistory(back, modelOf(file)).steps).toBe(
      checkHistory(operations, modelOf(file)).steps,
    );
  });

  test.each(Object.entries(subjects))('random histories of a %s', (_, subject) => {
    const numRuns = 500;
    let exact = 0;
    fc.assert(
      fc.property(histories(subject), (random) => {
        // An answer of nothing to a call with an input is written as Jepsen does, by that input.
        const operations = inOrder(random).map((one) =>
          one.output === null && one.input !== null ? { ...one, output: one.input } : one,
        );
        const back = again(operations);
        const isKnown = operations.every(
          (one) => one.f !== 'cas' || one.returned === undefined || one.output !== undefined,
        );
        if (!isKnown) return;
        exact++;
        expect(back).toEqual(operations);
      }),
      { seed: 14_84, numRuns },
    );
    expect(exact).toBeGreaterThan(numRuns / 2);
  });

  test('with names, keywords, odd values and processes that go on after an open call', () => {
    const operations: readonly Operation[] = [
      {
        process: 'c1',
        f: 'write',
        key: ['a', 1],
        input: 'x "y"\n\\',
        output: 'ok',
        invoked: 0,
        returned: 1.5,
      },
      { process: 'c1', f: 'read', key: null, input: { ':k': [true, null] }, invoked: 2 },
      {
        process: 'c1',
        f: 'compare and swap',
        input: ':key',
        output: -0.5,
        invoked: 3,
        returned: 4,
      },
      { process: 0, f: 'write', input: 1, output: 2, invoked: 5, returned: 9 },
      { process: 0, f: 'write', input: 1, output: 2, invoked: 5, returned: 7 },
      { process: 3, f: 'cas', input: [1, 2], output: true, invoked: 6, returned: 7 },
      { process: 3, f: 'cas', input: [1, 2], output: false, invoked: 8, returned: 9 },
    ];
    expect(again(operations)).toEqual(operations);
  });
});

describe('the text', () => {
  const operations: readonly Operation[] = [
    { process: 'c', f: 'append', key: '0', input: 'x', invoked: 10, returned: 20 },
    { process: 'c', f: 'get', key: '0', output: 'x', invoked: 20, returned: 30 },
    { process: 'c', f: 'get', key: '0', invoked: 40 },
  ];

  test("is Jepsen's: numbered processes, calls before returns at one time, :info at the end", () => {
    expect(writeHistory(operations)).toBe(
      `{:process 0, :type :invoke, :f :append, :key "0", :value "x", :client "c", :time 10, :index 0}
{:process 1, :type :invoke, :f :get, :key "0", :value nil, :client "c", :time 20, :index 1}
{:process 0, :type :ok, :f :append, :key "0", :value "x", :client "c", :time 20, :index 2}
{:process 1, :type :ok, :f :get, :key "0", :value "x", :client "c", :time 30, :index 3}
{:process 1, :type :invoke, :f :get, :key "0", :value nil, :client "c", :time 40, :index 4}
{:process 1, :type :info, :f :get, :key "0", :value nil, :client "c", :time 40, :index 5}
`,
    );
  });

  test('of format porcupine has the lines of its own key-value histories, sign for sign', () => {
    const text = textOf('kv/c10-ok.txt');
    const { operations: read } = readHistory(text);
    expect(writeHistory(read, { format: 'porcupine' })).toBe(text);
    expect(writeHistory(operations, { format: 'porcupine' })).not.toContain('client');
  });

  test('of a read with an unknown answer has no value, and that of a cas is open', () => {
    const text = writeHistory([
      { process: 0, f: 'read', invoked: 0, returned: 1 },
      { process: 1, f: 'cas', input: [1, 2], invoked: 2, returned: 3 },
      { process: 1, f: 'cas', input: [2, 3], output: false, invoked: 4, returned: 5 },
    ]);
    expect(text).toContain('{:process 0, :type :ok, :f :read, :time 1, :index 1}');
    expect(text).toContain('{:process 1, :type :info, :f :cas, :value [1 2], :time 3, :index 3}');
    expect(text).toContain(
      '{:process 2, :type :fail, :f :cas, :value [2 3], :client 1, :error :precondition-failed, :time 5, :index 5}',
    );
  });
});
