/** Ten thousand swarm profiles of Multi-Paxos, and the proofs that take longest. */
import { expect, test } from 'vitest';
import { type AnySystem, check } from '../../src/index.ts';
import { multiPaxosOverSet } from '../../src/protocols/index.ts';
import { expectExplained } from '../protocols/multi-paxos/explained.ts';

test('the contract and the invariants hold and every outcome is explained under 10,000 profiles', () => {
  const seen = expectExplained(10_000);
  console.log(Object.fromEntries(seen));
  for (const what of ['recovered', 'blocked', 'applied', 'all exercised'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(100);
  // A gap takes two commands under way of which the first is lost with its leader: one profile in thousands.
  expect(seen.get('no-op') ?? 0).toBeGreaterThan(0);
});

test('one leader, three servers', () => {
  const { verdict, complete, distinct } = check(multiPaxosOverSet as AnySystem, {
    parameters: { servers: 3, ballots: 1 },
    scope: { crashes: 0 },
    maxStates: 2_000_000,
  });
  console.log(distinct);
  expect([verdict, complete]).toEqual(['holds', true]);
});
