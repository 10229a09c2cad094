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
const mustBeGiven = 'must be given there';
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
      slidingWindowType: {
        here: 'circuitBreaker.window.kind',
        of: (value: string) => value.replace('Based', ''),
      },
      slidingWindowSize: { here: 'circuitBreaker.window.size' },
      tripEvaluatedOn: {
        here: 'circuitBreaker.onSuccess',
        of: (value: string) => value === 'every outcome',
      },
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
      limitForPeriod: {
        here: 'rateLimit.tokens',
        note: 'a period begins when a token is taken from a full bucket, and not by itself',
      },
      limitRefreshPeriod: { here: 'rateLimit.every', of: (value: number) => constant(value / 1e6) },
      timeoutDuration: { here: 'rateLimit.waitsAtMost', of: seconds, note: '`queue: null`' },
    },
    hedge: { available: { none: 'a module without documented defaults' } },
  },
  cockatiel: {
    retry: {
      maxAttempts: {
        here: 'retry.attempts',
        of: (value: string) => (value === 'infinity' ? null : value),
      },
      backoff: { here: 'retry.backoff.ms', of: () => 0, note: 'constant' },
      exponentialInitialDelay: { here: 'exponentialRetry.backoff.ms' },
      exponentialMaxDelay: {
        here: 'exponentialRetry.backoff.capMs',
        of: (value: number) => value * 1000,
      },
      exponentialExponent: {
        none: 'decorrelated waits double; 3.2.1 ignores another exponent of the other kinds too',
      },
      exponentialGenerator: {
        here: 'exponentialRetry.backoff.kind',
        of: (value: string) => value.replace('V2', '-v2'),
      },
      handles: {
        here: 'retry.on',
        of: () => undefined,
        note: 'must be given there; here all errors',
      },
    },
    circuitBreaker: {
      kinds: {
        none: `${mustBeGiven}: \`window\` consecutive, count or time; here 5 failures in a row`,
      },
      consecutiveThreshold: { none: `${mustBeGiven}: \`window.failures\`` },
      countThreshold: {
        here: 'circuitBreaker.above',
        of: () => true,
        note: `\`window.ratio\` ${mustBeGiven}, and must be exceeded`,
      },
      samplingThreshold: {
        here: 'circuitBreaker.above',
        of: () => true,
        note: `\`window.ratio\` ${mustBeGiven}, and must be exceeded`,
      },
      samplingMinimumRps: {
        none: 'window.minimum is a count: take 5 / ratio for each second of the window',
      },
      tripEvaluatedOn: { here: 'circuitBreaker.onSuccess', of: () => undefined, note: 'false' },
      halfOpenAfter: { none: `${mustBeGiven}: \`open\`; here 5 s` },
      openToHalfOpen: { none: lazy },
      halfOpenPermits: {
        here: 'circuitBreaker.permits',
        note: 'others are rejected here, and wait for the verdict there',
      },
      halfOpenWatchdog: { here: 'circuitBreaker.probe' },
      manualStates: { none: noManual },
    },
    timeout: {
      strategy: {
        none: `${mustBeGiven}: cooperative is \`cooperate\`, aggressive \`abandon\`, the default here`,
      },
      duration: { none: `${mustBeGiven}, and here: \`after\`` },
      abortOnReturn: { none: 'what has returned is told nothing' },
    },
    bulkhead: {
      limit: { none: 'limit has no default there; here 10' },
      queue: { here: 'bulkhead.queue' },
    },
    fallback: { value: { none: `${mustBeGiven}, and here: \`give\`` } },
  },
};
