/** The policy circuit breaker: its options, with their defaults, and its parts. */
import { constant, type Distribution } from '../../model/distribution.ts';
import { defineProcess, type Process } from '../../model/process.ts';
import { breakerMachine } from './breaker-machine.ts';
import { type Errors, legal } from './legal.ts';
import { isOfCallee, type Policy } from './policy.ts';
import { fullWindow, readsClock, type Window } from './window.ts';

export interface BreakerOptions {
  /** What opens it. Default: 5 failures in a row. */
  readonly window?: Window;
  /** Whether a share of failures must be above its limit to open it; false, the default: at it is enough. */
  readonly above?: boolean;
  /** Whether a success may open it too, where the window is bad with it. Default false: failures only. */
  readonly onSuccess?: boolean;
  /** The errors that are failures of the callee. Default: all but rejections by policies. */
  readonly on?: Errors;
  /** How long it stays open: a law, or one for each time it has opened in a row, from 1. Default 5 s. */
  readonly open?: Distribution | ((times: number) => Distribution);
  /** Calls that are let through half-open; what is asked beyond them is rejected. Default 1. */
  readonly permits?: number;
  /** So many of these may fail for it to close. Default 0. */
  readonly mayFail?: number;
  /**
   * The watchdog: half-open, it opens again when a probe has been out for so long. Default 10 s. Null: it waits
   * for ever for a probe that is lost, as libraries do.
   */
  readonly probe?: Distribution | null;
  /** Whether a result counts only in the epoch that admitted its call. False imitates libraries. Default true. */
  readonly tagged?: boolean;
}

/** The same with nothing left out. */
export type FullBreakerOptions = Required<BreakerOptions>;

function fullOptions(given: BreakerOptions): FullBreakerOptions {
  const check = legal('circuitBreaker');
  check.names(given, [
    ...['window', 'above', 'onSuccess', 'on', 'open', 'permits', 'mayFail', 'probe', 'tagged'],
  ]);
  const full: FullBreakerOptions = {
    ...{ above: false, onSuccess: false, permits: 1, mayFail: 0, tagged: true },
    ...{ open: constant(5000), probe: constant(10_000) },
    on: isOfCallee,
    ...given,
    window: fullWindow(given.window ?? { kind: 'consecutive', failures: 5 }),
  };
  check.flag('above', full.above);
  check.flag('onSuccess', full.onSuccess);
  check.flag('tagged', full.tagged);
  check.errors('on', full.on);
  if (typeof full.open !== 'function') check.law('open', full.open);
  check.whole('permits', full.permits, 1);
  check.whole('mayFail', full.mayFail, 0);
  if (full.mayFail >= full.permits)
    check.bad('mayFail', full.mayFail, `below permits, which is ${full.permits}`);
  if (full.probe !== null) check.law('probe', full.probe);
  return full;
}

/**
 * Circuit breaker (Nygard 2007): closed, open, half-open.
 *
 *     circuitBreaker({ window: { kind: 'count', size: 20, ratio: 0.5 }, open: constant(5000) })
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function circuitBreaker(options: BreakerOptions = {}): Policy {
  const full = fullOptions(options);
  return {
    kind: 'circuit-breaker',
    options: full,
    parts(place) {
      const { open, probe, window } = full;
      const process = defineProcess({
        machine: breakerMachine(full, place),
        delays: {
          open: ({ context }) => (typeof open === 'function' ? open(context.opened) : open),
          ...(probe === null ? {} : { probe }),
        },
        clock: readsClock(window),
      });
      return { process: process as unknown as Process };
    },
  };
}
