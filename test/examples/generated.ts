// Parts of pages that are made by the program, between two comments:
//
//     <!-- generated: costs -->
//     <!-- end of generated -->
//
// A test compares them with what the program says now; UPDATE_GOLDEN=1 writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

function partOf(page: string, name: string) {
  const path = join(root, page);
  const whole = readFileSync(path, 'utf8');
  const begin = `<!-- generated: ${name} -->\n`;
  const end = '<!-- end of generated -->';
  const from = whole.indexOf(begin) + begin.length;
  const to = whole.indexOf(end, from);
  expect(from >= begin.length && to >= from, `${page} has a part called ${name}`).toBe(true);
  return { path, whole, from, to };
}

/** What stands in the part of that name. */
export function generatedPart(page: string, name: string): string {
  const { whole, from, to } = partOf(page, name);
  return whole.slice(from, to);
}

/** Expects the part of that name in the page to be `text`. */
export function expectGenerated(page: string, name: string, text: string): void {
  const { path, whole, from, to } = partOf(page, name);
  const made = `\n${text.trimEnd()}\n\n`;
  if (process.env.UPDATE_GOLDEN === '1' && whole.slice(from, to) !== made)
    writeFileSync(path, whole.slice(0, from) + made + whole.slice(to));
  else expect(whole.slice(from, to)).toBe(made);
}

/** A Markdown table. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line), ''].join('\n');
}
