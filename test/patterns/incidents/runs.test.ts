/**
 * Runs of incidents: what is promised holds, and runs are what they were. The digests are a regression pin, copied
 * from our own output; look at what changed before copying new ones.
 */
import { describe, expect, test } from 'vitest';
import { run } from '../../../src/index.ts';
import { incidentSystem } from '../../../src/patterns/index.ts';
import pinned from './digests.json' with { type: 'json' };

const policy = 'retry,breaker,timeout';

describe.each(Object.entries(pinned))('%s', (scenario, digest) => {
  test('keeps what is promised, and is the run that it was', () => {
    // Until the incident has come; test/deep/incidents.test.ts runs them to their end.
    const horizonMs = scenario === 'slow-leak' ? 4600 : 2100;
    const done = run(incidentSystem, { seed: 7, scenario, horizonMs, parameters: { policy } });
    expect(done.verdict).toBe('holds');
    expect(done.metrics.operations.arrived).toBeGreaterThan(50);
    expect(done.digest).toBe(digest);
  });
});

test('every scenario has a pin', () => {
  expect(Object.keys(pinned)).toEqual(Object.keys(incidentSystem.scenarios ?? {}));
});

test('incidents meet the same requests: what differs is what becomes of them', () => {
  const arrived = (scenario: string, list: string) =>
    run(incidentSystem, { seed: 3, scenario, horizonMs: 2500, parameters: { policy: list } })
      .metrics.operations.arrived;
  expect(arrived('dependency-down', 'none')).toBe(arrived('quiet', 'breaker,timeout'));
});

test('attempts and amplification count what is sent', () => {
  const script = { errorPercent: 100, attempts: 3, backoffMs: 1 };
  const one = (list: string) => {
    const { metrics } = run(incidentSystem, {
      seed: 1,
      parameters: { policy: list, replicas: 1, ...script },
      operations: [
        {
          process: 'shop/client',
          operation: { type: 'REQUEST', service: 'payments', call: 'x' },
          atMs: 1,
        },
      ],
      workload: undefined as never,
    });
    return [metrics.ratios['attempts a request'], metrics.ratios.amplification];
  };
  expect(one('none')).toEqual([1, 1]);
  expect(one('retry')).toEqual([3, 3]);
  expect(one('retry,retry')).toEqual([9, 9]);
});
