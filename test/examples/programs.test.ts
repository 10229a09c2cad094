// Every program in docs/examples runs as a reader would start it, and prints what the page says.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'docs/examples');
const start = promisify(execFile);

async function printed(program: string): Promise<string> {
  const options = ['--conditions=counterpoint-source', '--import', 'tsx'];
  const { stdout, stderr } = await start(
    process.execPath,
    [...options, join('docs/examples', program)],
    { cwd: root },
  );
  expect(stderr).toBe('');
  return stdout;
}

test('define and run: two machines commit in one round of votes', async () => {
  expect((await printed('1-define-and-run.ts')).split('\n')).toEqual([
    'verdict holds, outcome recovered',
    // 3 messages and 1 force for each of two participants, 1 force of the coordinator.
    '6 messages, 3 forced writes',
    expect.stringMatching(/^\d+\.\d ms of virtual time$/),
    '',
  ]);
});

test('check: with restarts everyone can still decide, without them a participant waits', async () => {
  const lines = (await printed('2-check.ts')).split('\n');
  expect(lines[0]).toMatch(/^with restarts: holds in \d+ states$/);
  expect(lines[1]).toBe('without: violated');
  expect(lines[3]).toMatch(/^decided is violated\. /);
  expect(lines.join('\n')).toMatch(/In the end coordinator is down; p1 is in prepared/);
});

test('swap a rule: a participant that decides alone breaks agreement', async () => {
  const text = await printed('4-swap-a-rule.ts');
  expect(text).toMatch(/^my-commit\/impatient: violated\n\nagreement is violated\. /);
  expect(text).toMatch(/In the end coordinator is in committed; p1 is in aborted/);
});

test('abstract model: the counts of TCommit are the published ones', async () => {
  // TCommit with three resource managers, as TLC counts tlaplus/Examples, transaction_commit.
  expect(await printed('5-abstract-model.ts')).toBe('holds: 34 states, 94 generated, depth 7\n');
});

test('lease: safe on clocks that drift when it is given up early, and only then', async () => {
  expect((await printed('7-lease.ts')).trimEnd().split('\n')).toEqual([
    'held for 50 of 50 ms, drift 0: holds',
    'held for 50 of 50 ms, drift 1/5: violated',
    'held for 40 of 50 ms, drift 1/5: holds',
  ]);
});

test('a full disk: stops a participant, unless it votes no when it is told', async () => {
  const lines = (await printed('8-full-disk.ts')).trimEnd().split('\n');
  expect(
    lines.filter((line) => !line.startsWith('  ')).map((line) => line.split(' in ')[0]),
  ).toEqual(['my-commit/stopping: violated', 'my-commit/stopping/told: holds']);
  // Nothing else breaks, whether it stops or is told.
  expect(lines.filter((line) => line.endsWith('violated'))).toEqual([
    '  participants stay up: violated',
  ]);
});

const wholeProtocols = ['1-define-and-run.ts', '9-clients-and-marks.ts'];

test('no program is longer than two screens, except those that define a whole protocol', () => {
  for (const program of readdirSync(folder)) {
    const lines = readFileSync(join(folder, program), 'utf8').split('\n').length;
    expect([program, lines <= (wholeProtocols.includes(program) ? 220 : 80)]).toEqual([
      program,
      true,
    ]);
  }
});

test('clients and marks: asked again, a request is executed once, and only by the rule that says so', async () => {
  const lines = (await printed('9-clients-and-marks.ts')).trimEnd().split('\n');
  expect([lines[0], ...lines.slice(2)]).toEqual([
    'asked-again: holds',
    'asked-again/forgetful: violated, executed once',
    `five swarms: ${Array.from({ length: 5 }, () => 'holds recovered').join(', ')}`,
    'crash: recovered',
  ]);
});
