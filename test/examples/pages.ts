// What the tests of pages share: the code blocks of a page, and programs started as a reader would.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The code blocks of a page that have this word behind their language. */
export function blocksOf(page: string, name: string): readonly string[] {
  const found = readFileSync(join(root, page), 'utf8').matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm);
  return [...found].filter((match) => match[1] === name).map((match) => match[2] ?? '');
}

/** The calls of the command that a page shows on lines of their own. */
export function commandsOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^ {4}npm run -s counterpoint -- (.*)$/gm)].map(([, line = '']) => line);
}

export interface Answer {
  readonly code: number;
  readonly printed: string;
}

/** Starts a program of the repository, or the command when `program` is absent. */
export function started(words: readonly string[], program = 'src/cli/main.ts'): Promise<Answer> {
  const options = ['--conditions=counterpoint-source', '--import', 'tsx', program, ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, options, { cwd: root }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, printed: code === 0 || code === 1 ? stdout : stdout + stderr });
    });
  });
}

/** A folder in the repository, so that files in it find `counterpoint` as a reader's do. It is ignored. */
export function readersFolder() {
  mkdirSync(join(root, 'report'), { recursive: true });
  const folder = mkdtempSync(join(root, 'report', 'reader-'));
  return {
    /** Writes a file and gives its path as the command takes it. */
    file(name: string, text: string): string {
      const path = join(folder, name);
      writeFileSync(path, text);
      return relative(root, path);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
