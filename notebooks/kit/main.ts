/**
 * The lessons' command: `build` writes one page a lesson, `edit` serves them while they are written, `check`
 * asks the compiler whether their cells are typed.
 *
 *     npm run notebooks
 *     npm run notebooks:edit
 *     npm run notebooks:check
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, createServer } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { checkLessons } from './type-check.ts';
import { lessons, viteConfig } from './vite.ts';

/** The names of all lessons, in the order of the alphabet. */
export function lessonNames(): readonly string[] {
  return readdirSync(lessons)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => file.slice(0, -'.md'.length))
    .sort();
}

/** Writes the pages to a folder: each opens from the disk, without a server or a network. */
export async function buildLessons(
  names: readonly string[],
  folder: string,
): Promise<readonly string[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const common = viteConfig();
  for (const name of names)
    await build({
      ...common,
      plugins: [...(common.plugins ?? []), viteSingleFile()],
      build: {
        outDir: folder,
        emptyOutDir: false,
        target: 'es2023',
        chunkSizeWarningLimit: 10_000,
        rollupOptions: { input: `${common.root}/${name}.html` },
      },
    });
  return names.map((name) => join(folder, `${name}.html`));
}

async function main([command = 'build', ...rest]: readonly string[]): Promise<void> {
  if (command === 'build') {
    const folder = join(lessons, 'dist');
    for (const page of await buildLessons(lessonNames(), folder))
      console.log(relative(process.cwd(), page));
  } else if (command === 'edit') {
    const server = await createServer({ ...viteConfig(), server: { host: '127.0.0.1' } });
    await server.listen();
    const address = server.resolvedUrls?.local[0] ?? '';
    for (const name of lessonNames()) console.log(`${address}${name}.html`);
  } else if (command === 'check') {
    const complaints = checkLessons(lessonNames());
    if (complaints === '') console.log('the cells of all lessons are typed');
    else {
      console.error(complaints);
      process.exitCode = 1;
    }
  } else {
    console.error(`"${[command, ...rest].join(' ')}" is none of build, edit and check`);
    process.exitCode = 2;
  }
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
