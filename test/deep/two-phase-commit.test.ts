/** Ten thousand swarm profiles of two-phase commit and of each presumption, without readers and with. */
import { expect, test } from 'vitest';
import { presumedAbort, presumedCommit, twoPhaseCommit } from '../../src/protocols/index.ts';
import { expectExplained } from '../protocols/two-phase-commit/explained.ts';

const family = [twoPhaseCommit, presumedAbort, presumedCommit];

test.each(family)(
  '$name: with readers AC1 to AC3 hold and every outcome is explained under 10,000 profiles',
  (system) => {
    const seen = expectExplained(system, 10_000, (participants) => participants >> 1);
    console.log(system.name, Object.fromEntries(seen));
    for (const what of ['recovered', 'blocked', 'commit', 'abort'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
  },
);

test.each(family)(
  '$name: AC1 to AC3 hold and every outcome is explained under 10,000 profiles',
  (system) => {
    const seen = expectExplained(system, 10_000);
    console.log(system.name, Object.fromEntries(seen));
    for (const what of ['recovered', 'blocked', 'commit', 'abort'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
  },
);
