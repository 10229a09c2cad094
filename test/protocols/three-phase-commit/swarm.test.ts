/** Three-phase commit in a swarm within its assumptions: safe always, and blocked by total failure alone. */
import { expect, test } from 'vitest';
import { expectExplained } from './explained.ts';

test('AC1 to AC3 hold and every outcome is explained under 500 profiles', () => {
  const seen = expectExplained(500);
  for (const what of ['recovered', 'commit', 'abort'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(10);
});
