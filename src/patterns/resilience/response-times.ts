/** How long the last calls took, of which a delay may be a percentile. */
import { legal } from './legal.ts';

/** That share of the last `size` calls (default 100) took no longer; of at least `minimum` (default 20). */
export interface Percentile {
  /** Such as 0.95. */
  readonly percentile: number;
  readonly size?: number;
  readonly minimum?: number;
}

export function fullPercentile(policy: string, given: Percentile): Required<Percentile> {
  const check = legal(policy);
  check.names(given, ['percentile', 'size', 'minimum'], 'after.');
  const full = { size: 100, minimum: Math.min(20, given.size ?? 100), ...given };
  if (!(typeof full.percentile === 'number' && full.percentile > 0 && full.percentile < 1))
    check.bad('after.percentile', full.percentile, 'a number between 0 and 1, such as 0.95');
  check.whole('after.size', full.size, 1);
  check.whole('after.minimum', full.minimum, 1);
  if (full.minimum > full.size)
    check.bad('after.minimum', full.minimum, `no more than the size, ${full.size}`);
  return full;
}

export function recordedTimes(
  { size }: Required<Percentile>,
  timesMs: readonly number[],
  ms: number,
): readonly number[] {
  return [...timesMs, ms].slice(-size);
}

/** The element of rank `percentile` times their number, rounded up (nearest rank); of too few, none. */
export function percentileOf(
  { percentile, minimum }: Required<Percentile>,
  timesMs: readonly number[],
): number | undefined {
  if (timesMs.length < minimum) return undefined;
  const rank = Math.ceil(percentile * timesMs.length);
  return timesMs.toSorted((a, b) => a - b)[rank - 1];
}
