/** Planted bugs of Paxos must be found by the checker; those of the zoo in its own minimal scope too. */
import { describe, expect, it } from 'vitest';
import { type AnySystem, check, variant } from '../../src/index.ts';
import { paxos, paxosOverSet } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs, bugsUnderLoss } from './paxos-bugs.ts';

describeFoundByChecker(paxosOverSet as AnySystem, bugs, 'paxos/');
describeFoundByChecker(paxos as AnySystem, bugsUnderLoss, 'paxos/');

describe('the bugs of the zoo, in the minimal scenario that it names', () => {
  const half = { phase1Quorum: 2, phase2Quorum: 2, mayMiss: true };
  it.each([
    ['ignores-1b-values', { acceptors: 3, ballots: 2 }, { crashes: 0 }],
    ['acceptor-amnesia', { acceptors: 3, ballots: 2 }, { crashes: 1 }],
    ['half-quorums', { acceptors: 4, ballots: 2, ...half }, { crashes: 0 }],
    ['ballot-reuse', { acceptors: 3, proposers: 1 }, { crashes: 1 }],
  ])('%s: %o', (name, parameters, scope) => {
    const bug = bugs.find((one) => one.name === name);
    const { parameters: _, ...variation } = bug?.variation ?? {};
    const broken = variant(paxosOverSet, name, variation) as AnySystem;
    const { properties } = check(broken, { parameters, scope });
    expect(bug?.breaks).toContain(properties.find(({ verdict }) => verdict === 'violated')?.name);
  });
});
