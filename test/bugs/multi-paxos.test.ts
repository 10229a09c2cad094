/** Planted bugs of Multi-Paxos must be found by the checker. */
import { expect, test } from 'vitest';
import { type AnySystem, check, variant } from '../../src/index.ts';
import { multiPaxosOverSet } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs, halfQuorums } from './multi-paxos-bugs.ts';

const overSet = multiPaxosOverSet as AnySystem;

describeFoundByChecker(overSet, bugs, 'multi-paxos/');

test(halfQuorums.mutation, () => {
  const { name, variation, parameters, scope, breaks } = halfQuorums;
  const { properties } = check(variant(overSet, name, variation) as AnySystem, {
    parameters,
    scope,
  });
  const violated = properties.find(({ verdict }) => verdict === 'violated');
  expect(breaks).toContain(violated?.name);
});
