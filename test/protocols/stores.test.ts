/** Both replicated stores under the same workload and the same kinds of faults. */
import { describe, expect, test } from 'vitest';
import type { AnySystem } from '../../src/index.ts';
import { kvMultiPaxos, kvRaft } from '../../src/protocols/index.ts';
import { appliedByMultiPaxos, appliedByRaft, expectStore } from './stores.ts';

const seeds = Number(process.env.SEEDS ?? 20);
describe.each([
  ['kv-raft', kvRaft as AnySystem, appliedByRaft],
  ['kv-multi-paxos', kvMultiPaxos as AnySystem, appliedByMultiPaxos],
] as const)('%s', (_, system, appliedBy) => {
  test('linearizable, nothing acknowledged lost, and explained', () => {
    const seen = expectStore(system, appliedBy, seeds);
    console.log(Object.fromEntries(seen));
    for (const what of ['writes kept', 'retried', 'partition', 'crash', 'pause', 'failed-write'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(0);
  });
});
