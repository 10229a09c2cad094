/** Swarm runs of three-phase commit within its assumptions: safe, and ended for a reason. */
import { expect } from 'vitest';
import { run, swarm } from '../../../src/index.ts';
import { threePhaseCommit } from '../../../src/protocols/index.ts';

/**
 * Runs a profile for each seed from 1 on: crashes with and without return, copies and mild delays, since the
 * system declares synchronous timing and a network that loses nothing. Expects AC1 to AC3 and that only a total
 * failure makes anybody wait; counts outcomes and decisions.
 */
export function expectExplained(seeds: number): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const votes = seed % 3 === 0 ? ('yes' as const) : ('any' as const);
    const parameters = { participants: 1 + (seed % 5), votes };
    const done = run(threePhaseCommit, {
      seed,
      parameters,
      ...swarm(threePhaseCommit, seed, { parameters }),
    });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    if (done.outcome === 'blocked')
      expect(done.reason, `seed ${seed}`).toMatch(/back in doubt and .* may have failed last$/);
    count(done.outcome);
    const { decided } = done.end.observed as { readonly decided: Record<string, string> };
    for (const decision of new Set(Object.values(decided))) count(decision);
  }
  return seen;
}
