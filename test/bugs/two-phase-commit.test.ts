/** Planted bugs must be found by the checker; the same questions about the real protocol hold. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, type RunFile, replay, variant } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { story } from '../../src/reports/story.ts';
import { bugs } from './two-phase-commit-bugs.ts';

const update = process.env.UPDATE_GOLDEN === '1';

describe('the checker finds every planted bug of two-phase commit', () => {
  it.each(bugs)('$name: $mutation', ({ name, variation, breaks, parameters, scope }) => {
    const broken = variant(twoPhaseCommit, name, variation);
    const found = check(broken, { parameters, scope });
    const violated = found.properties.find(({ verdict }) => verdict === 'violated');
    expect(found.verdict).toBe('violated');
    expect(breaks).toContain(violated?.name);
    const file = violated?.counterexample as RunFile;
    const told = story(replay(broken, file));
    const path = new URL(`./stories/${name}.txt`, import.meta.url);
    if (update) writeFileSync(path, told);
    // A regression pin of our own output, to be read as a story and reviewed as a diff.
    expect(told).toBe(readFileSync(path, 'utf8'));
  });

  it.each(bugs)(
    '$name: the real protocol withstands the same question',
    ({ parameters, scope }) => {
      const sound = check(twoPhaseCommit, { parameters, scope });
      expect(sound.properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
      expect(sound.complete).toBe(true);
    },
  );
});
