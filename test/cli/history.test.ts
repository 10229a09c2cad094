/** `history`: verdicts of recorded histories as text, as JSON and as exit codes; and wrong calls. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkHistory } from '../../src/histories/index.ts';
import { expected, modelOf, recorded } from '../histories/recorded.ts';
import { counterpoint, folderWith, words } from './terminal.ts';

const data = 'test/histories/data';
const stale = `{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 1, :type :ok, :f :read, :value nil}
`;

const folder = folderWith({
  'stale.edn': stale,
  'good.edn': stale.replace(':ok, :f :read, :value nil', ':ok, :f :read, :value 1'),
  'rolls.json':
    '[{"process":0,"type":"invoke","f":"roll"},{"process":0,"type":"ok","f":"roll"},{"process":0,"type":"invoke","f":"read"},{"process":0,"type":"ok","f":"read","value":7}]',
  'dice.ts': `
    export const model = {
      name: 'dice', init: 0,
      step: (n: number, { f, output }: { f: string; output?: unknown }) =>
        f === 'roll' ? [1, 2, 3, 4, 5, 6].map((one) => n + one) : output === n ? [n] : [],
    };
  `,
  'nothing.ts': 'export const mine = 1;',
  'no-step.mjs': 'export const model = { name: "x", init: 0 };',
  'number.mjs': 'export const model = { name: "x", init: 0, step: () => 5 };',
  'thrower.ts':
    'export const model = { name: "x", init: 0, step: () => { throw new Error("no dice"); } };',
  'syntax.ts': 'export const model = {{{;',
  'note.txt': 'hello',
  'empty.edn': '',
  'bad.edn': `${stale}{:process 0, :type :okay, :f :read}`,
  'cut.edn': `[${stale}`,
  'wrong-word.edn': stale.replaceAll(':write', ':wriet'),
});
mkdirSync(join(folder.path, 'sub'));
afterAll(() => folder.remove());

describe('history', () => {
  test.each([
    ['etcd/etcd_000.log', 'register', 1],
    ['etcd/etcd_018.log', 'register', 0],
    ['kv/c10-ok.txt', 'kv', 0],
    ['kv/c10-bad.txt', 'kv', 1],
  ])(
    '%s with model %s ends with %i and says in JSON what the library says',
    async (file, model, exit) => {
      const { code, out, err } = await counterpoint([
        'history',
        `${data}/${file}`,
        '--model',
        model,
        '--json',
      ]);
      expect({ code, err }).toEqual({ code: exit, err: '' });
      const { partitions: _, ...library } = checkHistory(recorded(file), modelOf(file));
      expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(library)));
      expect(library.verdict).toBe(expected[file] === 'linearizable' ? 'holds' : 'violated');
    },
  );

  test('is unknown, exit 3, when the steps are spent', async () => {
    const { code, out } = await counterpoint(
      words(`history ${data}/etcd/etcd_002.log --model register --max-steps 1000`),
    );
    expect(code).toBe(3);
    expect(out).toContain('unknown: the steps were spent');
    expect(out).toContain('1,000 steps tried');
  });

  test('tells the operation without a place with its line, and the order before it', async () => {
    const { code, out } = await counterpoint([
      'history',
      folder.file('stale.edn'),
      '--model',
      'register',
    ]);
    expect(code).toBe(1);
    expect(out).toContain('violated: not linearizable');
    expect(out).toMatch(/1 +1 +0 +write\(1\) +1\n/);
    expect(out).toMatch(/3 +1 +read\(\) -> null +has no place/);
  });

  test('reads standard input, and a model of the user that is not deterministic', async () => {
    const seven = await counterpoint([
      'history',
      folder.file('rolls.json'),
      '--model',
      folder.file('dice.ts'),
    ]);
    expect(seven).toMatchObject({ code: 1, err: '' });
    const line = ['history', '-', '--model', folder.file('dice.ts'), '--json'];
    const rolls = `[{"process":0,"type":"invoke","f":"roll"},{"process":0,"type":"ok","f":"roll"},
      {"process":0,"type":"invoke","f":"roll"}, {"process":1,"type":"invoke","f":"read"},
      {"process":1,"type":"ok","f":"read","value":12}]`;
    const twelve = await counterpoint(line, { input: rolls });
    expect(twelve.code).toBe(0);
    expect(JSON.parse(twelve.out)).toMatchObject({
      model: 'dice',
      operations: 3,
      verdict: 'holds',
    });
  });
});

/** `%` is the folder. */
const wrong: readonly (readonly [string, RegExp])[] = [
  ['history', /`history` needs a history FILE, or - for standard input/],
  ['history %/good.edn', /checked against a model; add --model register/],
  ['history %/good.edn --model', /--model .*needs a value/],
  ['history %/good.edn --model registre', /unknown model "registre"; did you mean "register"\?/],
  ['history %/good.edn --model constructor', /unknown model "constructor"; known are register, kv/],
  ['history %/good.edn --model %/missing.ts', /missing.ts cannot be read: there is no such file/],
  ['history %/good.edn --model %/note.txt', /note.txt is no module; a model is in a file/],
  ['history %/good.edn --model %/nothing.ts', /does not export `model` \(it exports mine\)/],
  ['history %/good.edn --model %/no-step.mjs', /the model of .*no-step.mjs has no function step/],
  ['history %/good.edn --model %/number.mjs', /model "x": step returned number for write\(1\)/],
  ['history %/good.edn --model %/thrower.ts', /thrower.ts threw.*: no dice/],
  ['history %/good.edn --model %/syntax.ts', /syntax.ts cannot be loaded: line 1: /],
  ['history %/missing.edn --model register', /missing.edn cannot be read: there is no such file/],
  ['history %/sub --model register', /sub cannot be read: it is a folder/],
  ['history %/empty.edn --model register', /empty.edn is empty/],
  ['history %/note.txt --model register', /note.txt starts with "hello", which is no known format/],
  ['history %/bad.edn --model register', /bad.edn line 5: :type is ":okay"; did you mean "ok"\?/],
  [
    'history %/cut.edn --model register',
    /cut.edn line 1: "\]" is missing; the file may be cut off/,
  ],
  [
    'history %/wrong-word.edn --model register',
    /wrong-word.edn line 1, wriet\(1\): .*did you mean "write"/,
  ],
  ['history %/good.edn --model kv', /good.edn line 1, write\(1\): .*known are get, put, append/],
  [
    'history %/good.edn --model register --max-steps 0',
    /--max-steps is "0"; it must be a whole number/,
  ],
];

test.each(wrong)('counterpoint %s is answered by one sentence', async (line, says) => {
  const argv = words(line.replaceAll('%', folder.path));
  const { code, out, err } = await counterpoint(argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^[^\n]+\n$/);
  expect(err).not.toContain('    at ');
  expect(err.trimEnd()).toMatch(says);
});
