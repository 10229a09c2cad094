/** Budgets: how many retries, or further copies, there may be beside the calls that are made anyway. */
import { legal } from './legal.ts';

export type Budget =
  /**
   * Calls that are being retried are at most `ratio` of those under way, `floor` being always allowed
   * (Envoy: 0.2 and 3).
   */
  | { readonly kind: 'share'; readonly ratio: number; readonly floor: number }
  /**
   * A bucket with at most `capacity` retries in it, full at first: each call puts in `1 / callsPerRetry` of
   * one, each retry takes one out. In the long run there are at most `1 + 1 / callsPerRetry` attempts a call.
   */
  | { readonly kind: 'tokens'; readonly capacity: number; readonly callsPerRetry: number };

export function validBudget(policy: string, budget: Budget): Budget {
  const check = legal(policy);
  if (typeof budget !== 'object' || budget === null)
    check.bad('budget', budget, 'an object, or left out');
  check.oneOf('budget.kind', budget.kind, ['share', 'tokens']);
  if (budget.kind === 'share') {
    check.names(budget, ['kind', 'ratio', 'floor'], 'budget.');
    check.number('budget.ratio', budget.ratio, 0, 1);
    check.whole('budget.floor', budget.floor, 0);
  } else {
    check.names(budget, ['kind', 'capacity', 'callsPerRetry'], 'budget.');
    check.whole('budget.capacity', budget.capacity, 0);
    check.whole('budget.callsPerRetry', budget.callsPerRetry, 1);
  }
  return budget;
}

/** What is in the bucket, in shares of a retry, so that it stays whole. */
export function fullBucket(budget: Budget | undefined): number {
  return budget?.kind === 'tokens' ? budget.capacity * budget.callsPerRetry : 0;
}

export function afterCall(budget: Budget | undefined, bucket: number): number {
  return budget?.kind === 'tokens' ? Math.min(fullBucket(budget), bucket + 1) : bucket;
}

export function afterRetry(budget: Budget | undefined, bucket: number): number {
  return budget?.kind === 'tokens' ? bucket - budget.callsPerRetry : bucket;
}

/** Whether one more call may be retried, `retried` of the `calls` under way being so now. */
export function allowsRetry(
  budget: Budget | undefined,
  bucket: number,
  calls: number,
  retried: number,
): boolean {
  if (budget === undefined) return true;
  if (budget.kind === 'tokens') return bucket >= budget.callsPerRetry;
  return retried < Math.max(budget.floor, budget.ratio * calls);
}
