// The README does what it says: its commands run, its program is found wrong, and mended it holds.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Code blocks by what stands behind their language. */
function blocks(name: string): readonly string[] {
  const found = readme.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm);
  return [...found].filter((match) => match[1] === name).map((match) => match[2] ?? '');
}

interface Answer {
  readonly code: number;
  readonly printed: string;
}

function counterpoint(...words: readonly string[]): Promise<Answer> {
  const options = ['--conditions=counterpoint-source', '--import', 'tsx', 'src/cli/main.ts'];
  return new Promise((resolve) => {
    execFile(process.execPath, [...options, ...words], { cwd: root }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, printed: stdout });
    });
  });
}

describe('the first system', () => {
  const [program = '', ...otherPrograms] = blocks('first.ts');
  const [mended = '', ...otherRules] = blocks('mended');
  const [violated = '', holds = ''] = blocks('says');
  let folder = '';

  // In the repository, so that it finds `counterpoint` as a reader's file does; the folder is ignored.
  beforeAll(() => {
    mkdirSync(join(root, 'report'), { recursive: true });
    folder = mkdtempSync(join(root, 'report', 'readme-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const check = (name: string, source: string): Promise<Answer> => {
    const file = join(folder, name);
    writeFileSync(file, source);
    return counterpoint('check', relative(root, file));
  };

  test('charges twice, in the words that the page quotes', async () => {
    expect(otherPrograms).toEqual([]);
    const { code, printed } = await check('first.ts', program);
    expect(code).toBe(1);
    for (const line of violated.trimEnd().split('\n')) expect(printed).toContain(`${line}\n`);
  });

  test('holds once its one rule is mended', async () => {
    expect(otherRules).toEqual([]);
    const rule = program.split('\n').find((line) => line.startsWith('  guards: { isNew'));
    expect(rule).toBeDefined();
    const { code, printed } = await check('mended.ts', program.replace(`${rule}\n`, mended));
    expect(code).toBe(0);
    for (const line of holds.trimEnd().split('\n')) expect(printed).toContain(`${line}\n`);
  });
});

describe('the commands of the page', () => {
  const commands = [...readme.matchAll(/^ {4}npm run -s counterpoint -- (.*)$/gm)]
    .map((match) => match[1] ?? '')
    .filter((line) => !line.includes('first.ts'));

  test('there are some', () => expect(commands.length).toBeGreaterThanOrEqual(2));

  test.each(commands)('%s', async (line) => {
    const { code, printed } = await counterpoint(...line.split(' '));
    // The run is blocked, which is no violation; non-blocking is violated, as the page says.
    expect(code).toBe(line.startsWith('check two-phase-commit/non-blocking') ? 1 : 0);
    expect(printed).not.toBe('');
  });

  test('npm scripts of the page exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
  });
});

test('the picture is there', () => {
  const [, picture = ''] = /!\[[^\]]*\]\(([^)]+)\)/.exec(readme) ?? [];
  expect(existsSync(join(root, dirname(picture)))).toBe(true);
  expect(readFileSync(join(root, picture), 'utf8')).toMatch(/^<svg/);
});
