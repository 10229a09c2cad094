/**
 * Pinned texts: what the program writes is compared with a file, which UPDATE_GOLDEN=1 rewrites, so that a
 * change of behaviour is read as a diff. The files are our own output: regression pins, not oracles.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export function expectPinned(text: string, pathFromRoot: string): void {
  const file = fileURLToPath(new URL(`../../${pathFromRoot}`, import.meta.url));
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text, `UPDATE_GOLDEN=1 rewrites ${pathFromRoot}`).toBe(readFileSync(file, 'utf8'));
}
