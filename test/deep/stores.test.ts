/** Both replicated stores under 2,000 profiles of faults each: linearizable, and no acknowledged write lost. */
import { expect, test } from 'vitest';
import type { AnySystem } from '../../src/index.ts';
import { kvMultiPaxos, kvRaft } from '../../src/protocols/index.ts';
import { appliedByMultiPaxos, appliedByRaft, expectStore } from '../protocols/stores.ts';

test.each([
  ['kv-raft', kvRaft as AnySystem, appliedByRaft],
  ['kv-multi-paxos', kvMultiPaxos as AnySystem, appliedByMultiPaxos],
] as const)('%s under 2,000 profiles', (_, system, appliedBy) => {
  const seen = expectStore(system, appliedBy, 2000);
  console.log(Object.fromEntries(seen));
  const faults = ['partition', 'crash', 'pause', 'clock-jump', 'clock-drift', 'failed-write'];
  for (const what of ['writes kept', 'retried', ...faults, 'read-error', 'slow-disk'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(100);
});
