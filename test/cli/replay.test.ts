import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { counterpoint, folderWith, modules, words } from './terminal.ts';

const folder = folderWith({});
beforeEach(() => {
  folder.write('good.ts', modules.good);
  folder.write('broken.ts', modules.broken);
});
afterAll(() => folder.remove());

const trace = folder.file('trace.jsonl');

async function json(argv: readonly string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await counterpoint(argv)).out) as Record<string, unknown>;
}

describe('replay of a run', () => {
  test('reaches the same state and the same verdict', async () => {
    const line = 'run two-phase-commit --seed 5 --faults chaos --set votes=any --json';
    const done = await json([...words(line), '--trace', trace]);
    const again = await counterpoint(['replay', trace, '--json']);
    expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(again.out)).toEqual({
      system: 'two-phase-commit',
      origin: 'run',
      scenario: 'fault-free',
      parameters: { participants: 3, votes: 'any', cooperative: false, readers: 0 },
      seed: 5,
      property: null,
      decisions: readFileSync(trace, 'utf8').trim().split('\n').length - 2,
      verdict: 'holds',
      outcome: done.outcome,
      reason: done.reason,
      violated: [],
      same: true,
    });
  });

  test('of a blocked run is blocked for the same reason, in words and in the story', async () => {
    await counterpoint([
      ...words('run two-phase-commit --seed 1 --scenario coordinator-crash --trace'),
      trace,
    ]);
    const { out } = await counterpoint(['replay', trace, '--story']);
    expect(out.split('\n')[0]).toBe(`counterpoint replay ${trace}`);
    expect(out).toContain('blocked: p1, p2, p3 are in doubt and the coordinator is down');
    expect(out).toContain('coordinator is asked for BEGIN');
  });

  test('reads standard input', async () => {
    await counterpoint([...words('run two-phase-commit --seed 1 --trace'), trace]);
    const piped = await counterpoint(['replay', '-', '--json'], {
      input: readFileSync(trace, 'utf8'),
    });
    expect(piped.out).toBe((await counterpoint(['replay', trace, '--json'])).out);
  });

  test('of a violated run is exit 1', async () => {
    const { code } = await counterpoint([...words('run broken.ts --seed 1 --trace'), trace], {
      cwd: folder.path,
    });
    expect(code).toBe(1);
    const again = await counterpoint(['replay', trace], { cwd: folder.path });
    expect(again.code).toBe(1);
    expect(again.out).toContain('violated: nobody commits');
  });
});

describe('replay of a counterexample', () => {
  test('to an invariant finds the violation again', async () => {
    const line = 'check broken.ts --set participants=1 --scope crashes=0 --trace';
    await counterpoint([...words(line), trace], { cwd: folder.path });
    const { code, out } = await counterpoint(['replay', trace, '--json'], { cwd: folder.path });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      origin: 'check',
      property: 'nobody commits',
      verdict: 'violated',
      violated: ['nobody commits'],
      outcome: null,
      seed: null,
      same: true,
    });
  });

  test('to a property of all continuations says whose verdict it is', async () => {
    const line = 'check two-phase-commit/non-blocking --set participants=1 --trace';
    await counterpoint([...words(line), trace]);
    const { code, out } = await counterpoint(['replay', trace], { width: 200 });
    expect(code).toBe(1);
    expect(out).toContain('violated: non-blocking, as the check found');
  });

  test('is not written where nothing is violated', async () => {
    const path = folder.file('none.jsonl');
    const line = 'check two-phase-commit --set participants=1 --scope crashes=0 --trace';
    const { code, out } = await counterpoint([...words(line), path]);
    expect(code).toBe(0);
    expect(out).toMatch(/no counterexample, so\s+nothing\s+was\s+written/);
    expect((await counterpoint(['replay', path])).code).toBe(2);
  });
});

describe("replay of a user's module", () => {
  test('is silent while the module is the same', async () => {
    await counterpoint([...words('run good.ts --seed 1 --trace'), trace], { cwd: folder.path });
    const { code, err } = await counterpoint(['replay', trace], { cwd: folder.path });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('finds the module beside the file from another folder', async () => {
    await counterpoint([...words('run good.ts --seed 1 --trace'), trace], { cwd: folder.path });
    const { code, out } = await counterpoint(['replay', trace, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ system: 'two-phase-commit/mine' });
  });

  test('warns on standard error when the module was edited', async () => {
    await counterpoint([...words('run good.ts --seed 1 --trace'), trace], { cwd: folder.path });
    folder.write('good.ts', `${modules.good}\n// edited\n`);
    const { code, out, err } = await counterpoint(['replay', trace, '--json'], {
      cwd: folder.path,
    });
    expect(code).toBe(0);
    expect(err).toBe('warning: good.ts has changed since this run was recorded\n');
    expect(JSON.parse(out)).toMatchObject({ same: true });
  });

  test('that has other rules now diverges, exit 2, naming the decision', async () => {
    await counterpoint([...words('run good.ts --seed 1 --trace'), trace], { cwd: folder.path });
    folder.write(
      'good.ts',
      modules.good.replace(
        'parameters: { participants: 2 }',
        "patch: { participant: (config) => ({ ...config, initial: 'aborted' }) }",
      ),
    );
    const { code, out, err } = await counterpoint(['replay', trace], { cwd: folder.path });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^warning: good.ts has changed/);
    expect(err).toMatch(/trace.jsonl DIVERGES from good.ts.* at decision \d+ of \d+: "[^\n]+\n$/);
  });
});

test('a changed line in a run file does not pass unnoticed', async () => {
  await counterpoint([...words('run two-phase-commit --seed 1 --trace'), trace]);
  const lines = readFileSync(trace, 'utf8').trimEnd().split('\n');
  // The last decision is left out: every other is possible, and the end is another.
  writeFileSync(trace, [...lines.slice(0, -2), lines.at(-1), ''].join('\n'));
  const { code, err } = await counterpoint(['replay', trace]);
  expect(code).toBe(2);
  expect(err).toContain('the last state is not the recorded one');
});
