/** Every wrong call ends with exit 2, one sentence on one line of standard error, and nothing else. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { counterpoint, folderWith, modules, words } from './terminal.ts';

const header = {
  counterpoint: 'run',
  version: 1,
  origin: 'run',
  system: 'two-phase-commit',
  parameters: {},
  seed: 1,
};
const footer = { state: '0123456789abcdef' };
const lines = (...values: readonly unknown[]): string =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');

const folder = folderWith({
  'nothing.ts': 'export const mine = 1;',
  'empty.mjs': '',
  'throws.ts': 'throw new Error("the first line\\nthe second line");',
  'syntax.ts': 'export const system = {{{;',
  'stranger.ts': "import 'no-such-package'; export const system = 1;",
  'odd.mjs': 'export const system = { name: "odd" };',
  'thrower.ts': modules.thrower,
  'counter.mjs': modules.counter,
  'note.txt': 'hello',
  'broken.json': '[{"fault":',
  'number.json': '5',
  'unknown-fault.json': '[{"fault":"crush","node":"p1","atMs":1}]',
  'no-node.json': '[{"fault":"crash","atMs":1}]',
  'wrong-node.json': '[{"fault":"crash","node":"p9","atMs":1}]',
  'chance.json': '[{"fault":"loss","probability":1.5}]',
  'extra.json': '[{"fault":"loss","probability":0.5,"untilMs":9}]',
  'version.json': '{"version":2,"faults":[]}',
  'no-header.jsonl': lines({ some: 'thing' }),
  'old.jsonl': lines({ ...header, version: 0 }, footer),
  'cut.jsonl': lines(header, { decision: { type: 'crash', node: 'p1' } }),
  'bad-line.jsonl': lines(header, '{"decision":', footer),
  'bad-type.jsonl': lines(header, { decision: { type: 'deliverr' } }, footer),
  'bad-field.jsonl': lines(header, { decision: { type: 'crash', node: 7 } }, footer),
  'bad-digest.jsonl': lines(header, { state: 'xyz' }),
  'other-state.jsonl': lines(header, footer),
  'impossible.jsonl': lines(header, { decision: { type: 'restart', node: 'p1', tail: 0 } }, footer),
  'no-system.jsonl': lines({ ...header, system: 'three-phase-comit' }, footer),
  'empty.jsonl': '',
});
mkdirSync(join(folder.path, 'sub'));
afterAll(() => folder.remove());

/** The command line, and what the sentence must say. `%` is the folder. */
const wrong: readonly (readonly [string, RegExp])[] = [
  // The call.
  ['', /name a command: list, run, fuzz, check/],
  ['runn two-phase-commit', /no command "runn"; did you mean "run"\?/],
  ['simulate', /no command "simulate"; known are list, run/],
  ['run', /`run` needs a SYSTEM/],
  ['replay', /`replay` needs a run FILE/],
  ['run two-phase-commit three-phase-commit --seed 1', /`run` takes one SYSTEM/],
  ['run two-phase-commit --sed 1', /unknown option '--sed'; did you mean --seed/],
  ['run two-phase-commit --seed', /--seed .*needs a value/],
  ['--nonsense', /unknown option '--nonsense'/],
  // The system.
  ['run two-phase-comit --seed 1', /"two-phase-comit"; did you mean "two-phase-commit"\?/],
  ['check two-phase-commit/abstrct', /did you mean "two-phase-commit\/abstract"\?/],
  ['run %/missing.ts --seed 1', /missing.ts cannot be read: there is no such file/],
  ['run %/sub --seed 1', /sub cannot be read: it is a folder/],
  ['check %/note.txt', /note.txt is no module/],
  ['check %/nothing.ts', /does not export `system` \(it exports mine\)/],
  ['check %/empty.mjs', /does not export `system` \(it exports nothing\)/],
  ['check %/throws.ts', /throws.ts cannot be loaded: the first line$/],
  ['check %/syntax.ts', /syntax.ts cannot be loaded: line 1: /],
  ['check %/stranger.ts', /it imports "no-such-package".*npm install no-such-package/],
  ['check %/odd.mjs', /exports a `system` that is no system/],
  ['run %/thrower.ts --seed 1', /thrower.ts threw: Cannot read properties of undefined/],
  ['check %/thrower.ts', /thrower.ts threw: Cannot/],
  ['run %/counter.mjs --seed 1', /"counter" is an abstract system.*use `check/],
  ['list two-phase', /unknown system "two-phase"; did you mean/],
  // Options of run.
  ['run two-phase-commit', /needs a seed.*try --seed 1/],
  ["run two-phase-commit --seed ''", /--seed is empty/],
  [
    'run two-phase-commit --seed 1 --scenario cordinator-crash',
    /did you mean "coordinator-crash"\?/,
  ],
  ['run two-phase-commit --seed 1 --scenario constructor', /no scenario "constructor"/],
  ['run two-phase-commit --seed 1 --set participants=abc', /"abc".*whole number from 1 to 50/],
  ['run two-phase-commit --seed 1 --set participants=51', /"51".*from 1 to 50/],
  ['run two-phase-commit --seed 1 --set participant=3', /did you mean "participants"\?/],
  ['run two-phase-commit --seed 1 --set constructor=3', /no parameter "constructor"/],
  ['run two-phase-commit --seed 1 --set votes=maybe', /"maybe".*any, yes, one-no/],
  ['run two-phase-commit --seed 1 --set participants', /has no "="/],
  ['run two-phase-commit --seed 1 --set votes=any votes=yes', /votes is given twice/],
  // Faults.
  [
    'run two-phase-commit --seed 1 --faults choas',
    /"choas" and no such file; did you mean "chaos"/,
  ],
  ['run two-phase-commit --seed 1 --faults toString', /no fault preset "toString"/],
  [
    'run two-phase-commit --seed 1 --faults %/missing.json',
    /cannot be read: there is no such file/,
  ],
  ['run two-phase-commit --seed 1 --faults %/sub', /cannot be read: it is a folder/],
  ['run two-phase-commit --seed 1 --faults %/broken.json', /is no JSON/],
  ['run two-phase-commit --seed 1 --faults %/number.json', /is 5; it must be a list of faults/],
  [
    'run two-phase-commit --seed 1 --faults %/unknown-fault.json',
    /\[0\].fault is "crush"; did you mean "crash"/,
  ],
  ['run two-phase-commit --seed 1 --faults %/no-node.json', /\[0\].node is missing/],
  ['run two-phase-commit --seed 1 --faults %/wrong-node.json', /no node "p9"/],
  [
    'run two-phase-commit --seed 1 --faults %/chance.json',
    /probability is 1.5; it must be a number from 0 to 1/,
  ],
  ['run two-phase-commit --seed 1 --faults %/extra.json', /\[0\].untilMs is no known field/],
  ['run two-phase-commit --seed 1 --faults %/version.json', /version is 2; it must be 1/],
  // Crash points.
  ['run two-phase-commit --seed 1 --crash coordinator@1:COMMIT', /"1" is neither before nor after/],
  [
    'run two-phase-commit --seed 1 --crash coordinator@before:0:COMMIT',
    /"0" is no number of occurrences/,
  ],
  ['run two-phase-commit --seed 1 --crash coordinator@before:1', /the message is missing/],
  ['run two-phase-commit --seed 1 --crash @before:1:COMMIT', /the node is missing/],
  [
    'run two-phase-commit --seed 1 --crash cordinator@before:1:COMMIT',
    /no node "cordinator"; did you mean "coordinator"/,
  ],
  ['run two-phase-commit --seed 1 --crash p7', /no node "p7"/],
  [
    'run two-phase-commit --seed 1 --crash p1@before:1:COMIT',
    /p1@before:1:COMIT never comes.*1:COMMIT.*and no COMIT/,
  ],
  [
    'run two-phase-commit --seed 1 --crash p1@before:9:PREPARE',
    /p1@before:9:PREPARE never comes.*1:PREPARE/,
  ],
  [
    'run two-phase-commit --seed 1 --scenario coordinator-crash --set votes=one-no',
    /\(a fault of scenario coordinator-crash\) never comes/,
  ],
  ['run two-phase-commit --seed 1 --crash p1 --story', /--story does not go/],
  ['run two-phase-commit --seed 1 --for 500', /--for 500.*nothing crashes/],
  ['run two-phase-commit --seed 1 --crash p1@before:1:VOTE --for soon', /--for is "soon"/],
  // Files to write.
  [
    'run two-phase-commit --seed 1 --trace %/nowhere/run.jsonl',
    /cannot be written: its folder does not exist/,
  ],
  ['run two-phase-commit --seed 1 --trace %/sub', /sub cannot be written: it is a folder/],
  [
    'check two-phase-commit --trace %/nowhere/run.jsonl',
    /cannot be written: its folder does not exist/,
  ],
  // Options of check.
  [
    'check two-phase-commit --scope latency=2',
    /the scope's latency is a bound on time, which only timed timing has/,
  ],
  [
    'check two-phase-commit --timing timed --scope tickMs=30',
    /is 200 ms, which is no whole number of ticks of 30 ms; a tick of 10 ms would do/,
  ],
  ['check two-phase-commit --timing fast', /--timing is "fast"; it must be asynchronous/],
  [
    'check two-phase-commit --scope crashes=-1',
    /crashes is "-1"; it must be a whole number, 0 or more/,
  ],
  ['check two-phase-commit --scope crash=1', /no bound "crash"; did you mean "crashes"/],
  ['check two-phase-commit --scope loss=maybe', /loss is "maybe"; it must be true or false/],
  ['check two-phase-commit --max-states many', /--max-states is "many"/],
  ['check two-phase-commit --max-states 0', /--max-states is "0"/],
  ['check two-phase-commit --max-seconds -5', /--max-seconds is "-5"/],
  ['check %/counter.mjs --timing synchronous', /no timing; leave it out/],
  ['check %/counter.mjs --trace %/x.jsonl', /--json holds its counterexamples/],
  // Options of compare.
  ['compare two-phase-comit', /"two-phase-comit"; did you mean "two-phase-commit"/],
  ['compare two-phase-commit/abstract', /no claims to compare "two-phase-commit\/abstract"/],
  ['compare --out %/note.txt', /note.txt cannot be written: it is a file; name a folder/],
  ['compare --out %/note.txt/deeper', /cannot be written: a part of the path is a file/],
  // Run files.
  ['replay %/missing.jsonl', /cannot be read: there is no such file/],
  ['replay %/sub', /cannot be read: it is a folder/],
  ['replay %/empty.jsonl', /is empty/],
  ['replay %/note.txt', /line 1 is no run file: it starts with "hello"/],
  ['replay %/no-header.jsonl', /is no run file: its first line is not a header/],
  ['replay %/old.jsonl', /has version 0 of the run file; this counterpoint reads version 1/],
  ['replay %/cut.jsonl', /ends without a footer, so it was cut off after 2 lines/],
  ['replay %/bad-line.jsonl', /line 2 is no JSON/],
  ['replay %/bad-type.jsonl', /line 2: decision.type is "deliverr"; did you mean "deliver"/],
  ['replay %/bad-field.jsonl', /line 2: decision.node is 7; it must be a text/],
  ['replay %/bad-digest.jsonl', /line 2: state is "xyz"; it must be sixteen hexadecimal digits/],
  ['replay %/other-state.jsonl', /DIVERGES: .*the last state is not the recorded one/],
  ['replay %/impossible.jsonl', /DIVERGES .*at decision 1 of 1: .*p1 is up/],
  ['replay %/no-system.jsonl', /needs its system: unknown system "three-phase-comit"/],
];

describe('a wrong call is answered by one sentence', () => {
  test.each(wrong)('counterpoint %s', async (line, says) => {
    const argv = words(line.replaceAll('%', folder.path));
    const { code, out, err } = await counterpoint(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^[^\n]+\n$/);
    expect(err).not.toContain('    at ');
    expect(err.trimEnd()).toMatch(says);
  });

  test.each(wrong)('and with --json too: counterpoint %s', async (line, says) => {
    const argv = words(line.replaceAll('%', folder.path));
    const { code, out, err } = await counterpoint([...argv, '--json']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    if (argv.length > 1) expect(err.trimEnd()).toMatch(says);
  });
});

test('a bug of ours shows its stack and ends with 70', async () => {
  const broken = () => {
    throw new TypeError('the terminal is on fire');
  };
  const { code, err } = await counterpoint(['list'], { out: broken });
  expect(code).toBe(70);
  expect(err).toContain('this is a bug in counterpoint');
  expect(err).toContain('    at ');
});
