/** Ten thousand swarm profiles of Paxos, and the proofs that take longest. */
import { expect, test } from 'vitest';
import { type AnySystem, type CheckOptions, check } from '../../src/index.ts';
import { paxosOverSet } from '../../src/protocols/index.ts';
import { expectExplained } from '../protocols/paxos/explained.ts';

test('all invariants hold and every outcome is explained under 10,000 profiles', () => {
  const seen = expectExplained(10_000);
  console.log(Object.fromEntries(seen));
  for (const what of ['recovered', '"v1"', '"v2"', '"v3"'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(200);
});

const questions: readonly (readonly [string, CheckOptions])[] = [
  ['3 acceptors and 2 proposers on shared nodes, 1 crash', { scope: { crashes: 1 } }],
  [
    '3 acceptors and 2 proposers on nodes of their own',
    { parameters: { placement: 'apart' }, scope: { crashes: 0 } },
  ],
  [
    '2 acceptors and 2 proposers on nodes of their own, 1 crash',
    { parameters: { acceptors: 2, placement: 'apart' }, scope: { crashes: 1 } },
  ],
  [
    '3 acceptors and 1 proposer on shared nodes, 1 crash',
    { parameters: { proposers: 1 }, scope: { crashes: 1 } },
  ],
  [
    '4 acceptors, 3 promise and 2 vote, 2 proposers',
    { parameters: { acceptors: 4, phase1Quorum: 3, phase2Quorum: 2 }, scope: { crashes: 0 } },
  ],
];

test.each(questions)('safe and non-blocking: %s', (what, options) => {
  const { verdict, complete, distinct } = check(paxosOverSet as AnySystem, {
    ...options,
    maxStates: 12_000_000,
  });
  console.log(what, distinct);
  expect([verdict, complete]).toEqual(['holds', true]);
});
