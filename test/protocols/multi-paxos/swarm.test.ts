/** Multi-Paxos in a swarm within its assumptions: safe always, and waiting only for a reason. */
import { expect, test } from 'vitest';
import { expectExplained } from './explained.ts';

test('the contract and the invariants hold and every outcome is explained under 200 profiles', () => {
  const seen = expectExplained(200);
  for (const what of ['recovered', 'applied', 'all exercised'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
});
