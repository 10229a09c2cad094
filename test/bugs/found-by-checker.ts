/** The checker finds every planted bug of a protocol; the same questions about the real protocol hold. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AnySystem, check, type RunFile, replay, variant } from '../../src/index.ts';
import { story } from '../../src/reports/story.ts';
import type { PlantedBug } from './planted-bug.ts';

const update = process.env.UPDATE_GOLDEN === '1';

/** Declares the tests. The stories are pinned in the folder: to be read, and reviewed as a diff. */
export function describeFoundByChecker(
  system: AnySystem,
  bugs: readonly PlantedBug[],
  folder: string,
): void {
  describe(`the checker finds every planted bug of ${system.name}`, () => {
    it.each(bugs)('$name: $mutation', ({ name, variation, breaks, parameters, scope, timing }) => {
      const broken = variant(system, name, variation) as AnySystem;
      const question = { parameters, scope, ...(timing && { timing }) };
      const found = check(broken, question);
      const violated = found.properties.find(({ verdict }) => verdict === 'violated');
      expect(found.verdict).toBe('violated');
      expect(breaks).toContain(violated?.name);
      const file = (violated as { counterexample: RunFile }).counterexample;
      const told = story(replay(broken, file));
      const path = new URL(`./stories/${folder}${name}.txt`, import.meta.url);
      if (update) writeFileSync(path, told);
      expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no story yet').toBe(told);
    });

    const questions = new Map(
      bugs.map(({ parameters, scope, timing }) => [
        JSON.stringify([parameters, scope, timing].filter((one) => one !== undefined)),
        { parameters, scope, ...(timing && { timing }) },
      ]),
    );
    it.each([...questions])('the real protocol withstands %s', (_, question) => {
      const sound = check(system, question);
      expect(sound.properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
      expect(sound.complete).toBe(true);
    });
  });
}
