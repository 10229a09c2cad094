/** The command as a real process: what only a process has, such as exit codes, pipes and signals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from './terminal.ts';

// Inside the repository, where modules find `counterpoint` and `xstate` by name; git ignores it.
mkdirSync(join(root, 'coverage'), { recursive: true });
const folder = mkdtempSync(join(root, 'coverage', 'cli-'));
const children = new Set<ChildProcess>();
afterAll(() => {
  // One that did not hear its Ctrl-C must not go on checking.
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const node = ['--conditions=counterpoint-source', '--import', 'tsx', join(root, 'src/cli/main.ts')];

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(argv: readonly string[], watch: (err: string, kill: () => void) => void = () => {}) {
  const child = spawn(process.execPath, [...node, ...argv], {
    cwd: root,
    env: { ...process.env, npm_lifecycle_event: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    watch(err, () => child.kill('SIGINT'));
  });
  return new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      children.delete(child);
      resolve({ code, out, err });
    });
  });
}

describe('the process', () => {
  test('writes one JSON document to a pipe and exits 0', async () => {
    const { code, out, err } = await start(['run', 'two-phase-commit', '--seed', '7', '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ system: 'two-phase-commit', seed: 7 });
  });

  test('tells a mistake in one line and exits 2', async () => {
    const { code, out, err } = await start(['run', 'two-phase-comit', '--seed', '7']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('unknown system "two-phase-comit"; did you mean "two-phase-commit"?\n');
  });

  test("loads a user's module that imports counterpoint and xstate by name", async () => {
    const path = join(folder, 'mine.ts');
    writeFileSync(
      path,
      `import { constant, defineProcess, defineSystem } from 'counterpoint';
       import { setup } from 'xstate';
       const machine = setup({ delays: { nap: 10 } }).createMachine({
         id: 'sleeper', initial: 'asleep',
         states: { asleep: { after: { nap: 'awake' } }, awake: {} },
       });
       export const system = defineSystem({
         name: 'sleepers',
         nodes: () => ({ one: defineProcess({ machine, delays: { nap: constant(30) } }) }),
         settled: ({ all }) => all.every((process: { in(path: string): boolean }) => process.in('awake')),
       });`,
    );
    const ran = await start(['run', path, '--seed', '1', '--json']);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(ran.out)).toMatchObject({ outcome: 'recovered', virtualMs: 30 });
    const checked = await start(['check', path, '--json']);
    expect({ code: checked.code, err: checked.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(checked.out)).toMatchObject({ verdict: 'holds', distinct: 2 });
  });

  test.skipIf(process.platform === 'win32')(
    'ends a check on Ctrl-C with unknown, exit 3, and what was covered',
    async () => {
      const argv = ['check', 'two-phase-commit', '--set', 'participants=5'];
      const { code, out } = await start(argv, (err, interrupt) => {
        if (err.includes(' states, ')) interrupt();
      });
      expect(code).toBe(3);
      expect(out).toMatch(/it\s+was\s+interrupted/);
      expect(out).toMatch(/[\d,]{4,} distinct states/);
    },
  );
});
