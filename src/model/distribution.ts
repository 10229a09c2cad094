/**
 * Delays are data: a distribution says how long something takes; a driver samples it (simulator) or
 * ignores it (checker under asynchronous timing).
 */
import { UserMistake } from './errors.ts';

/** A law of durations in milliseconds. */
export type Distribution =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number; readonly minMs: number };

/** Always `ms` milliseconds. */
export function constant(ms: number): Distribution {
  return validDistribution({ kind: 'constant', ms }, `constant(${ms})`);
}

/** Uniform between `minMs` and `maxMs` milliseconds. */
export function uniform(minMs: number, maxMs: number): Distribution {
  return validDistribution({ kind: 'uniform', minMs, maxMs }, `uniform(${minMs}, ${maxMs})`);
}

/**
 * Exponential with mean `meanMs` milliseconds; shorter draws are raised to `minMs`, as in
 * TigerBeetle's packet simulator: max(minimum, Exp(mean)).
 */
export function exponential(meanMs: number, minMs = 0): Distribution {
  const distribution: Distribution = { kind: 'exponential', meanMs, minMs };
  return validDistribution(distribution, `exponential(${meanMs}, ${minMs})`);
}

/** Returns the distribution, or throws a {@link UserMistake} that names `what`. */
export function validDistribution(distribution: Distribution, what: string): Distribution {
  const bad = (which: string, value: unknown, legal: string): never => {
    throw new UserMistake(`${what}: ${which} is ${String(value)}; it must be ${legal}`);
  };
  const duration = (which: string, value: number): void => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      bad(which, value, 'a number of milliseconds, zero or more');
  };
  switch (distribution?.kind) {
    case 'constant':
      duration('the delay', distribution.ms);
      return distribution;
    case 'uniform':
      duration('the minimum', distribution.minMs);
      duration('the maximum', distribution.maxMs);
      if (distribution.maxMs < distribution.minMs)
        bad('the maximum', distribution.maxMs, `at least the minimum, ${distribution.minMs}`);
      return distribution;
    case 'exponential':
      duration('the mean', distribution.meanMs);
      duration('the minimum', distribution.minMs);
      return distribution;
    default:
      throw new UserMistake(
        `${what} is no distribution; write constant(ms), uniform(min, max) or exponential(mean)`,
      );
  }
}

/** `10 ms`, `uniform 5 to 15 ms`: a distribution in words. */
export function describeDistribution(distribution: Distribution): string {
  switch (distribution.kind) {
    case 'constant':
      return `${distribution.ms} ms`;
    case 'uniform':
      return `uniform ${distribution.minMs} to ${distribution.maxMs} ms`;
    case 'exponential':
      return `exponential, mean ${distribution.meanMs} ms`;
  }
}
