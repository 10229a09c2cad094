/** Swarm runs of Raft: safe, and ended for a reason. */
import { expect } from 'vitest';
import { type Run, run, swarm } from '../../../src/index.ts';
import { raft } from '../../../src/protocols/index.ts';

/**
 * Runs a profile for each seed from 1 on: lost, doubled and late messages, cut links, crashes, pauses and wrong
 * clocks, then healing. Expects the safety properties, and that nobody waits without a reason; counts outcomes.
 */
export function expectExplained(
  servers: number,
  seeds: number,
  more: { readonly snapshotEvery?: number } = {},
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed++) {
    const parameters = { servers, clients: 1 + (seed % 2), ...more };
    const profile = swarm(raft, seed, { parameters });
    // Three seconds after the last fault are enough: elections and answers take a few time-outs.
    const horizonMs = Math.min(profile.horizonMs, 4000);
    const asked = (untilMs: number, faults = profile.faults): Run =>
      run(raft, { seed, parameters, ...profile, faults, horizonMs: untilMs });
    const inTime = asked(horizonMs);
    // Whoever is only slow, with a slow disk or after many elections, is done some time later.
    const late = inTime.outcome === 'stuck' ? asked(horizonMs + 60_000) : inTime;
    // A disk that stays slower than election timeouts breaks the timing requirement (5.6): terms outrun votes.
    const quick = profile.faults.filter(({ fault }) => fault !== 'slow-disk');
    const isSafe = late.properties.every(({ verdict }) => verdict === 'holds');
    const done = late.outcome === 'stuck' && isSafe ? asked(horizonMs + 60_000, quick) : late;
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    seen.set(done.outcome, (seen.get(done.outcome) ?? 0) + 1);
    if ((done.metrics.marks.installed ?? 0) > 0)
      seen.set('snapshot installed', (seen.get('snapshot installed') ?? 0) + 1);
    const { leaders } = done.end.observed as { readonly leaders: object };
    if (Object.keys(leaders).length > 1)
      seen.set('several leaders', (seen.get('several leaders') ?? 0) + 1);
  }
  return seen;
}
