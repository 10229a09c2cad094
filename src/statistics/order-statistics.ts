/** Quantiles of samples and the exact intervals that need no law: from the binomial distribution. */

/** Counts of successes, both ends included. */
export interface CountRange {
  readonly low: number;
  readonly high: number;
}

/** A quantile of a sample with an interval for that of the population. */
export interface QuantileEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The central range of a binomial count: it is below `low` with at most half of what the confidence leaves,
 * and above `high` likewise. Exact, so it serves rare events too, for which a normal interval is wrong.
 */
export function binomialRange(trials: number, probability: number, confidence: number): CountRange {
  const tail = (1 - confidence) / 2;
  return {
    low: firstBeyond(trials, probability, tail),
    high: trials - firstBeyond(trials, 1 - probability, tail),
  };
}

/** The smallest count that is reached or fallen short of with more than `tail`. */
function firstBeyond(trials: number, probability: number, tail: number): number {
  if (probability <= 0) return 0;
  if (probability >= 1) return trials;
  const [logYes, logNo] = [Math.log(probability), Math.log1p(-probability)];
  let logPaths = 0;
  let below = 0;
  for (let count = 0; count < trials; count++) {
    below += Math.exp(logPaths + count * logYes + (trials - count) * logNo);
    if (below > tail) return count;
    logPaths += Math.log((trials - count) / (count + 1));
  }
  return trials;
}

/** The value that a share `at` of the sorted samples does not exceed (inverse of their distribution). */
export function quantile(sorted: readonly number[], at: number): number {
  return orderStatistic(sorted, Math.ceil(at * sorted.length));
}

/**
 * The quantile with its distribution-free interval (David and Nagaraja 2003, 7.1): how many samples lie below
 * the population's quantile is binomial, whatever their law.
 */
export function quantileEstimate(
  sorted: readonly number[],
  at: number,
  confidence: number,
): QuantileEstimate {
  const { low, high } = binomialRange(sorted.length, at, confidence);
  return {
    value: quantile(sorted, at),
    low: orderStatistic(sorted, low),
    high: orderStatistic(sorted, high + 1),
  };
}

/** The n-th smallest, from 1; beyond the ends the nearest. */
function orderStatistic(sorted: readonly number[], n: number): number {
  const value = sorted[Math.min(Math.max(n, 1), sorted.length) - 1];
  if (value === undefined) throw new Error('broken promise: a quantile of no samples');
  return value;
}
