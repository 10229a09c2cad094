/** Policies between a caller and services: retry and others, composable in any order. */
export { type Backoff, type Drawn, delayAt, type Jitter } from './backoff.ts';
export { type BreakerOptions, circuitBreaker } from './breaker.ts';
export type { Admitted, BreakerContext } from './breaker-machine.ts';
export type { Budget } from './budget.ts';
export {
  type BulkheadContext,
  type BulkheadOptions,
  bulkhead,
  type Out,
} from './bulkhead.ts';
export { defineCaller, describePolicies, type Guarded, guarded } from './caller.ts';
export { type FailoverOptions, failover } from './failover.ts';
export {
  type Failure as FallbackFailure,
  type FallbackOptions,
  fallback,
  type Given,
} from './fallback.ts';
export type { Backed, FallbackContext, Kept } from './fallback-machine.ts';
export { type Copied, type HedgeOptions, hedge } from './hedge.ts';
export type { HedgeContext, Hedged } from './hedge-machine.ts';
export type { Placed } from './held-calls.ts';
export type { Errors } from './legal.ts';
export type { FailoverContext, Placement } from './placements.ts';
export type { Parts, Place, Policy, Rejection } from './policy.ts';
export { presets } from './presets.ts';
export type { Probes } from './prober.ts';
export { type RateLimitOptions, rateLimit } from './rate-limit.ts';
export type { RateLimitContext } from './rate-limit-machine.ts';
export type { Percentile } from './response-times.ts';
export { type RetryOptions, retry } from './retry.ts';
export type { Retried, RetryContext } from './retry-machine.ts';
export type { Choice, Outlier, Target } from './targets.ts';
export { type Limited, type TimeoutContext, type TimeoutOptions, timeout } from './timeout.ts';
export type { Result, Slice, Slow, Window } from './window.ts';
