/** Two-phase commit in a swarm: safe and explained always; its planted bugs are found in few seeds. */
import { describe, expect, test } from 'vitest';
import { run, swarm, variant } from '../../../src/index.ts';
import { twoPhaseCommit } from '../../../src/protocols/index.ts';
import { bugs } from '../../bugs/two-phase-commit-bugs.ts';
import { expectExplained } from './explained.ts';

const seeds = 1000;

test(`AC1 to AC3 hold and every outcome is explained under ${seeds} profiles`, () => {
  const seen = expectExplained(twoPhaseCommit, seeds);
  for (const what of ['recovered', 'blocked', 'commit', 'abort'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(5);
});

describe('a planted bug is found within 150 profiles', () => {
  test.each(bugs)('$name', ({ name, variation, parameters }) => {
    const broken = variant(twoPhaseCommit, name, variation);
    let found: number | undefined;
    for (let seed = 0; seed < 150 && found === undefined; seed++) {
      const voting = { ...parameters, votes: 'any' } as const;
      const profile = swarm(broken, seed, { parameters: voting });
      const { verdict } = run(broken, { seed, parameters: voting, ...profile });
      if (verdict === 'violated') found = seed;
    }
    expect(found).toBeDefined();
  });
});
