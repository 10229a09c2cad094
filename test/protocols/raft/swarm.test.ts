/** Raft in a swarm of faults: safe always, and waiting only without a majority. */
import { expect, test } from 'vitest';
import { expectExplained } from './explained.ts';

test.each([3, 5])(
  '%d servers: safe, and every outcome explained, under 200 profiles',
  (servers) => {
    const seen = expectExplained(servers, 200);
    for (const what of ['recovered', 'several leaders'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(20);
  },
);
