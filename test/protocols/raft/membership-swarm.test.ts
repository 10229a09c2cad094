/** Changing members in a swarm of faults: safe always, and waiting only for a reason. */
import { expect, test } from 'vitest';
import { expectMembersExplained } from './members-explained.ts';

test('safe, and every outcome explained, under 200 profiles', () => {
  const seen = expectMembersExplained(200);
  for (const what of ['recovered', 'several leaders', 'members changed', 'joint'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(60);
  for (const what of ['snapshot installed', 'transfer given up'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(5);
  console.log(Object.fromEntries(seen));
});
