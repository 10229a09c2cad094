/** Two-phase commit in a swarm: safe and explained always; its planted bugs are found in few seeds. */
import { describe, expect, test } from 'vitest';
import { run, swarm, variant } from '../../../src/index.ts';
import { twoPhaseCommit } from '../../../src/protocols/index.ts';
import { bugs } from '../../bugs/two-phase-commit-bugs.ts';

const seeds = 2000;

test(`AC1 to AC3 hold and every outcome is explained under ${seeds} profiles`, () => {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const parameters = {
      participants: 1 + (seed % 5),
      votes: seed % 3 === 0 ? ('yes' as const) : ('any' as const),
      cooperative: seed % 2 === 0,
    };
    const profile = swarm(twoPhaseCommit, seed, { parameters });
    const done = run(twoPhaseCommit, { seed, parameters, ...profile });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    if (done.outcome === 'blocked') {
      expect(done.reason).toMatch(/^p\d.* in doubt and the coordinator is|^a node is paused or/);
      const healing = profile.faults.at(-1);
      expect(healing?.fault === 'heal' && healing.nodes, `seed ${seed}`).toBeDefined();
    }
    count(done.outcome);
    const { decided } = done.end.observed as { readonly decided: Record<string, string> };
    for (const decision of new Set(Object.values(decided))) count(decision);
  }
  for (const what of ['recovered', 'blocked', 'commit', 'abort'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(10);
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
