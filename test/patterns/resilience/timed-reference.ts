/**
 * When a circuit breaker may let calls through, as plain code over the times of calls that came one after the other: no
 * machine and no events. Written against docs/semantics.md 16.4.
 */
import type { Ended } from './clocked-calls.ts';

export interface TimedBreaker {
  /** Whether the results since it was closed open it; each with the time at which it came. */
  readonly isBad: (results: readonly Result[]) => boolean;
  /** How long it is open for the n-th time in a row, from 1. */
  readonly openMs: (times: number) => number;
  /** A call that takes so long is slow; a slow probe has failed. */
  readonly slowMs?: number;
}

export interface Result {
  readonly atMs: number;
  readonly failed: boolean;
  readonly slow: boolean;
}

/** At the very moment in which the open time is over, a call may come before that or after it. */
export function mayHaveEnded(of: TimedBreaker, log: readonly Ended[]): boolean {
  let results: Result[] = [];
  let openUntil: number | undefined;
  let times = 0;
  for (const [askedMs, endedMs, how] of log) {
    if (how === 'breaker-open') {
      if (openUntil === undefined || askedMs > openUntil) return false;
      continue;
    }
    const slow = of.slowMs !== undefined && endedMs - askedMs >= of.slowMs;
    const result: Result = { atMs: endedMs, failed: how !== 'reply', slow };
    let opens: boolean;
    if (openUntil === undefined) {
      results.push(result);
      opens = of.isBad(results);
    } else {
      if (askedMs < openUntil) return false;
      opens = result.failed || result.slow;
    }
    if (opens) openUntil = endedMs + of.openMs(++times);
    else if (openUntil !== undefined) {
      openUntil = undefined;
      results = [];
      times = 0;
    }
  }
  return true;
}
