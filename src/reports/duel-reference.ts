/**
 * What duels must come to, without any machine: where all latencies are fixed, the acceptors are as one, and a
 * duel is a race of arrivals at it. For two proposers that do not draw their back-off there is a closed form.
 */
import { Digest } from '../model/digest.ts';
import { uniform } from '../model/distribution.ts';
import { createStreams, type Seed } from '../simulator/random.ts';
import {
  type Duel,
  type Ending,
  fixedBackOffMs,
  messageMs,
  proposalMs,
  startsWithinMs,
  watchedMs,
} from './duels.ts';

/**
 * The probability that two proposers with the back-off `b` never let each other finish. With `a` for a message and
 * `v` for a 2a, whoever is pre-empted by a rival that began `g` later comes back in time to pre-empt it if
 * `2a + b < g`, and `g < a + v` or it would not have been pre-empted. Its own lead is then
 * `3a + v + b - g`, of which the same holds, and so for ever. If the second to begin has the higher ballot, `g` is
 * how much later it began; if the lower, it is refused at once, and `g` is greater by `2a + b`.
 */
export function endlessProbability(backOffMs: number): number {
  const least = 2 * messageMs + backOffMs;
  const most = messageMs + proposalMs;
  const higher = closerThan(most) - closerThan(least);
  const lower = closerThan(most - least);
  return most <= least ? 0 : (higher + lower) / 2;
}

/** That two moments drawn from the time in which proposers begin are so close. */
function closerThan(ms: number): number {
  return 1 - (1 - Math.min(1, ms / startsWithinMs)) ** 2;
}

interface Arrival {
  readonly atMs: number;
  readonly by: number;
  readonly what: '1a' | '2a';
  readonly ballot: number;
}

/** A duel of its own chance: who begins when, and how long each back-off takes. */
export function referenceDuel({ proposers, backOff }: Duel, seed: Seed): Ending {
  const streams = createStreams(seed, new Digest());
  const drawn = (least: number, most: number): number =>
    streams.duration('duel', 'reference', uniform(least, most)) / 1000;
  const arrivals: Arrival[] = Array.from({ length: proposers }, (_, by) => {
    const atMs = drawn(0, startsWithinMs) + messageMs;
    return { atMs, by, what: '1a', ballot: by + 1 };
  });
  let promised = 0;
  for (let ballots = 0; ; ) {
    arrivals.sort((one, other) => one.atMs - other.atMs);
    const { atMs, by, what, ballot } = arrivals.shift() as Arrival;
    // The first learner hears of the votes after one more message.
    if (atMs + messageMs > watchedMs) return { ballots };
    if (what === '1a') ballots++;
    if (what === '2a' && ballot === promised) {
      const decidedMs = atMs + messageMs;
      const begun = arrivals.filter((one) => one.what === '1a' && one.atMs - messageMs < decidedMs);
      return { decidedMs, ballots: ballots + begun.length };
    }
    if (what === '1a' && ballot > promised) {
      promised = ballot;
      arrivals.push({ atMs: atMs + messageMs + proposalMs, by, what: '2a', ballot });
      continue;
    }
    const round = Math.ceil(ballot / proposers);
    const mostMs = 25 * 2 ** Math.min(round, 6);
    const waitMs =
      backOff === 'random' ? drawn(0, mostMs) : backOff === 'fixed' ? fixedBackOffMs : 0;
    let next = ballot + proposers;
    while (next <= promised) next += proposers;
    arrivals.push({ atMs: atMs + 2 * messageMs + waitMs, by, what: '1a', ballot: next });
  }
}
