/** The normal distribution as equally likely values. */
import jstat from 'jstat';

/** The middles of `count` equally likely parts of the distribution, in order: an empirical law of it. */
export function normalQuantiles(
  mean: number,
  standardDeviation: number,
  count: number,
): readonly number[] {
  return Array.from({ length: count }, (_, index) =>
    jstat.jStat.normal.inv((index + 0.5) / count, mean, standardDeviation),
  );
}
