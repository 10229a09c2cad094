/** Swarm runs of Raft whose members change: safe, and ended for a reason. */
import { expect } from 'vitest';
import { type AnySystem, run, swarm } from '../../../src/index.ts';
import { raftMembers } from '../../../src/protocols/index.ts';
import type { Observed } from '../../../src/protocols/raft/observing.ts';

/** What is asked under which rules, one after the other. */
const asked = [
  { orders: '+s4 -s1 >s2 =s3,s4,s5' },
  { orders: '=s3,s4,s5 =s1,s2 >s1', snapshotEvery: 2 },
  { orders: '>s2 >s3 >s1 +s4 >s4', preVote: false, checkQuorum: false },
  { orders: '+s4 +s5 -s1 -s2 -s3', catchUpRounds: 2, snapshotEvery: 1 },
  { orders: '-s1 -s2 =s2,s3,s4,s5 +s1', preVote: false, checkQuorum: false },
] as const;

/** Runs a profile for each seed from `first` on; counts how they ended and what they went through. */
export function expectMembersExplained(seeds: number, first = 1): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
  for (let seed = first; seed < first + seeds; seed++) {
    const parameters = asked[seed % asked.length] as (typeof asked)[number];
    const profile = swarm(raftMembers as AnySystem, seed, { parameters });
    // All orders are done one after the other: who is not through at the horizon gets ten seconds more.
    const within = (horizonMs: number) =>
      run(raftMembers as AnySystem, { seed, parameters, ...profile, horizonMs });
    const soon = within(profile.horizonMs);
    const done = soon.outcome === 'stuck' ? within(profile.horizonMs + 10_000) : soon;
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    count(done.outcome);
    const { marks } = done.metrics;
    if ((marks['transfer given up'] ?? 0) > 0) count('transfer given up');
    if ((marks.installed ?? 0) > 0) count('snapshot installed');
    const { leaders, entries: applied } = done.end.observed as Observed;
    if (Object.keys(leaders).length > 1) count('several leaders');
    const configurations = Object.values(applied).flatMap(({ voters }) => voters ?? []);
    if (configurations.length > 0) count('members changed');
    if (Object.values(applied).some(({ voters }) => voters?.length === 2)) count('joint');
  }
  return seen;
}
