/** Asks the compiler about the cells of the lessons: each lesson is one module, its lines those of the page. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { moduleOf } from './cells.ts';
import { lessons } from './vite.ts';

/** What the compiler complains of, with the lines of the Markdown files; empty where it is content. */
export function checkLessons(names: readonly string[]): string {
  const folder = join(lessons, '.cells');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    // The cells' imports are relative to the lesson, which is one folder up.
    const text = moduleOf(readFileSync(join(lessons, `${name}.md`), 'utf8'));
    writeFileSync(join(folder, `${name}.ts`), text.replaceAll("'./page/", "'../page/"));
  }
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [compiler, '-p', join(lessons, 'tsconfig.json')], {
      stdio: 'pipe',
      encoding: 'utf8',
    });
    return '';
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string };
    if (stdout === undefined || stdout === '') throw error;
    return stdout.replace(/\S*\.cells\/([\w-]+)\.ts/g, 'notebooks/$1.md').trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
