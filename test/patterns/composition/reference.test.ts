/** Compositions in the simulator against the second interpreter: results, times, calls and cancels. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { behaviour, behaviours, compositions } from './random.ts';
import { interpret } from './reference.ts';
import { simulate } from './simulated.ts';

test('a composition does what the rules say, whatever its parts and its services', () => {
  const seen = { failed: 0, cancelled: 0, calls: 0, runs: 0 };
  fc.assert(
    fc.property(compositions, behaviours, fc.nat(5), (plan, { seed, failPercent }, data) => {
      const services = behaviour(seed, failPercent);
      const expected = interpret(plan, data, services);
      expect(simulate(plan, data, services)).toEqual(expected);
      seen.runs++;
      seen.calls += expected.calls.length;
      seen.cancelled += expected.cancelled.length;
      if (typeof expected.result === 'object' && 'error' in expected.result) seen.failed++;
    }),
    { seed: 7, numRuns: 300 },
  );
  // Not a test of nothing: calls are made, given up, and fail.
  expect(seen.calls).toBeGreaterThan(seen.runs);
  expect(Math.min(seen.failed, seen.cancelled)).toBeGreaterThan(50);
});
