// The README does what it says: its commands run, its program is found wrong, and mended it holds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { blocksOf, commandsOf, readersFolder, root, started } from './pages.ts';

const page = 'README.md';
const folder = readersFolder();
afterAll(() => folder.remove());

describe('the first system', () => {
  const [program = '', ...otherPrograms] = blocksOf(page, 'first.ts');
  const [mended = '', ...otherRules] = blocksOf(page, 'mended');
  const [violated = '', holds = ''] = blocksOf(page, 'says');

  test('charges twice, in the words that the page quotes', async () => {
    expect(otherPrograms).toEqual([]);
    const { code, printed } = await started(['check', folder.file('first.ts', program)]);
    expect(code).toBe(1);
    for (const line of violated.trimEnd().split('\n')) expect(printed).toContain(`${line}\n`);
  });

  test('holds once its one rule is mended', async () => {
    expect(otherRules).toEqual([]);
    const rule = program.split('\n').find((line) => line.startsWith('  guards: { isNew'));
    expect(rule).toBeDefined();
    const repaired = folder.file('mended.ts', program.replace(`${rule}\n`, mended));
    const { code, printed } = await started(['check', repaired]);
    expect(code).toBe(0);
    for (const line of holds.trimEnd().split('\n')) expect(printed).toContain(`${line}\n`);
  });
});

describe('the commands of the page', () => {
  const commands = commandsOf(page).filter((line) => !line.includes('first.ts'));

  test('there are some', () => expect(commands.length).toBeGreaterThanOrEqual(2));

  test.each(commands)('%s', async (line) => {
    const { code, printed } = await started(line.split(' '));
    // A blocked run is no violation; non-blocking and the run of the partition violate, as the page says.
    expect(code).toBe(
      /non-blocking|run three-phase-commit .*scenario partition/.test(line) ? 1 : 0,
    );
    expect(printed).not.toBe('');
  });

  test('npm scripts of the page exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
  });
});

test('the picture is a picture', () => {
  const [, picture = ''] =
    /!\[[^\]]*\]\(([^)]+)\)/.exec(readFileSync(join(root, page), 'utf8')) ?? [];
  expect(readFileSync(join(root, picture), 'utf8')).toMatch(/^<svg/);
});
