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
const oneCrash = { crashes: 1, ...noCopies };

test.each([
  { of: linearCommit, parameters: { participants: 3 }, scope: { crashes: 1, loss: true } },
  { of: linearCommit, parameters: { participants: 2 }, scope: { crashes: 2, ...noCopies } },
  { of: treeCommit, parameters: { participants: 3, votes: 'yes' }, scope: oneCrash },
  { of: treeCommit, parameters: { participants: 2, cooperative: true }, scope: oneCrash },
])('all properties hold: $of.name, $parameters, $scope', ({ of, parameters, scope }) => {
  const question = { parameters, scope, maxStates: 10_000_000 };
  const { verdict, complete, distinct } = check(of as AnySystem, question);
  console.log(of.name, parameters, scope, distinct);
  expect([verdict, complete]).toEqual(['holds', true]);
});
