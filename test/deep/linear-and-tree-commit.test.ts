/** Ten thousand swarm profiles of linear and of tree two-phase commit, and the proofs that take longest. */
import { expect, test } from 'vitest';
import { type AnySystem, check } from '../../src/index.ts';
import { linearCommit, treeCommit } from '../../src/protocols/index.ts';
import { expectRelativeExplained } from '../protocols/two-phase-commit/relatives.ts';

test.each([
  [linearCommit as AnySystem, () => ({})],
  [treeCommit as AnySystem, (seed: number) => ({ fanOut: 1 + (seed % 4) })],
] as const)('$name: every outcome is explained under 10,000 profiles', (system, own) => {
  const seen = expectRelativeExplained(system, 10_000, own);
  console.log(system.name, Object.fromEntries(seen));
  for (const what of ['recovered', 'blocked', 'commit', 'abort'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
});

const noCopies = { loss: false, duplication: false };

test.each([
  [linearCommit as AnySystem, { participants: 3 }, { crashes: 1, loss: true, duplication: true }],
  [linearCommit as AnySystem, { participants: 2 }, { crashes: 2, ...noCopies }],
  [treeCommit as AnySystem, { participants: 3, votes: 'yes' }, { crashes: 1, ...noCopies }],
  [treeCommit as AnySystem, { participants: 2, cooperative: true }, { crashes: 1, ...noCopies }],
] as const)('all properties hold: $name, %o, %o', (system, parameters, scope) => {
  const question = { parameters, scope, maxStates: 10_000_000 };
  const { verdict, complete, distinct } = check(system, question);
  console.log(system.name, parameters, scope, distinct);
  expect([verdict, complete]).toEqual(['holds', true]);
});
