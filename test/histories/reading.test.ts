/** What the readers make of each format, and the sentence for what is none. */
import { describe, expect, test } from 'vitest';
import { readForms } from '../../src/histories/edn.ts';
import {
  checkHistory,
  kv,
  type Operation,
  readHistory,
  register,
} from '../../src/histories/index.ts';

const log = (...lines: readonly string[]): string =>
  lines
    .map((line) => `INFO  jepsen.util - ${line.replaceAll(' ', '\t').replaceAll('_', ' ')}\n`)
    .join('');

function operations(text: string): readonly Operation[] {
  return readHistory(text, 'FILE').operations;
}

describe('an etcd log', () => {
  test('pairs a return with the open operation of its process; time is the line', () => {
    const text = log(
      '0 :invoke :write 4',
      '1 :invoke :read nil',
      '1 :ok :read nil',
      '0 :ok :write 4',
    );
    expect(readHistory(text).format).toBe('etcd-log');
    expect(operations(text)).toEqual([
      { process: 0, f: 'write', input: 4, output: 4, invoked: 0, returned: 3 },
      { process: 1, f: 'read', input: null, output: null, invoked: 1, returned: 2 },
    ]);
  });

  test('says by a failed cas that the value was another, and by a failed read nothing', () => {
    const text = log(
      '0 :invoke :cas [1_2]',
      '0 :fail :cas [1_2]',
      '0 :invoke :read nil',
      '0 :fail :read :timed-out',
    );
    expect(operations(text)).toEqual([
      { process: 0, f: 'cas', input: [1, 2], output: false, invoked: 0, returned: 1 },
    ]);
  });

  test('leaves open what ended in :info and what never ended', () => {
    const text = log('0 :invoke :cas [1_2]', '1 :invoke :write 3', '0 :info :cas :timed-out');
    expect(operations(text)).toEqual([
      { process: 0, f: 'cas', input: [1, 2], invoked: 0 },
      { process: 1, f: 'write', input: 3, invoked: 1 },
    ]);
  });

  test('passes over the nemesis, other parts of Jepsen and empty lines', () => {
    const text = `INFO  jepsen.core - Worker 3 starting\n\n${log(':nemesis :info :start nil', '0 :invoke :read nil', '0 :ok :read 3')}`;
    expect(operations(text).length).toBe(1);
    expect(readHistory(text).lines).toEqual([4]);
  });
});

describe('EDN maps', () => {
  const maps = [
    '{:process 0, :type :invoke, :f :append, :key "0", :value "x"}',
    '{:process :nemesis, :type :info, :f :start}',
    '{:process 0, :type :ok, :f :append, :key "0", :value "x"}',
    '{:process 1, :type :invoke, :f :get, :key "0", :value nil}',
  ];
  const read = [
    { process: 0, f: 'append', key: '0', input: 'x', output: 'x', invoked: 0, returned: 1 },
    { process: 1, f: 'get', key: '0', input: null, invoked: 2 },
  ];

  test.each([
    ['one a line', maps.join('\n')],
    ['one after the other', maps.join(' ')],
    ['in a vector', `; a comment\n[${maps.join('\n ')}]\n`],
    ['in a list', `(${maps.join(',')})`],
    ['with the tag of newer Jepsens', maps.map((map) => `#jepsen.history.Op${map}`).join('\n')],
    ['with discarded forms', `#_{:a 1} [${maps[0]} #_ :ignored ${maps.slice(1).join('')}]`],
  ])('%s', (_, text) => {
    expect(readHistory(text)).toMatchObject({ format: 'edn', operations: read });
  });

  test('know the line of each call', () => {
    expect(readHistory(`; one\n[${maps.join('\n\n')}]`).lines).toEqual([2, 8]);
  });

  test('leave out what failed, except a cas that compared in vain', () => {
    const failed = (error: string): string =>
      `{:process 0, :type :invoke, :f :cas, :value [1 2]}
       {:process 0, :type :fail, :f :cas, :value [1 2], :error ${error}}`;
    expect(operations(failed(':timed-out'))).toEqual([]);
    expect(operations(failed(':precondition-failed'))).toMatchObject([{ output: false }]);
  });

  test('have the times of the file where they tell its order, else the places', () => {
    const at = (...times: readonly number[]): string =>
      [':invoke', ':ok', ':invoke', ':ok']
        .map((type, index) => `{:process 0 :type ${type} :f :read :value 1 :time ${times[index]}}`)
        .join('\n');
    const times = (text: string) =>
      operations(text).map(({ invoked, returned }) => [invoked, returned]);
    expect(times(at(10, 20, 30, 40))).toEqual([
      [10, 20],
      [30, 40],
    ]);
    expect(times(at(10, 20, 15, 40))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    // Equal times would make the two concurrent, which the file says they are not.
    expect(times(at(10, 20, 20, 40))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(times(at(10, 10, 20, 20))).toEqual([
      [10, 10],
      [20, 20],
    ]);
  });

  test("read elle's transactions, keywords with their colons", () => {
    const text = `{:type :invoke, :f :txn, :value [[:append :x 1] [:r :y nil]], :process 0, :time 1, :index 0}
{:type :ok, :f :txn, :value [[:append :x 1] [:r :y [1 2]]], :process 0, :time 2, :index 1}`;
    expect(operations(text)).toEqual([
      {
        process: 0,
        f: 'txn',
        input: [
          [':append', ':x', 1],
          [':r', ':y', null],
        ],
        output: [
          [':append', ':x', 1],
          [':r', ':y', [1, 2]],
        ],
        invoked: 1,
        returned: 2,
      },
    ]);
  });
});

describe('JSON maps', () => {
  const call = '{"process":0,"type":"invoke","f":"read","value":null}';
  const answer = '{"process":0,"type":":ok","f":":read","value":{"a}":[1,"\\"{"]}}';
  const read = [
    { process: 0, f: 'read', input: null, output: { 'a}': [1, '"{'] }, invoked: 0, returned: 1 },
  ];

  test.each([
    ['one a line', `${call}\n${answer}\n`],
    ['in a list', `[\n  ${call},\n  ${answer}\n]`],
    ['with the nemesis', `[{"process":"nemesis","type":"info","f":"x"},${call},${answer}]`],
  ])('%s', (_, text) => {
    expect(readHistory(text)).toMatchObject({ format: 'json', operations: read });
  });

  test('may name their processes', () => {
    expect(operations(call.replace('0', '"client-a"'))[0]?.process).toBe('client-a');
  });
});

test('EDN values', () => {
  const text = `nil true -1 +2 3.5 1e3 7N 2.5M "a\\n\\u00e9\\"" :k :a/b [] (1 [2]) {:a 1, "b" {}} #{3 1 2}`;
  expect(readForms(text, 'FILE').map(({ value }) => value)).toEqual([
    null,
    true,
    -1,
    2,
    3.5,
    1000,
    7,
    2.5,
    'a\né"',
    ':k',
    ':a/b',
    [],
    [1, [2]],
    { ':a': 1, b: {} },
    [1, 2, 3],
  ]);
});

const invoke = '{:process 0, :type :invoke, :f :read, :value nil}';

describe('a wrong history is told by its line and its value', () => {
  test.each([
    ['', /^FILE is empty/],
    ['; only a comment\n', /^FILE is empty/],
    ['hello there', /^FILE starts with "hello there", which is no known format/],
    ['[]', /^FILE has no operation of a client/],
    ['{:process :nemesis :type :info :f :x}', /^FILE has no operation of a client/],
    [log('0 :invoke :read nil', '0 :done :read 1'), /line 2: the type is :done; known are invoke/],
    [
      log('0 :invoke :read nil', 'x :ok :read 1'),
      /line 2: the process is "x"; it must be a number/,
    ],
    [log('0 :invoke :read nil', '0 :ok :read bad'), /line 2: bad is no value/],
    [log('0 :invoke :read nil', '0 :ok :read 1_2'), /line 2: "1 2" is no value/],
    [`${log('0 :invoke :read nil')}garbage`, /line 2: "garbage" is no event/],
    [log('0 :ok :read 1', '0 :invoke :read nil'), /line 1: process 0 ends a read with :ok, but/],
    [
      log('0 :invoke :read nil', '0 :invoke :read nil'),
      /line 2: process 0 invokes read while its read of line 1 is open/,
    ],
    [
      log('0 :invoke :read nil', '0 :ok :write 1'),
      /line 2: process 0 ends a write, but what it has open is the read of line 1/,
    ],
    [`${invoke}\n7`, /line 2: 7 is no operation; it must be a map/],
    [`${invoke}\n{:process 0, :f :read}`, /line 2: :type is missing/],
    [
      `${invoke}\n{:process 0, :type :okay, :f :read}`,
      /line 2: :type is ":okay"; did you mean "ok"/,
    ],
    [`${invoke}\n{:process [0], :type :ok, :f :read}`, /line 2: :process is \[0\]; it must be/],
    [`${invoke}\n{:process 0, :type :ok, :f 7}`, /line 2: :f is 7; it must be a name/],
    [
      `${invoke}\n{:process 0, :type :ok, :f :read, :time "x"}`,
      /line 2: :time is "x"; it must be a number/,
    ],
    [`${invoke}\n{:process 0, :type :ok, :f :read`, /line 2: "}" is missing/],
    [`[${invoke}`, /line 1: "\]" is missing; the file may be cut off/],
    [`[${invoke}] 7`, /line 1: 7 follows the end of the history/],
    [`${invoke}\n{:process 0, :type}`, /line 2: a map has a key without a value/],
    [`${invoke}\n{:f :read, :f :read}`, /line 2: a map has the key :f twice/],
    [`${invoke}\n{:process 0, :value "open}`, /line 2: a text has no end/],
    [`${invoke}\n{:value "\\q"}`, /line 2: a text has the unknown escape \\q/],
    [`${invoke}\n{:value 12345678901234567890}`, /line 2: 12345678901234567890 is beyond 2\^53/],
    [`${invoke}\n{:value 1e999}`, /line 2: 1e999 is beyond 2\^53/],
    [`${invoke}\n)`, /line 2: "\)" closes nothing/],
    [`${invoke}\n{:value what}`, /line 2: what is no value/],
    [
      `{:process 0 :type :invoke :f :get :key 1}\n{:process 0 :type :ok :f :get :key 2}`,
      /line 2: process 0 ends a get of key 2, but line 1 has 1/,
    ],
    [
      '{"process":0,"type":"invoke","f":"read"}\n{"process":0,}',
      /line 2: "{"process":0,}" is no JSON/,
    ],
    ['[{"process":0,"type":"invoke","f":"read"},\n oops]', /line 2: "oops]" is no operation/],
  ])('%#: %s', (text, says) => {
    let said = '';
    try {
      readHistory(text, 'FILE');
    } catch (error) {
      expect((error as Error).name).toBe('UserMistake');
      said = (error as Error).message;
    }
    expect(said).toMatch(says);
    expect(said).toMatch(/^[^\n]+$/);
  });
});

test('a history that nests without end is refused before the stack is full', () => {
  expect(() => readHistory('(\n'.repeat(5000), 'FILE')).toThrow(
    /^FILE line 502: it nests more than 500 deep$/,
  );
});

describe('an operation that the model cannot have is refused', () => {
  const call = { process: 0, f: 'read', invoked: 0, returned: 1 };

  test.each([
    [
      register,
      { ...call, f: 'wriet', input: 1 },
      /^operation 1, wriet\(1\): model "register" has no operation "wriet"; did you mean "write"/,
    ],
    [register, { ...call, f: 'cas', input: 3 }, /takes \[expected, new\] in a cas, not 3/],
    [kv, { ...call, f: 'get' }, /"kv" needs a key for every get/],
    [kv, { ...call, f: 'put', key: 'x', input: 3 }, /takes a text in a put, not 3/],
    [kv, { ...call, f: 'get', key: 'x', output: null }, /answers a get with a text, not null/],
    [register, { ...call, returned: -1 }, /it returned at -1, before it was invoked at 0/],
    [register, { ...call, invoked: Number.NaN }, /invoked is NaN; it must be a number/],
  ])('%#', (model, operation, says) => {
    expect(() => checkHistory([operation], model as typeof register)).toThrow(says);
  });

  test('and what is no model too', () => {
    const check = (model: unknown) => () => checkHistory([], model as typeof register);
    expect(check(7)).toThrow(/the model is no object; a model is \{ name, init, step/);
    expect(check({ name: 'x', init: 0 })).toThrow(/has no function step/);
    expect(check({ name: 'x', step: () => [] })).toThrow(/has no init/);
    expect(check({ name: 'x', init: 0, step: () => [], key: 'k' })).toThrow(
      /a key that is no function/,
    );
    const list = { name: 'x', init: 0, step: () => 5 };
    expect(() => checkHistory([call], list as never)).toThrow(/step returned number for read\(\)/);
    const nan = { name: 'x', init: 0, step: () => [Number.NaN] };
    expect(() => checkHistory([call], nan)).toThrow(/a state of model "x" is NaN/);
  });

  test('a step that changes its state throws, instead of changing the past', () => {
    const careless = {
      name: 'careless',
      init: [0],
      step: (items: number[]) => {
        items.push(1);
        return [items];
      },
    };
    expect(() => checkHistory([call], careless)).toThrow(TypeError);
  });
});
