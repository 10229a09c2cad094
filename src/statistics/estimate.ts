/** Estimates from many runs with their 95 % confidence intervals. */
import jstat from 'jstat';

const { studentt, normal } = jstat.jStat;

/** Of the intervals so made, so many in the long run cover what is estimated. */
const usual = 0.95;
const upper = 1 - (1 - usual) / 2;

/** The mean of a figure over runs. */
export interface Estimate {
  /** Runs that have the figure: one without operations has no latency. */
  readonly n: number;
  readonly mean: number;
  /** The ends of the 95 % interval of the mean; null where one run says nothing of how they spread. */
  readonly low: number | null;
  readonly high: number | null;
  readonly min: number;
  readonly max: number;
}

/** A share of the runs. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** The mean with Student's interval: mean ± t s/√n. Undefined for no values at all. */
export function estimate(values: readonly number[], confidence = usual): Estimate | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / n;
  if (n === 1) return { n, mean, low: null, high: null, min, max };
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const half = studentt.inv(1 - (1 - confidence) / 2, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { n, mean, low: mean - half, high: mean + half, min, max };
}

/** A share with Wilson's interval (1927), which is right also near 0 and 1. */
export function share(count: number, of: number): Share {
  const z = normal.inv(upper, 0, 1);
  const p = of === 0 ? 0 : count / of;
  const n = Math.max(of, 1);
  const middle = p + z ** 2 / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return {
    count,
    of,
    share: p,
    low: count === 0 ? 0 : (middle - half) / scale,
    high: count === of ? 1 : (middle + half) / scale,
  };
}
