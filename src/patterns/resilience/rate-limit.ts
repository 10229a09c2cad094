/** The policy rate limit: its options, with their defaults, and its parts. */
import { type Distribution, describeDistribution } from '../../model/distribution.ts';
import { defineProcess, type Process } from '../../model/process.ts';
import { timers } from './held-calls.ts';
import { legal } from './legal.ts';
import type { Policy } from './policy.ts';
import { rateLimitMachine } from './rate-limit-machine.ts';

export interface RateLimitOptions {
  /** The time between one refill of the bucket and the next. */
  readonly every: Distribution;
  /** Tokens that come with each. Default 1. */
  readonly tokens?: number;
  /** Tokens that are in the bucket at first and at most: a burst. Default: those of a refill. */
  readonly capacity?: number;
  /** Calls that wait for a token, at most; null: no bound. Default 0: who finds none is rejected at once. */
  readonly queue?: number | null;
  /** A call that has waited so long is rejected. Default: calls wait for ever. */
  readonly waitsAtMost?: Distribution;
}

/** The same with nothing left out. */
export type FullRateLimitOptions = Required<Omit<RateLimitOptions, 'waitsAtMost'>> &
  Pick<RateLimitOptions, 'waitsAtMost'>;

/**
 * Rate limit: a token bucket.
 *
 *     rateLimit({ every: constant(20), capacity: 10 })     50 calls a second, 10 at once
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function rateLimit(options: RateLimitOptions): Policy {
  const check = legal('rateLimit');
  check.names(options, ['every', 'tokens', 'capacity', 'queue', 'waitsAtMost']);
  const full: FullRateLimitOptions = {
    ...{ tokens: 1, capacity: options.tokens ?? 1, queue: 0 },
    ...options,
  };
  check.law('every', full.every);
  if (full.every.kind === 'constant' && full.every.ms === 0)
    check.bad('every', describeDistribution(full.every), 'longer than nothing');
  check.whole('tokens', full.tokens, 1);
  check.whole('capacity', full.capacity, 1);
  check.bound('queue', full.queue, 0);
  const { waitsAtMost } = full;
  if (waitsAtMost !== undefined) check.law('waitsAtMost', waitsAtMost);
  return {
    kind: 'rate-limit',
    options: full,
    parts: (place) => ({
      process: defineProcess({
        machine: rateLimitMachine(full, place),
        delays: { refill: full.every },
      }) as unknown as Process,
      families: timers(place, 'wait', waitsAtMost),
    }),
  };
}
