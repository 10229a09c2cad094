/**
 * Delays are data: a distribution says how long something takes; a driver samples it (simulator) or
 * ignores it (checker under asynchronous timing).
 */
import { UserMistake } from './errors.ts';

/** A law of durations in milliseconds. */
export type Distribution =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number; readonly minMs: number }
  | {
      readonly kind: 'logNormal';
      readonly medianMs: number;
      readonly sigma: number;
      readonly offsetMs: number;
    }
  | { readonly kind: 'pareto'; readonly minMs: number; readonly shape: number }
  | { readonly kind: 'empirical'; readonly samplesMs: readonly number[] };

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

/**
 * Log-normal: `offsetMs` and, beyond it, a duration whose logarithm is normal with standard deviation
 * `sigma` around that of `medianMs`. The mean is `offsetMs + medianMs * exp(sigma ** 2 / 2)`.
 */
export function logNormal(medianMs: number, sigma: number, offsetMs = 0): Distribution {
  const distribution: Distribution = { kind: 'logNormal', medianMs, sigma, offsetMs };
  return validDistribution(distribution, `logNormal(${medianMs}, ${sigma}, ${offsetMs})`);
}

/**
 * Pareto (type I): at least `minMs`, and longer than `t` with probability `(minMs / t) ** shape`. The
 * mean is `minMs * shape / (shape - 1)`, and infinite for a shape of 1 or less.
 */
export function pareto(minMs: number, shape: number): Distribution {
  return validDistribution({ kind: 'pareto', minMs, shape }, `pareto(${minMs}, ${shape})`);
}

/** One of the measured durations, each as likely as the others. */
export function empirical(samplesMs: readonly number[]): Distribution {
  return validDistribution({ kind: 'empirical', samplesMs: [...samplesMs] }, 'empirical(...)');
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
    case 'logNormal':
      duration('the median', distribution.medianMs);
      duration('the offset', distribution.offsetMs);
      if (!(Number.isFinite(distribution.sigma) && distribution.sigma >= 0))
        bad('sigma', distribution.sigma, 'a number, zero or more');
      return distribution;
    case 'pareto':
      duration('the minimum', distribution.minMs);
      if (!(Number.isFinite(distribution.shape) && distribution.shape > 0))
        bad('the shape', distribution.shape, 'a number above zero');
      return distribution;
    case 'empirical':
      if (!Array.isArray(distribution.samplesMs) || distribution.samplesMs.length === 0)
        bad('the list of samples', 'empty', 'a list of at least one duration');
      for (const [index, sample] of distribution.samplesMs.entries())
        duration(`sample ${index + 1}`, sample);
      return distribution;
    default:
      throw new UserMistake(
        `${what} is no distribution; write constant(ms), uniform(min, max), exponential(mean), logNormal(median, sigma), pareto(min, shape) or empirical(samples)`,
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
    case 'logNormal': {
      const { medianMs, sigma, offsetMs } = distribution;
      return `${offsetMs > 0 ? `${offsetMs} ms and ` : ''}log-normal, median ${medianMs} ms, sigma ${sigma}`;
    }
    case 'pareto':
      return `Pareto, ${distribution.minMs} ms or more, shape ${distribution.shape}`;
    case 'empirical':
      return `one of ${distribution.samplesMs.length} measured`;
  }
}
