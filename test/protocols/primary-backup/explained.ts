/** Swarm profiles of primary-backup: no property is violated, and whoever waits says why. */
import { type AnySystem, run, swarm } from 'counterpoint';
import { primaryBackup } from 'counterpoint/protocols';
import { expect } from 'vitest';

const system = primaryBackup as AnySystem;

/** Slower clocks than by default, since servers ping to the end of a run. */
export const parameters = { operations: 2, pingMs: 100, checkMs: 150 };

/** How many of so many profiles ended how, and in how many the view server went on after a failure. */
export function expectExplained(profiles: number): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  for (let seed = 1; seed <= profiles; seed++) {
    const done = run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    count(done.outcome);
    const { view } = done.end.observed as { view: { number: number } };
    if (view.number > 2) count('went on');
  }
  return seen;
}
