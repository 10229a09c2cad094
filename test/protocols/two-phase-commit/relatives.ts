/** Swarm runs of linear and tree two-phase commit: safe, and ended for a reason. */
import { expect } from 'vitest';
import { type AnySystem, run, swarm } from '../../../src/index.ts';

/**
 * Runs a profile for each seed from 1 on, over sizes, votes, both kinds of termination and what else `own` says.
 * Expects that all properties hold and that whoever waits in the end has a reason; counts outcomes and decisions.
 */
export function expectRelativeExplained(
  system: AnySystem,
  seeds: number,
  own = (_seed: number): Readonly<Record<string, number>> => ({}),
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const votes = seed % 3 === 0 ? 'yes' : 'any';
    const cooperative = seed % 2 === 0;
    const parameters = { participants: 1 + (seed % 6), votes, cooperative, ...own(seed) };
    const profile = swarm(system, seed, { parameters });
    const done = run(system, { seed, parameters, ...profile });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    if (done.outcome === 'blocked') {
      expect(done.reason).toMatch(/in doubt and .* is (down|cut off)$|^a node is paused or/);
      const healing = profile.faults.at(-1);
      expect(healing?.fault === 'heal' && healing.nodes, `seed ${seed}`).toBeDefined();
    }
    count(done.outcome);
    const { decided } = done.end.observed as { readonly decided: Record<string, string> };
    for (const decision of new Set(Object.values(decided))) count(decision);
  }
  return seen;
}
