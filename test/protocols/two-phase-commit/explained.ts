/** Swarm runs of a system of the two-phase commit family: safe, and ended for a reason. */
import { expect } from 'vitest';
import { run, type System, swarm } from '../../../src/index.ts';
import type { twoPhaseCommit } from '../../../src/protocols/index.ts';

type Family =
  typeof twoPhaseCommit extends System<infer P, infer N, infer O> ? System<P, N, O> : never;

/**
 * Runs a profile for each seed from 1 on, over all sizes up to five, votes and both kinds of termination; none
 * of the participants only reads unless `readersOf` says how many.
 * Expects that AC1 to AC3 hold and that whoever waits in the end has a reason; counts outcomes and decisions.
 */
export function expectExplained(
  system: Family,
  seeds: number,
  readersOf = (_participants: number): number => 0,
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const participants = 1 + (seed % 5);
    const parameters = {
      participants,
      readers: readersOf(participants),
      votes: seed % 3 === 0 ? ('yes' as const) : ('any' as const),
      cooperative: seed % 2 === 0,
    };
    const profile = swarm(system, seed, { parameters });
    const done = run(system, { seed, parameters, ...profile });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    if (done.outcome === 'blocked') {
      expect(done.reason).toMatch(/^p\d.* in doubt and the coordinator is|^a node is paused or/);
      const healing = profile.faults.at(-1);
      expect(healing?.fault === 'heal' && healing.nodes, `seed ${seed}`).toBeDefined();
    }
    count(done.outcome);
    const { decided } = done.end.observed as { readonly decided: Record<string, string> };
    for (const decision of new Set(Object.values(decided))) count(decision);
  }
  return seen;
}
