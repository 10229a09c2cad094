/** Ten thousand swarm profiles of three-phase commit, and the proofs that take longest. */
import { expect, test } from 'vitest';
import { type AnySystem, check } from '../../src/index.ts';
import { threePhaseCommit } from '../../src/protocols/index.ts';
import { expectExplained } from '../protocols/three-phase-commit/explained.ts';

test('AC1 to AC3 hold and every outcome is explained under 10,000 profiles', () => {
  const seen = expectExplained(10_000);
  console.log(Object.fromEntries(seen));
  for (const what of ['recovered', 'commit', 'abort'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
});

test.each([
  { participants: 3, crashes: 2 },
  { participants: 2, crashes: 3 },
])('safe and non-blocking: $participants participants, $crashes crashes', (question) => {
  const { participants, crashes } = question;
  const { verdict, complete, distinct } = check(threePhaseCommit as AnySystem, {
    parameters: { participants, votes: 'yes' },
    scope: { crashes, duplication: false },
    maxStates: 10_000_000,
  });
  console.log(participants, crashes, distinct);
  expect([verdict, complete]).toEqual(['holds', true]);
});
