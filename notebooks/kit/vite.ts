/** How Vite makes a lesson: Markdown to a notebook, the notebook to one page with everything in it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serialize, toNotebook } from '@observablehq/notebook-kit';
import { config, observable } from '@observablehq/notebook-kit/vite';
import { JSDOM } from 'jsdom';
import type { Alias, InlineConfig, Plugin, ResolvedConfig } from 'vite';
import { cellsOf, titleOf } from './cells.ts';
import { offline } from './offline.ts';

/** The folder of the lessons. */
export const lessons = fileURLToPath(new URL('..', import.meta.url));
const template = fileURLToPath(new URL('template.html', import.meta.url));
const sources = fileURLToPath(new URL('../../src', import.meta.url));

/** The notebook of a lesson, in the format of Notebook Kit. */
function notebookOf(path: string): string {
  const markdown = readFileSync(path, 'utf8');
  const notebook = toNotebook({
    title: titleOf(markdown),
    theme: { light: 'air', dark: 'near-midnight' },
    cells: [...cellsOf(markdown)],
  });
  return serialize(notebook, { document: new JSDOM().window.document });
}

/** Takes `lesson.html` for the notebook of `lesson.md`, which is the only one of the two that exists. */
function markdown(): Plugin {
  let root = '';
  return {
    name: 'lessons-markdown',
    enforce: 'pre',
    configResolved(resolved: ResolvedConfig) {
      root = resolved.root;
    },
    resolveId(id) {
      return id.endsWith('.html') && id.startsWith(root) ? id : undefined;
    },
    load(id) {
      if (!id.endsWith('.html')) return undefined;
      const path = id.replace(/\.html$/, '.md');
      this.addWatchFile(path);
      return notebookOf(path);
    },
    configureServer(server) {
      server.watcher.on('change', (path) => {
        if (path.endsWith('.md')) server.hot.send({ type: 'full-reload' });
      });
      server.middlewares.use(async (request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        if (!pathname.endsWith('.html')) return next();
        try {
          const html = notebookOf(`${root}${pathname.replace(/\.html$/, '.md')}`);
          response.setHeader('content-type', 'text/html; charset=utf-8');
          response.end(await server.transformIndexHtml(pathname, html));
        } catch (error) {
          next(error);
        }
      });
    },
  };
}

const kit = config();

/** What building a lesson and serving it while it is written have in common. */
export function viteConfig(): InlineConfig {
  return {
    ...kit,
    configFile: false,
    root: lessons.replace(/\/$/, ''),
    logLevel: 'error',
    plugins: [markdown(), offline(), observable({ template })],
    resolve: {
      conditions: ['counterpoint-source', 'module', 'browser', 'development|production'],
      alias: [
        // Of the kit's own aliases only this one is no address of the network.
        ...((kit.resolve?.alias ?? []) as readonly Alias[]).filter(({ find }) =>
          String(find).includes('observable:'),
        ),
        { find: /^counterpoint$/, replacement: `${sources}/index.ts` },
        {
          find: /^counterpoint\/(\w+)$/,
          replacement: `${sources}/$1/index.ts`,
        },
      ],
    },
    optimizeDeps: { exclude: ['@observablehq/notebook-kit', 'observable:runtime'] },
  };
}
