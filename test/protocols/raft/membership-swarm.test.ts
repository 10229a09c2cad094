/** Changing members in a swarm of faults: safe always, and waiting only for a reason. */
import { expect, test } from 'vitest';
import { sized } from '../../sizes.ts';
import { expectMembersExplained } from './members-explained.ts';

const profiles = sized(200, 60);

test('safe, and every outcome explained, under swarm profiles', () => {
  const seen = expectMembersExplained(profiles);
  for (const what of ['recovered', 'several leaders', 'members changed', 'joint'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(profiles / 5);
  expect(seen.get('snapshot installed') ?? 0).toBeGreaterThan(profiles / 30);
});
