/** Ten thousand swarm profiles of Raft with three and with five servers, and the proofs that take longest. */
import { expect, test } from 'vitest';
import { type AnySystem, check } from '../../src/index.ts';
import { raftOverSet } from '../../src/protocols/index.ts';
import { expectExplained } from '../protocols/raft/explained.ts';
import { largeQuestions, openQuestions } from '../protocols/raft/questions.ts';

test.each([3, 5])(
  '%d servers: safe, and every outcome explained, under 10,000 profiles',
  { timeout: 3_600_000 },
  (servers) => {
    const seen = expectExplained(servers, 10_000);
    console.log(servers, Object.fromEntries(seen));
    for (const what of ['recovered', 'blocked', 'several leaders'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
  },
);

test.each([3, 5])(
  '%d servers that compact their logs: safe, and every outcome explained, under 2,000 profiles',
  { timeout: 3_600_000 },
  (servers) => {
    const seen = expectExplained(servers, 2000, { snapshotEvery: 1 });
    console.log(servers, Object.fromEntries(seen));
    for (const what of ['recovered', 'several leaders', 'snapshot installed'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
  },
);

test.each(largeQuestions)('%s', { timeout: 3_600_000 }, (what, options) => {
  const { verdict, complete, distinct } = check(raftOverSet as AnySystem, {
    ...options,
    store: 'fingerprints',
    maxStates: 20_000_000,
  });
  console.log(what, distinct);
  expect([verdict, complete]).toEqual(['holds', true]);
});

test.each(openQuestions)(
  '%s: no violation in the nearest three million states',
  { timeout: 3_600_000 },
  (_, options) => {
    const { properties } = check(raftOverSet as AnySystem, {
      ...options,
      store: 'fingerprints',
      maxStates: 3_000_000,
    });
    expect(properties.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
  },
);
