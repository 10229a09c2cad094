/**
 * Retry and circuit breaker have the counts of their closed forms (test/calibration/queueing.json), within 99.9 %
 * intervals by Student's t over 20 seeds, which are fixed. The worked values, which take longer runs, are in
 * test/deep/policy-counts.test.ts.
 */
import { describe, expect, test } from 'vitest';
import oracle from '../../calibration/queueing.json' with { type: 'json' };
import {
  consecutiveBreaker,
  countBreakerFirstWindow,
  truncatedRetry,
} from '../services/closed-forms.ts';
import { holds } from '../services/queue.ts';
import { countedFirstWindow, countedRetry, countedRow } from './counted.ts';

describe('calls that fail independently', () => {
  test('are attempted as often as truncated retries are, and fail as seldom', () => {
    const seen = countedRetry(0.4, 3, 40);
    const { meanAttempts, probabilityOfFailure } = truncatedRetry(0.4, 3);
    expect(holds(seen.meanAttempts, meanAttempts)).toBe(true);
    expect(holds(seen.probabilityOfFailure, probabilityOfFailure)).toBe(true);
    // Controls: of another number of attempts.
    expect(holds(seen.meanAttempts, truncatedRetry(0.4, 2).meanAttempts)).toBe(false);
    expect(holds(seen.probabilityOfFailure, truncatedRetry(0.4, 2).probabilityOfFailure)).toBe(
      false,
    );
  });

  test('open a breaker of failures in a row after as many calls as the formula says', () => {
    const seen = countedRow(0.5, 2, 110, 6);
    expect(holds(seen, consecutiveBreaker(0.5, 2).meanCalls)).toBe(true);
    expect(holds(seen, consecutiveBreaker(0.5, 3).meanCalls)).toBe(false);
    expect(holds(seen, consecutiveBreaker(0.8, 2).meanCalls)).toBe(false);
  });

  test('fill a first window that opens a breaker as often as the binomial law says', () => {
    const worked = oracle.models.find(({ id }) => id === 'countBreakerFirstWindow')?.worked.result;
    const { probability } = countBreakerFirstWindow(10, 0.5, 0.4);
    expect(probability).toBeCloseTo((worked as { probability: number }).probability, 6);
    const seen = countedFirstWindow(0.4, 10, 0.5, 15);
    expect(holds(seen, probability)).toBe(true);
    // A rule with > needs one failure more than one with >=, which is another probability.
    expect(holds(seen, countBreakerFirstWindow(10, 0.6, 0.4).probability)).toBe(false);
  });
});
