/** Swarm runs of transactions under locks: explainable orders, and ended for a reason. */
import { expect } from 'vitest';
import { type AnySystem, run, swarm } from '../../../src/index.ts';
import { lockedCommit } from '../../../src/protocols/index.ts';

const system = lockedCommit as AnySystem;

/** Runs a profile for each seed, over sizes, orders of locking and audits; counts outcomes and decisions. */
export function expectLocksExplained(seeds: number): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const note = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const parameters = {
      clients: 1 + (seed % 4),
      participants: 2 + (seed % 2),
      transactions: 1 + (seed % 4),
      rows: 1 + (seed % 3),
      order: seed % 2 === 0 ? 'same' : 'opposite',
      audit: seed % 5 === 0,
    };
    const done = run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    if (done.outcome === 'blocked')
      expect(done.reason).toMatch(/in doubt and c\d+ is (down|cut off)$|^a node is paused or/);
    note(done.outcome);
    const { decided } = done.end.observed as { readonly decided: Record<string, string> };
    for (const decision of new Set(Object.values(decided))) note(decision);
    for (const { name, exercised } of done.properties) if (exercised) note(name);
  }
  return seen;
}
