/**
 * Notebook Kit's runtime loads its recommended libraries from a content delivery network. A lesson must open
 * without a network, so the few that lessons use come from node_modules and the others are not there.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
const inputsStyle = join(dirname(require.resolve('@observablehq/inputs')), 'index.css');

const libraries = `
export const htl = () => import('htl');
export const html = () => import('htl').then(({ html }) => html);
export const svg = () => import('htl').then(({ svg }) => svg);
export const Inputs = () => import('./inputs.js');
export const md = () => import('./md.js').then(({ md }) => md);
`;

/** Modules of the runtime that only forward to the network. */
const forwarding = /stdlib\/(zip|xlsx|tex|dot|duckdb|mermaid|leaflet|mapboxgl|vega-lite)\.js/;

/** The plugin that keeps every address of the network out of a lesson. */
export function offline(): Plugin {
  return {
    name: 'lessons-offline',
    enforce: 'pre',
    transform(code, id) {
      if (!/notebook-kit\/dist\/src\/runtime\//.test(id)) return undefined;
      if (id.includes('stdlib/recommendedLibraries.js')) return libraries;
      if (id.includes('stdlib/inputs.css'))
        return code.replace(/@import url\("https:[^)]*\);/, readFileSync(inputsStyle, 'utf8'));
      if (forwarding.test(id)) return 'export {};';
      return code
        .replace(/"https:\/\/[^"]*\/(@observablehq\/inputs|htl)\/\+esm"/g, '"$1"')
        .replace(
          /import\("(https:\/\/[^"]*)"\)/g,
          'Promise.reject(new Error("a lesson loads nothing: $1"))',
        );
    },
  };
}
