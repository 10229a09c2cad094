/** Swarm runs of Multi-Paxos within its assumptions: safe, and ended for a reason. */
import { expect } from 'vitest';
import { type Run, run, swarm } from '../../../src/index.ts';
import { multiPaxos } from '../../../src/protocols/index.ts';

/** Runs a profile for each seed from 1 on, over sizes and quorums; counts outcomes and lengths of logs. */
export function expectExplained(seeds: number): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const flexible = seed % 7 === 0;
    const parameters = {
      servers: flexible ? 4 : 3 + 2 * (seed % 2),
      clients: 1 + (seed % 3),
      commands: 1 + (seed % 4),
      ...(flexible && { phase1Quorum: 3, phase2Quorum: 2 }),
    };
    const profile = swarm(multiPaxos, seed, { parameters });
    const asked = (horizonMs: number): Run =>
      run(multiPaxos, { seed, parameters, ...profile, horizonMs });
    const inTime = asked(profile.horizonMs);
    // A slow disk takes seconds for a record: whoever is only slow is done some time later.
    const done = inTime.outcome === 'stuck' ? asked(profile.horizonMs + 60_000) : inTime;
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    if (done.outcome === 'blocked')
      expect(done.reason, `seed ${seed}`).toMatch(
        /no (server|leader) that reaches a quorum$|^a node is paused or/,
      );
    count(done.outcome);
    const { applied } = done.end.observed as {
      readonly applied: Record<string, readonly string[]>;
    };
    const longest = Object.values(applied).reduce((a, b) => (b.length > a.length ? b : a), []);
    count(longest.length > 0 ? 'applied' : 'nothing applied');
    if (longest.includes('null')) count('no-op');
    if (done.properties.every(({ exercised }) => exercised)) count('all exercised');
  }
  return seen;
}
