/** Planted bugs of Multi-Paxos must be found by the checker, and all of them by the fuzzer. */
import { describe, expect, it } from 'vitest';
import { fuzz } from '../../src/fuzzing/index.ts';
import { type AnySystem, check, variant } from '../../src/index.ts';
import { multiPaxos, multiPaxosOverSet } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs, bugsForRuns } from './multi-paxos-bugs.ts';

describeFoundByChecker(multiPaxosOverSet as AnySystem, bugs, 'multi-paxos/');

describe('the fuzzer finds every planted bug of multi-paxos', () => {
  it.each([...bugs, ...bugsForRuns])('$name', ({ name, variation, breaks }) => {
    const broken = variant(multiPaxos, name, variation) as AnySystem;
    // Three servers, two clients and two commands, unless the bug changes quorums of an even number.
    const servers = name === 'half-quorums' ? 2 : 3;
    const parameters = { servers, clients: 2, commands: 2 };
    const { verdict, violations } = fuzz(broken, { runs: 100, parameters });
    expect(verdict).toBe('violated');
    expect([...breaks, 'stuck', 'log agreement', 'applied is chosen', 'log integrity']).toContain(
      violations[0]?.property,
    );
  });

  it('the real protocol withstands as many runs', () => {
    const parameters = { servers: 3, clients: 2, commands: 2 };
    expect(fuzz(multiPaxos, { runs: 100, parameters }).verdict).toBe('holds');
  });
});

it('half quorums choose two commands in a slot, which the checker finds', () => {
  const broken = variant(multiPaxosOverSet, 'half', {
    parameters: { phase1Quorum: 1, phase2Quorum: 1, mayMiss: true },
  });
  const parameters = { servers: 2, clients: 2 };
  const { properties } = check(broken as AnySystem, { parameters, scope: { crashes: 0 } });
  const violated = properties.find(({ verdict }) => verdict === 'violated')?.name;
  expect(['one command chosen per slot', 'log agreement']).toContain(violated);
});
