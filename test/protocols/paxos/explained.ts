/** Swarm runs of Paxos within its assumptions: safe, and ended for a reason. */
import { expect } from 'vitest';
import { run, swarm } from '../../../src/index.ts';
import { paxos } from '../../../src/protocols/index.ts';

/**
 * Runs a profile for each seed from 1 on, over sizes, placements and quorums. Expects that all invariants hold
 * and that whoever waits in the end has a reason; counts outcomes and values.
 */
export function expectExplained(seeds: number): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const flexible = seed % 7 === 0;
    const parameters = {
      proposers: 1 + (seed % 3),
      acceptors: flexible ? 4 : 3 + 2 * (seed % 2),
      learners: seed % 4,
      placement: seed % 5 === 0 ? ('together' as const) : ('apart' as const),
      thrifty: seed % 6 === 0,
      ...(flexible && { phase1Quorum: 3, phase2Quorum: 2 }),
    };
    const done = run(paxos, { seed, parameters, ...swarm(paxos, seed, { parameters }) });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    if (done.outcome === 'blocked')
      expect(done.reason, `seed ${seed}`).toMatch(
        /reaches \d of \d acceptors, and phase \d needs \d|reaches nobody who knows|^a node is paused or/,
      );
    count(done.outcome);
    const { decided } = done.end.observed as { readonly decided: Record<string, string> };
    for (const value of new Set(Object.values(decided))) count(value);
  }
  return seen;
}
