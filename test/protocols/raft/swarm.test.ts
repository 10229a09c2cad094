/** Raft in a swarm of faults: safe always, and waiting only without a majority. */
import { expect, test } from 'vitest';
import { run, swarm } from '../../../src/index.ts';
import { raft } from '../../../src/protocols/index.ts';
import { expectExplained } from './explained.ts';

test.each([3, 5])(
  '%d servers: safe, and every outcome explained, under 200 profiles',
  (servers) => {
    const seen = expectExplained(servers, 200);
    for (const what of ['recovered', 'several leaders'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(20);
  },
);

test('a client that the leader hears and does not answer asks for ever: it waits, and followers are never done', () => {
  const parameters = { servers: 3, clients: 2 };
  const { outcome, reason } = run(raft, {
    seed: 9835,
    parameters,
    ...swarm(raft, 9835, { parameters }),
    horizonMs: 64_000,
  });
  expect([outcome, reason]).toEqual(['blocked', 'c1 reaches no leader of a majority']);
});
