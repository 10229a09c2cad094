/**
 * Replicated stores in a swarm: partitions, crashes, pauses, wrong clocks, failing disks, while clients write and
 * read keys at random; then healing. What clients see is linearizable and nothing acknowledged is lost.
 */
import { expect } from 'vitest';
import { type AnySystem, exponential, type Run, run, swarm } from '../../src/index.ts';
import { acknowledgedWrites, writesIn } from '../../src/protocols/index.ts';
import type { ServerContext as ServerOfMultiPaxos } from '../../src/protocols/multi-paxos/server-state.ts';
import type { ServerContext as ServerOfRaft } from '../../src/protocols/raft/server-state.ts';

/** What each client is asked: three writes to two reads, of few keys, at random times. */
export const storeWorkload = [
  {
    loop: 'closed',
    think: exponential(60),
    mix: [
      { operation: { type: 'PUT' }, weight: 1 },
      { operation: { type: 'APPEND' }, weight: 2 },
      { operation: { type: 'GET' }, weight: 2 },
    ],
    fields: { key: { kind: 'uniform', keys: 2 }, value: { kind: 'serial' } },
    operations: 8,
  },
] as const;

/** A run under the swarm's profile of a seed. */
export function stormyStore(system: AnySystem, seed: number): Run {
  const parameters = { servers: seed % 2 === 0 ? 3 : 5, clients: 3 };
  const profile = swarm(system, seed, { parameters });
  const asked = (horizonMs: number, faults = profile.faults): Run =>
    run(system, { seed, parameters, ...profile, faults, horizonMs, workload: storeWorkload });
  const inTime = asked(profile.horizonMs);
  if (inTime.outcome !== 'stuck') return inTime;
  // Whoever is only slow, with a slow disk or after many elections, is done some time later.
  const late = asked(profile.horizonMs + 60_000);
  const isSafe = late.properties.every(({ verdict }) => verdict === 'holds');
  if (late.outcome !== 'stuck' || !isSafe) return late;
  // A disk that stays slower than election timeouts breaks Raft's timing requirement (5.6): terms outrun votes.
  const quick = profile.faults.filter(({ fault }) => fault !== 'slow-disk');
  return asked(profile.horizonMs + 60_000, quick);
}

/** The commands that a server has applied, and whether the servers of a run have all applied the same number. */
export type AppliedBy = (context: unknown) => readonly unknown[];

/**
 * Each acknowledged write is in what some live server has applied, once failures are repaired; and in what each has
 * applied that lags behind nobody.
 */
export function lostWrites(done: Run, appliedBy: AppliedBy): readonly string[] {
  const logs = done.end.all
    .filter(({ address }) => address.startsWith('s'))
    .flatMap((server) => (server.up ? [appliedBy(server.context)] : []));
  const longest = Math.max(0, ...logs.map((log) => log.length));
  const complete = logs
    .filter((log) => log.length === longest)
    .map((log) => writesIn(log as never));
  return acknowledgedWrites(done.end.history).filter(
    (write) => complete.length === 0 || complete.some((held) => !held.has(write)),
  );
}

/** Runs a profile for each seed from 1 on, expects what stores promise, and counts what happened. */
export function expectStore(
  system: AnySystem,
  appliedBy: AppliedBy,
  seeds: number,
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const done = stormyStore(system, seed);
    expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
    count(done.outcome);
    if (done.outcome === 'recovered') {
      expect(lostWrites(done, appliedBy), `seed ${seed}`).toEqual([]);
      if (acknowledgedWrites(done.end.history).length > 0) count('writes kept');
    }
    for (const kind of new Set(done.faults.map(({ fault }) => fault))) count(kind);
    if (done.metrics.operations.attempts > done.metrics.operations.invoked) count('retried');
  }
  return seen;
}

export const appliedByRaft: AppliedBy = (context) => {
  const { log, applied } = context as ServerOfRaft;
  return log.slice(0, applied).map((entry) => (entry.type === 'command' ? entry.command : null));
};

export const appliedByMultiPaxos: AppliedBy = (context) => (context as ServerOfMultiPaxos).log;
