/** The policy retry: its options, with their defaults, and its parts. */
import { constant, type Distribution } from '../../model/distribution.ts';
import { defineFamily, defineProcess } from '../../model/process.ts';
import { type Backoff, delayAt, delayLaw, fullBackoff, isDrawn } from './backoff.ts';
import { type Budget, validBudget } from './budget.ts';
import { timers } from './held-calls.ts';
import { type Errors, legal } from './legal.ts';
import type { Policy } from './policy.ts';
import { retryMachine } from './retry-machine.ts';
import { backoffMachine } from './timers.ts';

export interface RetryOptions {
  /** Attempts of a call in all, the first included. Null: no bound. Default 3. */
  readonly attempts?: number | null;
  /** No attempt begins later than so long after the first, and what waits then fails. Default: no bound. */
  readonly totalTime?: Distribution;
  /** The errors that are worth another attempt. Default: all. */
  readonly on?: Errors;
  /** Whether that may include the rejections of a bulkhead. Default false. */
  readonly onRejection?: boolean;
  /** The wait before each retry. Default exponential from 100 ms, with full jitter. */
  readonly backoff?: Backoff;
  /** Among how many equally likely values `r` is drawn where it is a choice. Default 16. */
  readonly levels?: number;
  /** How many retries there may be beside the calls. Default: no bound. */
  readonly budget?: Budget;
}

/** The same with nothing left out. */
export type FullRetryOptions = Required<Omit<RetryOptions, 'totalTime' | 'budget'>> &
  Pick<RetryOptions, 'totalTime' | 'budget'>;

function fullOptions(given: RetryOptions): FullRetryOptions {
  const check = legal('retry');
  const names = ['attempts', 'totalTime', 'on', 'onRejection', 'backoff', 'levels', 'budget'];
  check.names(given, names);
  const full: FullRetryOptions = {
    ...{ attempts: 3, on: () => true, onRejection: false, levels: 16 },
    ...given,
    backoff: fullBackoff(given.backoff ?? { kind: 'exponential', ms: 100, jitter: 'full' }),
  };
  check.bound('attempts', full.attempts, 1);
  if (full.totalTime !== undefined) check.law('totalTime', full.totalTime);
  check.errors('on', full.on);
  check.flag('onRejection', full.onRejection);
  check.whole('levels', full.levels, 1);
  if (full.budget !== undefined) validBudget('retry', full.budget);
  return full;
}

/**
 * Retry with back-off.
 *
 *     retry({ attempts: 4, backoff: { kind: 'exponential', ms: 50, capMs: 1000, jitter: 'equal' } })
 *
 * Throws a {@link UserMistake} for an option that is not legal.
 */
export function retry(options: RetryOptions = {}): Policy {
  const full = fullOptions(options);
  return {
    kind: 'retry',
    options: full,
    parts(place) {
      const { backoff, levels, totalTime } = full;
      const isChoice = isDrawn(backoff);
      const waits = defineFamily({
        machine: backoffMachine((n, level, previous) => {
          const r = (level + 0.5) / levels;
          return { ms: delayAt(backoff, n, r, previous), r };
        }, isChoice),
        delays: {
          backoff: ({ context: { n, drawn } }) =>
            drawn === undefined ? delayLaw(backoff, n) : constant(drawn.ms),
        },
        choices: Array.from({ length: isChoice ? levels : 0 }, (_, level) => {
          return { event: { type: 'DRAW' as const, level }, immediate: true };
        }),
      });
      return {
        process: defineProcess({ machine: retryMachine(full, place) }),
        families: {
          [place.family('backoff')]: waits,
          ...timers(place, 'total', totalTime),
        },
      };
    },
  };
}
