/** The worked values of test/calibration/queueing.json that are about policies, in longer runs; 20 seeds, 99.9 %. */
import { expect, test } from 'vitest';
import { countedFirstWindow, countedRetry, countedRow } from '../patterns/resilience/counted.ts';
import {
  consecutiveBreaker,
  countBreakerFirstWindow,
  truncatedRetry,
} from '../patterns/services/closed-forms.ts';
import { holds } from '../patterns/services/queue.ts';

test.each([
  [0.2, 3],
  [0.5, 5],
  [0.7, 2],
])('retries that fail with probability %d, of %d attempts at most', (p, n) => {
  const seen = countedRetry(p, n, 1500);
  const expected = truncatedRetry(p, n);
  expect(holds(seen.meanAttempts, expected.meanAttempts)).toBe(true);
  expect(holds(seen.probabilityOfFailure, expected.probabilityOfFailure)).toBe(true);
});

test.each([
  [0.5, 5, 1800],
  [0.2, 3, 4000],
])('a breaker whose calls fail with probability %d, of %d failures in a row', (p, n, calls) => {
  expect(holds(countedRow(p, n, calls, 10), consecutiveBreaker(p, n).meanCalls)).toBe(true);
});

test.each([
  [10, 0.5, 0.4, 200],
  [100, 0.5, 0.4, 100],
  [7, 0.3, 0.2, 200],
])('a window of %d with a ratio of %d and failures with probability %d', (n, t, p, callers) => {
  const { probability } = countBreakerFirstWindow(n, t, p);
  expect(holds(countedFirstWindow(p, n, t, callers), probability)).toBe(true);
});

test('a breaker that opens only above its ratio has another probability (control)', () => {
  const { probability } = countBreakerFirstWindow(10, 0.5, 0.4);
  const above = countedFirstWindow(0.4, 10, 0.5, 200, { above: true });
  expect(holds(above, probability)).toBe(false);
  expect(holds(above, countBreakerFirstWindow(10, 0.6, 0.4).probability)).toBe(true);
});
