/**
 * Elections of the real Raft machines in the simulator, as measurements need them: many short runs from the
 * moment at which all election timers start afresh.
 */

import { Digest } from '../model/digest.ts';
import { type Distribution, uniform } from '../model/distribution.ts';
import type { Fault } from '../model/faults.ts';
import { variant } from '../model/system.ts';
import type { TraceEntry } from '../model/trace.ts';
import { electionSafety } from '../protocols/raft/properties.ts';
import { raft } from '../protocols/raft/system.ts';
import type { Run } from '../simulator/options.ts';
import { createStreams, type Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';

/** The circumstances of an election. Times are milliseconds. */
export interface Election {
  readonly servers: number;
  /** So many of them are down from the start: the last ones by name. */
  readonly failed: number;
  readonly minTimeoutMs: number;
  readonly maxTimeoutMs: number;
  readonly heartbeatMs: number;
  /** One way. */
  readonly latency: Distribution;
  /** How long a term and a vote take to be on the disk; a server does nothing else meanwhile. */
  readonly force: Distribution;
  /** Terms of the entries in the servers' logs, as the parameter `logs` of the system has them. */
  readonly logs?: string;
  /** Timers start within so many ms of each other. Default: all at once. */
  readonly startWithinMs?: number;
}

/** Judged by its first safety property alone: elections are what is looked at, and there are many. */
const system = variant(raft, 'elections', { properties: [electionSafety] });

/** One election, up to the horizon. Deterministic. */
export function electionRun(election: Election, seed: Seed, horizonMs: number): Run {
  const { servers, latency, force, logs = '' } = election;
  const done = run(system, {
    seed,
    parameters: {
      servers,
      clients: 0,
      commands: 0,
      electionMinMs: election.minTimeoutMs,
      electionMaxMs: election.maxTimeoutMs,
      heartbeatMs: election.heartbeatMs,
      logs,
    },
    latency,
    forceLatency: force,
    faults: beginning(election, seed),
    horizonMs,
    trace: true,
  });
  // That the horizon comes in the middle of an election says nothing against it.
  if (done.properties.some(({ verdict }) => verdict === 'violated'))
    throw new Error(`broken promise: an election of seed ${seed} has two leaders in a term`);
  return done;
}

/** Who is down from the start, and who starts a little later than the others. */
function beginning({ servers, failed, startWithinMs }: Election, seed: Seed): readonly Fault[] {
  const streams = createStreams(seed, new Digest());
  return Array.from({ length: servers }, (_, index): readonly Fault[] => {
    const down = { fault: 'crash', node: `s${index + 1}`, atMs: 0 } as const;
    if (index >= servers - failed) return [down];
    if (startWithinMs === undefined) return [];
    const lateUs = streams.duration('start', down.node, uniform(0, startWithinMs));
    return lateUs === 0 ? [] : [{ ...down, forMs: lateUs / 1000 }];
  }).flat();
}

/**
 * What the shortest prefix of the election's run shows that shows it: the horizon is doubled until there is an
 * answer. A longer run of the same seed only goes on where the shorter one stopped.
 */
export function awaited<T>(election: Election, seed: Seed, answer: (run: Run) => T | undefined): T {
  for (let horizonMs = 1.25 * election.maxTimeoutMs; horizonMs < 1e7; horizonMs *= 2) {
    const found = answer(electionRun(election, seed, horizonMs));
    if (found !== undefined) return found;
  }
  throw new Error(`broken promise: the election of seed ${seed} does not end`);
}

/** When a server became leader in each term in which one did, in order. */
export function leadersIn(
  trace: readonly TraceEntry[],
): readonly { readonly server: string; readonly term: number; readonly atMs: number }[] {
  return trace.flatMap(({ atUs = 0, effects }) =>
    effects.flatMap((effect) =>
      effect.type === 'mark' && effect.name === 'elected'
        ? [{ server: effect.process, term: termIn(effect.data), atMs: atUs / 1000 }]
        : [],
    ),
  );
}

function termIn(data: unknown): number {
  return (data as { readonly term: number }).term;
}

/**
 * When the leader took office whom all servers that are up follow at the end of the run, in its term.
 *
 * It stays leader for ever, so there is no need to wait for more of its heartbeats: every timer has been
 * started anew by its last one, is longer than a heartbeat interval and the widest spread of two latencies,
 * and a request of a higher term can be on its way only from a server that has been in that term.
 */
export function stableSinceMs({ end, trace }: Run): number | undefined {
  const up = end.all.filter((process) => process.up);
  const leader = up.find((process) => process.in('leader'));
  if (leader === undefined) return undefined;
  const { address, context } = leader;
  const isFollowed = up.every(
    ({ context: own }) => own.term === context.term && own.leader === address,
  );
  if (!isFollowed) return undefined;
  return leadersIn(trace).find(({ term }) => term === context.term)?.atMs;
}

/** When somebody first heard from a new leader. */
export function firstHeartbeatMs({ trace }: Run): number | undefined {
  const heard = trace.find(
    ({ decision }) =>
      decision.type === 'deliver' &&
      (decision.message as { readonly type: string }).type === 'AppendEntries',
  );
  return heard?.atUs === undefined ? undefined : heard.atUs / 1000;
}
