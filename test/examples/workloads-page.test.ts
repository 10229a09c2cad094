// docs/workloads.md: its workloads are files that the command takes, and its commands run.
import { run } from 'counterpoint';
import { readWorkload } from 'counterpoint/files';
import { serviceSystem } from 'counterpoint/patterns';
import { afterAll, describe, expect, test } from 'vitest';
import { counterpoint, words } from '../cli/terminal.ts';
import { blocksOf, commandsOf, readersFolder, root } from './pages.ts';

const page = 'docs/workloads.md';
const folder = readersFolder();
afterAll(() => folder.remove());

const names = ['workload.json', 'mix.json', 'operations.json', 'two-calls.json'];
const files = new Map(
  names.map((name) => [name, folder.file(name, blocksOf(page, name)[0] ?? '')] as const),
);

test.each(names)('%s is a workload file, and a run of it ends with all answered', async (name) => {
  const asked = await readWorkload(files.get(name) ?? '', { cwd: root });
  const { verdict, outcome, metrics } = run(serviceSystem, {
    seed: 1,
    ...asked,
    horizonMs: 100_000,
  });
  expect({ verdict, outcome }).toEqual({ verdict: 'holds', outcome: 'recovered' });
  expect(metrics.operations.arrived).toBeGreaterThanOrEqual(2);
});

describe('the commands of the page', () => {
  const commands = commandsOf(page);

  test('there are some', () => expect(commands.length).toBe(4));

  test.each(commands)('%s', async (line) => {
    let typed = line;
    for (const [name, file] of files) typed = typed.replace(` ${name}`, ` ${file}`);
    const { code, err } = await counterpoint(words(typed), { cwd: root });
    expect({ code, err }).toMatchObject({ code: 0 });
  });
});
