/**
 * When operations arrive in an open loop: the times of a point process, one after the other, drawn from
 * streams of their own, so that what the system does moves none of them.
 */
import { type Distribution, exponential } from '../model/distribution.ts';
import { UserMistake } from '../model/errors.ts';
import type { Arrivals } from '../model/loops.ts';
import type { Streams } from './random.ts';
import { microseconds } from './sampling.ts';

/** Gives the next time in µs of virtual time, never smaller than the last; undefined beyond the end. */
export type ArrivalTimes = () => number | undefined;

const dayMs = 86_400_000;

/** The arrivals from `from` to `until`, in µs. `owner` names the streams. */
export function arrivalTimes(
  arrivals: Arrivals,
  owner: string,
  { from, until }: { readonly from: number; readonly until: number },
  streams: Streams,
): ArrivalTimes {
  const gap = (law: Distribution): number => streams.duration('arrivals', owner, law);
  const within = (next: () => number): ArrivalTimes => {
    return () => {
      const at = next();
      return at <= until ? at : undefined;
    };
  };
  let at = from;
  switch (arrivals.kind) {
    case 'constant': {
      let count = 0;
      // Not a sum of rounded gaps, which would drift.
      return within(() => from + microseconds(arrivals.everyMs * ++count));
    }
    case 'renewal':
      return within(() => {
        at += gap(arrivals.gap);
        return at;
      });
    case 'poisson': {
      const law = gapLaw(arrivals.perSecond);
      return within(() => {
        at += gap(law);
        return at;
      });
    }
    case 'bursts':
      return bursts(arrivals, owner, { from, until }, streams);
    case 'diurnal': {
      const { perSecond, amplitude = 0.5, periodMs = dayMs, peakAtMs = periodMs / 2 } = arrivals;
      // Lewis and Shedler 1979: candidates at the highest rate, each kept with the share of it that holds.
      const law = gapLaw(perSecond * (1 + amplitude));
      return () => {
        for (;;) {
          at += gap(law);
          if (at > until) return undefined;
          const angle = (2 * Math.PI * (at / 1000 - peakAtMs)) / periodMs;
          const share = (1 + amplitude * Math.cos(angle)) / (1 + amplitude);
          if (streams.draw('thinning', owner) < share) return at;
        }
      };
    }
  }
}

function gapLaw(perSecond: number): Distribution {
  return exponential(1000 / perSecond);
}

/** Phases without a length would never end. */
const mostIdlePhases = 100_000;

function bursts(
  { perSecond, offPerSecond = 0, on, off }: Extract<Arrivals, { readonly kind: 'bursts' }>,
  owner: string,
  { from, until }: { readonly from: number; readonly until: number },
  streams: Streams,
): ArrivalTimes {
  let at = from;
  let isOn = true;
  let phaseEnds = from + streams.duration('phases', owner, on);
  return () => {
    for (let idle = 0; at <= until; idle++) {
      const rate = isOn ? perSecond : offPerSecond;
      // A gap that the phase ends is drawn anew: exponential gaps have no memory.
      const next =
        rate === 0
          ? Number.POSITIVE_INFINITY
          : at + streams.duration('arrivals', owner, gapLaw(rate));
      if (next <= phaseEnds) {
        at = next;
        return at <= until ? at : undefined;
      }
      at = phaseEnds;
      isOn = !isOn;
      phaseEnds = at + streams.duration('phases', owner, isOn ? on : off);
      if (idle > mostIdlePhases)
        throw new UserMistake(
          `nothing arrives in ${mostIdlePhases} phases of the bursts of loop ${owner}; give them longer ones or a higher rate`,
        );
    }
    return undefined;
  };
}
