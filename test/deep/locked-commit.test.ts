/** Ten thousand swarm profiles of transactions under locks, and the proofs that take longest. */
import { expect, test } from 'vitest';
import { type AnySystem, check } from '../../src/index.ts';
import { lockedCommit } from '../../src/protocols/index.ts';
import { expectLocksExplained } from '../protocols/two-phase-commit/locks-explained.ts';

const system = lockedCommit as AnySystem;

test('every order is explained, and every end, under 10,000 profiles', () => {
  const seen = expectLocksExplained(10_000);
  console.log(Object.fromEntries(seen));
  for (const what of ['recovered', 'blocked', 'commit', 'abort'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
});

test.each([
  { parameters: { clients: 2 }, timing: 'asynchronous', scope: { crashes: 0 } },
  {
    parameters: { clients: 2, order: 'opposite', participants: 2 },
    timing: 'synchronous',
    scope: { crashes: 1 },
  },
  { parameters: { clients: 3 }, timing: 'synchronous', scope: { crashes: 0 } },
  { parameters: { clients: 2, audit: true }, timing: 'synchronous', scope: { crashes: 1 } },
] as const)('all properties hold: $parameters, $timing, $scope', (question) => {
  const { verdict, complete, distinct } = check(system, { ...question, maxStates: 10_000_000 });
  console.log(JSON.stringify(question), distinct);
  expect([verdict, complete]).toEqual(['holds', true]);
});
