/** Windows of a circuit breaker: what of the latest results is kept, and when it is bad enough to open. */
import { legal } from './legal.ts';

export type Window =
  /** So many failures in a row. */
  | { readonly kind: 'consecutive'; readonly failures: number }
  /** The share of failures among the last `size` results, of which there must be `minimum`; default: all. */
  | {
      readonly kind: 'count';
      readonly size: number;
      readonly minimum?: number;
      readonly ratio: number;
      readonly slow?: Slow;
    }
  /**
   * The same among the results of the last `ms`, in `slices` of equal length, default 10: a slice counts until
   * its beginning is `ms` ago. `minimum` is 1 by default. The machine reads its node's clock.
   */
  | {
      readonly kind: 'time';
      readonly ms: number;
      readonly slices?: number;
      readonly minimum?: number;
      readonly ratio: number;
      readonly slow?: Slow;
    };

/** Calls that take `afterMs` or longer are slow; so many of them open the breaker too. */
export interface Slow {
  readonly afterMs: number;
  readonly ratio: number;
}

export interface Result {
  readonly failed: boolean;
  readonly slow: boolean;
}

/** Counts of results, those of a time window with the beginning of their slice. */
export interface Slice {
  readonly fromMs?: number;
  readonly total: number;
  readonly failed: number;
  readonly slow: number;
}

export function fullWindow(given: Window, policy = 'circuitBreaker'): Window {
  const check = legal(policy);
  if (typeof given !== 'object' || given === null) check.bad('window', given, 'an object');
  check.oneOf('window.kind', given.kind, ['consecutive', 'count', 'time']);
  if (given.kind === 'consecutive') {
    check.names(given, ['kind', 'failures'], 'window.');
    check.whole('window.failures', given.failures, 1);
    return given;
  }
  const { slow } = given;
  if (slow !== undefined) {
    check.names(slow, ['afterMs', 'ratio'], 'window.slow.');
    check.duration('window.slow.afterMs', slow.afterMs);
    check.ratio('window.slow.ratio', slow.ratio);
  }
  check.ratio('window.ratio', given.ratio);
  if (given.kind === 'count') {
    check.names(given, ['kind', 'size', 'minimum', 'ratio', 'slow'], 'window.');
    check.whole('window.size', given.size, 1);
    const full = { minimum: given.size, ...given };
    check.whole('window.minimum', full.minimum, 1);
    if (full.minimum > full.size)
      check.bad('window.minimum', full.minimum, `no more than the size, ${full.size}`);
    return full;
  }
  check.names(given, ['kind', 'ms', 'slices', 'minimum', 'ratio', 'slow'], 'window.');
  const full = { slices: 10, minimum: 1, ...given };
  check.duration('window.ms', full.ms);
  if (full.ms === 0) check.bad('window.ms', full.ms, 'more than 0');
  check.whole('window.slices', full.slices, 1);
  check.whole('window.minimum', full.minimum, 1);
  return full;
}

/** Whether a policy with this window reads the clock of its node. */
export function readsClock(window: Window): boolean {
  return window.kind === 'time' || (window.kind === 'count' && window.slow !== undefined);
}

const one = ({ failed, slow }: Result): Slice => {
  return { total: 1, failed: failed ? 1 : 0, slow: slow ? 1 : 0 };
};

/** With one more result. Of a consecutive window the failures in a row are kept, as one slice. */
export function recorded(
  window: Window,
  slices: readonly Slice[],
  result: Result,
  nowMs = 0,
): readonly Slice[] {
  if (window.kind === 'consecutive') {
    if (!result.failed) return [];
    const row = (slices[0]?.failed ?? 0) + 1;
    return [{ total: row, failed: row, slow: 0 }];
  }
  if (window.kind === 'count') return [...slices, one(result)].slice(-window.size);
  const { ms, slices: count = 10 } = window;
  const length = ms / count;
  const fromMs = Math.floor(nowMs / length) * length;
  const left = slices.filter((slice) => nowMs - (slice.fromMs ?? 0) < ms);
  const last = left.at(-1);
  if (last?.fromMs !== fromMs) return [...left, { fromMs, ...one(result) }];
  return [...left.slice(0, -1), { fromMs, ...summed([last, one(result)]) }];
}

function summed(slices: readonly Slice[]): Slice {
  let [total, failed, slow] = [0, 0, 0];
  for (const slice of slices) {
    total += slice.total;
    failed += slice.failed;
    slow += slice.slow;
  }
  return { total, failed, slow };
}

/** Whether what is kept is bad enough; `above`: a share must be above its limit, not only at it. */
export function isBad(window: Window, slices: readonly Slice[], above: boolean): boolean {
  const { total, failed, slow } = summed(slices);
  if (window.kind === 'consecutive') return failed >= window.failures;
  if (total === 0 || total < (window.minimum ?? 1)) return false;
  // The quotient of two counts is the number that a ratio such as 0.1 is written as; a product is not.
  const exceeds = (share: number, limit: number) => (above ? share > limit : share >= limit);
  return (
    exceeds(failed / total, window.ratio) ||
    (window.slow !== undefined && exceeds(slow / total, window.slow.ratio))
  );
}
