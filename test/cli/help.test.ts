/** The examples in the help are commands that work as they stand. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Comparison, compare } from '../../src/reports/index.ts';
import { counterpoint, folderWith, words } from './terminal.ts';

// The comparisons themselves are run in cli/compare and reports; here one small one stands for all of them.
vi.mock('../../src/reports/index.ts', async (original) => {
  const real = await original<{ readonly compare: typeof compare }>();
  let small: Promise<Comparison> | undefined;
  return {
    ...real,
    compare: () => {
      small ??= real.compare({ systems: ['two-phase-commit'], quick: true });
      return small;
    },
  };
});

const folder = folderWith({
  'history.edn': '{:process 0, :type :invoke, :f :write, :value 1}',
});
afterAll(() => folder.remove());

const commands = ['list', 'run', 'check', 'replay', 'history', 'compare'];

async function examplesOf(argv: readonly string[]): Promise<readonly string[]> {
  const { out } = await counterpoint([...argv, '--help'], { width: 200 });
  return [...out.matchAll(/^ {2}counterpoint (.*)$/gm)].map(([, line]) => line ?? '');
}

beforeAll(async () => {
  const line = 'run two-phase-commit --seed 1 --trace run.jsonl';
  expect((await counterpoint(words(line), { cwd: folder.path })).code).toBe(0);
});

test.each([[[] as string[]], ...commands.map((command) => [[command]])])(
  'the examples of counterpoint %j run',
  async (argv) => {
    const examples = await examplesOf(argv);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      const [line = '', input] = example.split(' < ');
      const { code, out, err } = await counterpoint(words(line), {
        cwd: folder.path,
        ...(input === undefined ? {} : { input: readFileSync(folder.file(input), 'utf8') }),
      });
      expect([0, 1], `${example}: ${err}`).toContain(code);
      expect(out).not.toBe('');
    }
  },
);

test('every command is in the list of commands', async () => {
  const { out } = await counterpoint(['--help']);
  for (const command of commands) expect(out).toMatch(new RegExp(`^ {2}${command} {2,}\\w`, 'm'));
});
