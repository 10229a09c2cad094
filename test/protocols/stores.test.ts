/** Both replicated stores under the same workload and the same kinds of faults; 2,000 profiles are in the deep suite. */
import { expect, test } from 'vitest';
import type { AnySystem } from '../../src/index.ts';
import { kvMultiPaxos, kvRaft } from '../../src/protocols/index.ts';
import { appliedByMultiPaxos, appliedByRaft, expectStore, stormyStore } from './stores.ts';

test.each([
  ['kv-raft', kvRaft as AnySystem, appliedByRaft, 20],
  ['kv-multi-paxos', kvMultiPaxos as AnySystem, appliedByMultiPaxos, 30],
] as const)(
  '%s is linearizable, loses no acknowledged write, and waits for a reason',
  (_, system, appliedBy, seeds) => {
    const seen = expectStore(system, appliedBy, seeds);
    for (const what of ['writes kept', 'retried', 'partition', 'crash', 'pause', 'failed-write'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(1);
  },
);

test('a client that stays cut off does not keep the servers of kv-multi-paxos busy for ever', () => {
  expect(stormyStore(kvMultiPaxos as AnySystem, 43).outcome).toBe('blocked');
  // One that reaches only a follower.
  expect(stormyStore(kvMultiPaxos as AnySystem, 71).outcome).toBe('blocked');
});
