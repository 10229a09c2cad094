/**
 * What other libraries do when nothing is set, in the options of policies here: data, to be spread and changed.
 * docs/policies.md has a table of their options and what has no counterpart.
 */
import { constant } from '../../model/distribution.ts';
import type { BreakerOptions } from './breaker.ts';
import type { BulkheadOptions } from './bulkhead.ts';
import type { FallbackOptions } from './fallback.ts';
import type { HedgeOptions } from './hedge.ts';
import type { RateLimitOptions } from './rate-limit.ts';
import type { RetryOptions } from './retry.ts';
import type { TimeoutOptions } from './timeout.ts';

/** Half-open, none of them gives up a probe that is lost, and all count results of calls of an earlier state. */
const asLibraries = { probe: null, tagged: false } as const;

/** Polly 8 (.NET). */
const polly = {
  retry: { attempts: 4, backoff: { kind: 'constant', ms: 2000 }, onRejection: true },
  circuitBreaker: {
    ...asLibraries,
    window: { kind: 'time', ms: 30_000, slices: 10, minimum: 100, ratio: 0.1 },
    open: constant(5000),
    permits: 1,
  },
  timeout: { after: constant(30_000), mode: 'cooperate' },
  bulkhead: { limit: 1000, queue: 0 },
  fallback: { onRejection: true },
  hedge: { after: constant(2000), copies: 2, calls: 'all' },
} as const satisfies Presets;

/** resilience4j (Java). */
const resilience4j = {
  retry: { attempts: 3, backoff: { kind: 'constant', ms: 500 }, onRejection: true },
  /** With `IntervalFunction.ofRandomized()`. */
  randomizedRetry: {
    attempts: 3,
    backoff: { kind: 'constant', ms: 500, jitter: { kind: 'share', share: 0.5 } },
    onRejection: true,
  },
  /** With `IntervalFunction.ofExponentialBackoff()`, which has no cap. */
  exponentialRetry: {
    attempts: 3,
    backoff: { kind: 'exponential', ms: 500, factor: 1.5, capMs: Number.MAX_VALUE },
    onRejection: true,
  },
  circuitBreaker: {
    ...asLibraries,
    window: {
      ...{ kind: 'count', size: 100, minimum: 100, ratio: 0.5 },
      slow: { afterMs: 60_000, ratio: 1 },
    },
    onSuccess: true,
    open: constant(60_000),
    permits: 10,
    // Five of ten are the half at which it opens again.
    mayFail: 4,
  },
  timeout: { after: constant(1000), mode: 'abandon', tells: true },
  bulkhead: { limit: 25, queue: 0 },
  /** Of a pool of threads, whose size is the limit. */
  threadPoolBulkhead: { queue: 100 },
  /** 50 calls in each half a microsecond: hardly a limit. */
  rateLimit: {
    ...{ tokens: 50, every: constant(0.0005), queue: null },
    waitsAtMost: constant(5000),
  },
} as const satisfies Presets;

/** cockatiel 3 and 4 (TypeScript). What it has no default for must be given here too. */
const cockatiel = {
  retry: { attempts: null, backoff: { kind: 'constant', ms: 0 }, onRejection: true },
  /** With `new ExponentialBackoff()`. */
  exponentialRetry: {
    attempts: null,
    backoff: { kind: 'decorrelated-v2', ms: 128, capMs: 30_000 },
    onRejection: true,
  },
  /** Without its window and the time for which it stays open. */
  circuitBreaker: { ...asLibraries, above: true, permits: 1 },
  bulkhead: { queue: 0 },
} as const satisfies Presets;

interface Presets {
  readonly retry?: RetryOptions;
  readonly randomizedRetry?: RetryOptions;
  readonly exponentialRetry?: RetryOptions;
  readonly circuitBreaker?: BreakerOptions;
  readonly timeout?: TimeoutOptions;
  readonly bulkhead?: BulkheadOptions;
  readonly threadPoolBulkhead?: BulkheadOptions;
  readonly fallback?: Partial<FallbackOptions>;
  readonly hedge?: HedgeOptions;
  readonly rateLimit?: RateLimitOptions;
}

/**
 * The defaults of other libraries.
 *
 *     circuitBreaker(presets.resilience4j.circuitBreaker)
 *     retry({ ...presets.polly.retry, attempts: 6 })
 */
export const presets = { polly, resilience4j, cockatiel };
