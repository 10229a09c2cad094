/** Ten thousand swarm profiles of two-phase commit and of each presumption. */
import { expect, test } from 'vitest';
import { presumedAbort, presumedCommit, twoPhaseCommit } from '../../src/protocols/index.ts';
import { expectExplained } from '../protocols/two-phase-commit/explained.ts';

test.each([twoPhaseCommit, presumedAbort, presumedCommit])(
  '$name: AC1 to AC3 hold and every outcome is explained under 10,000 profiles',
  (system) => {
    const seen = expectExplained(system, 10_000);
    console.log(system.name, Object.fromEntries(seen));
    for (const what of ['recovered', 'blocked', 'commit', 'abort'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
  },
);
