/** Policies by the clock, with more calls and for longer than `npm test` asks; and incidents by the clock. */
import { describe, expect, test } from 'vitest';
import { check } from '../../src/index.ts';
import { incidentSystem } from '../../src/patterns/index.ts';
import { expectSound } from '../patterns/resilience/broken.ts';
import {
  openTime,
  slowCalls,
  timeWindow,
  totalTime,
} from '../patterns/resilience/timed-questions.ts';

describe('by the clock, in every execution', () => {
  test.each([
    ['a window of time, open for longer than it', timeWindow(40, 4, 9)],
    ['a window of time, open for less than it', timeWindow(20, 5, 5)],
    ['slow calls', slowCalls(5, 9)],
    ['open time', openTime(5, 8)],
    ['total time', totalTime(3, 16)],
  ])('%s', (_, question) => {
    expect(expectSound(question, 3_000_000)).toBeGreaterThan(10_000);
  });

  test.each(['breaker', 'breaker,timeout', 'retry,timeout', 'bulkhead,timeout'])(
    'incidents with %s keep what they promise',
    (policy) => {
      const { verdict, complete } = check(incidentSystem, {
        parameters: { policy },
        ...{ timing: 'timed', scope: { tickMs: 50 }, maxStates: 1_000_000 },
      });
      expect({ verdict, complete }).toEqual({ verdict: 'holds', complete: true });
    },
  );
});
