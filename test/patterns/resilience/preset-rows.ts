/**
 * The options of other libraries, by library and policy, and what of the presets has their defaults: the place of
 * it and the value that the default means there; or why there is none. Both a test and the table of
 * docs/policies.md are made from this.
 */
import { constant } from '../../../src/index.ts';

export type Row =
  /** `of` turns the documented default into the value at that place; left out, it is the same. */
  | { readonly here: string; readonly of?: (value: never) => unknown; readonly note?: string }
  | { readonly none: string };

type Rows = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Row>>>>>>;

const seconds = (value: number) => constant(value * 1000);
const extra = (value: number) => value + 1;
const percent = (value: number) => value / 100;
const mustBeGiven = 'has no default, nor here';
const lazy = 'a timer fires at the time itself, where there it is noticed with the next call';
const noManual = 'nobody sets the state by hand';

export const presetRows: Rows = {
  polly: {
    retry: {
      maxRetryAttempts: { here: 'retry.attempts', of: extra },
      backoffType: { here: 'retry.backoff.kind' },
      delay: { here: 'retry.backoff.ms', of: (value: number) => value * 1000 },
      maxDelay: { none: 'a constant wait needs no cap; others have `capMs`' },
      useJitter: {
        here: 'retry.backoff.jitter',
        of: () => undefined,
        note: 'on: `share` 0.25 of constant and linear waits, `decorrelated-v2`',
      },
      shouldHandle: {
        here: 'retry.on',
        of: () => undefined,
        note: 'all errors; `breaker-open` and `cancelled` are never retried here',
      },
    },
    circuitBreaker: {
      failureRatio: { here: 'circuitBreaker.window.ratio' },
      minimumThroughput: { here: 'circuitBreaker.window.minimum' },
      samplingDuration: {
        here: 'circuitBreaker.window.ms',
        of: (value: number) => value * 1000,
        note: 'in 10 slices',
      },
      breakDuration: { here: 'circuitBreaker.open', of: seconds },
      tripEvaluatedOn: { here: 'circuitBreaker.onSuccess', of: () => undefined, note: 'false' },
      openToHalfOpen: { none: lazy },
      halfOpenPermits: { here: 'circuitBreaker.permits' },
      halfOpenWatchdog: { here: 'circuitBreaker.probe' },
      manualStates: { none: noManual },
    },
    timeout: { timeout: { here: 'timeout.after', of: seconds, note: '`mode: cooperate`' } },
    bulkhead: { permitLimit: { here: 'bulkhead.limit' }, queueLimit: { here: 'bulkhead.queue' } },
    fallback: {
      on: { here: 'fallback.on', of: () => undefined, note: 'all, rejections included' },
    },
    hedging: {
      maxHedgedAttempts: { here: 'hedge.copies', of: extra },
      delay: {
        here: 'hedge.after',
        of: seconds,
        note: '`calls: all`: nobody asks whether a call may be made twice',
      },
    },
  },
  resilience4j: {
    retry: {
      maxAttempts: { here: 'retry.attempts' },
      waitDuration: { here: 'retry.backoff.ms', note: '`exponentialRetry` has the factor 1.5' },
      randomizationFactor: {
        here: 'randomizedRetry.backoff.jitter.share',
        note: 'without its 1 ms more at the upper end',
      },
      retryOn: { here: 'retry.on', of: () => undefined, note: 'all errors' },
      failAfterMaxAttempts: { none: 'the last error goes up, as it does there' },
    },
    circuitBreaker: {
      failureRateThreshold: { here: 'circuitBreaker.window.ratio', of: percent },
      slowCallRateThreshold: {
        here: 'circuitBreaker.window.slow.ratio',
        of: percent,
        note: 'half-open a slow probe counts here as one that failed',
      },
      slowCallDurationThreshold: {
        here: 'circuitBreaker.window.slow.afterMs',
        of: (value: number) => value * 1000,
      },
      minimumNumberOfCalls: { here: 'circuitBreaker.window.minimum' },
      slidingWindowType: { here: 'circuitBreaker.window.kind', of: () => 'count' },
      slidingWindowSize: { here: 'circuitBreaker.window.size' },
      tripEvaluatedOn: { here: 'circuitBreaker.onSuccess', of: () => true },
      waitDurationInOpenState: { here: 'circuitBreaker.open', of: seconds },
      openToHalfOpen: { none: lazy },
      automaticTransitionFromOpenToHalfOpen: { none: 'always: a timer ends the open time' },
      permittedNumberOfCallsInHalfOpenState: {
        here: 'circuitBreaker.permits',
        note: '`mayFail: 4`, as half of them open it',
      },
      maxWaitDurationInHalfOpenState: {
        here: 'circuitBreaker.probe',
        of: () => null,
        note: '0 is no limit',
      },
      manualStates: { none: noManual },
    },
    timeLimiter: {
      timeoutDuration: { here: 'timeout.after', of: seconds },
      cancelRunningFuture: { here: 'timeout.tells' },
    },
    bulkhead: {
      maxConcurrentCalls: { here: 'bulkhead.limit' },
      maxWaitDuration: { here: 'bulkhead.queue', note: 'who may not wait needs no place' },
      fairCallHandling: { none: 'always: first in, first out' },
      threadPoolQueueCapacity: { here: 'threadPoolBulkhead.queue' },
    },
    rateLimiter: {
      limitForPeriod: { none: 'there is no rate limit yet' },
      limitRefreshPeriod: { none: 'there is no rate limit yet' },
      timeoutDuration: { none: 'there is no rate limit yet' },
    },
    hedge: { available: { none: 'a module without documented defaults' } },
  },
  cockatiel: {
    retry: {
      maxAttempts: { here: 'retry.attempts', of: () => null },
      backoff: { here: 'retry.backoff.ms', of: () => 0, note: 'constant' },
      exponentialInitialDelay: { here: 'exponentialRetry.backoff.ms' },
      exponentialMaxDelay: {
        here: 'exponentialRetry.backoff.capMs',
        of: (value: number) => value * 1000,
      },
      exponentialExponent: {
        none: 'decorrelated waits double; 3.2.1 ignores another exponent of the other kinds too',
      },
      exponentialGenerator: { here: 'exponentialRetry.backoff.kind', of: () => 'decorrelated-v2' },
      handles: {
        here: 'retry.on',
        of: () => undefined,
        note: 'must be given there; here all errors',
      },
    },
    circuitBreaker: {
      kinds: { none: `window ${mustBeGiven}: consecutive, count, time` },
      consecutiveThreshold: { none: `window.failures ${mustBeGiven}` },
      countThreshold: {
        here: 'circuitBreaker.above',
        of: () => true,
        note: `window.ratio ${mustBeGiven}; must be exceeded`,
      },
      samplingThreshold: {
        here: 'circuitBreaker.above',
        of: () => true,
        note: `window.ratio ${mustBeGiven}; must be exceeded`,
      },
      samplingMinimumRps: {
        none: 'window.minimum is a count: take 5 / ratio for each second of the window',
      },
      tripEvaluatedOn: { here: 'circuitBreaker.onSuccess', of: () => undefined, note: 'false' },
      halfOpenAfter: { none: `open ${mustBeGiven}` },
      openToHalfOpen: { none: lazy },
      halfOpenPermits: {
        here: 'circuitBreaker.permits',
        note: 'others are rejected here, and wait for the verdict there',
      },
      halfOpenWatchdog: { here: 'circuitBreaker.probe' },
      manualStates: { none: noManual },
    },
    timeout: {
      strategy: { none: `mode ${mustBeGiven}: cooperative is cooperate, aggressive is abandon` },
      duration: { none: `after ${mustBeGiven}` },
      abortOnReturn: { none: 'what has returned is told nothing' },
    },
    bulkhead: {
      limit: { none: 'limit has no default there; here 10' },
      queue: { here: 'bulkhead.queue' },
    },
    fallback: { value: { none: `give ${mustBeGiven}` } },
  },
};
