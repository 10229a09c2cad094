/**
 * Duelling proposers of the real Paxos machines in the simulator, as measurements need them.
 *
 * Values are long, so that a 2a is under way for longer than a 1a: a proposer that begins while another's 2a is
 * on its way pre-empts it, is pre-empted in turn, and so on (Lamport, Paxos Made Simple, 2.4).
 */
import { Digest } from '../model/digest.ts';
import { constant, uniform } from '../model/distribution.ts';
import type { Workload } from '../model/scenario.ts';
import { variant } from '../model/system.ts';
import { paxos } from '../protocols/paxos/system.ts';
import type { Run } from '../simulator/options.ts';
import { createStreams, type Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';

export const backOffs = ['none', 'fixed', 'random'] as const;
export type BackOff = (typeof backOffs)[number];

/** The circumstances of a duel: all latencies are fixed, and disks cost nothing. */
export interface Duel {
  readonly proposers: number;
  readonly acceptors: number;
  readonly backOff: BackOff;
}

/** Every message but a 2a takes this long. */
export const messageMs = 10;
/** A 2a is sent for so long before it is on its way. */
const transmissionMs = 30;
/** From the sending of a 2a to its arrival. */
export const proposalMs = messageMs + transmissionMs;
/** Each proposer begins at a random moment of the first so many ms. */
export const startsWithinMs = 100;
/** Of back-off `fixed`. */
export const fixedBackOffMs = 5;
/** Duels are watched for so long. */
export const watchedMs = 800;

/** What came of a duel. */
export interface Ending {
  /** When the first learner knew a value; absent where none did in the time that duels are watched. */
  readonly decidedMs?: number;
  /** Ballots begun until then. */
  readonly ballots: number;
}

/** Judged by agreement alone: duels are what is looked at, and there are many. */
const system = variant(paxos, 'duels', {
  properties: (paxos.properties ?? []).filter(({ name }) => name === 'agreement'),
});

/** When each proposer is asked for its value: the same moments whatever its back-off. */
export function startsMs(proposers: number, seed: Seed): readonly number[] {
  const streams = createStreams(seed, new Digest());
  return Array.from({ length: proposers }, (_, index) => {
    const law = uniform(0, startsWithinMs);
    return streams.duration('start', `p${index + 1}`, law) / 1000;
  });
}

/** How the duel of that seed ends. */
export function duelEnding({ proposers, acceptors, backOff }: Duel, seed: Seed): Ending {
  const operations: Workload = startsMs(proposers, seed).map((afterMs, index) => {
    return { process: `p${index + 1}/proposer`, operation: { type: 'PROPOSE' }, afterMs };
  });
  const done = run(system, {
    seed,
    scenario: 'two-proposers',
    parameters: { proposers, acceptors, backOff, learners: 0 },
    operations,
    latency: constant(messageMs),
    forceLatency: constant(0),
    messageBytes: { '1a': 0, '1b': 0, '2a': 1, '2b': 0, NACK: 0, INQUIRE: 0, LEARNT: 0 },
    links: [{ msPerByte: transmissionMs }],
    horizonMs: watchedMs,
    trace: true,
  });
  // That the horizon comes in the middle of a duel says nothing against it.
  if (done.properties.some(({ verdict }) => verdict === 'violated'))
    throw new Error(`broken promise: two values are decided in the duel of seed ${seed}`);
  return endingOf(done.trace);
}

function endingOf(trace: Run['trace']): Ending {
  let ballots = 0;
  for (const { atUs = 0, effects } of trace)
    for (const effect of effects) {
      if (effect.type === 'mark' && effect.name === 'decided')
        return { decidedMs: atUs / 1000, ballots };
      if (effect.type !== 'send' || effect.envelope.to !== 'a1') continue;
      if ((effect.envelope.message as { readonly type: string }).type === '1a') ballots++;
    }
  return { ballots };
}
