/**
 * Runs of incidents: what is promised holds, and runs are what they were. The digests are a regression pin, copied
 * from our own output; look at what changed before copying new ones.
 */
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, type Loop, run, variant } from '../../../src/index.ts';
import { incidentSystem } from '../../../src/patterns/index.ts';
import pinned from './digests.json' with { type: 'json' };

const policy = 'retry,breaker,timeout';

describe.each(Object.entries(pinned))('%s', (scenario, digest) => {
  test('keeps what is promised, and is the run that it was', () => {
    // Until the incident has come; test/deep/incidents.test.ts runs them to their end.
    const horizonMs = scenario === 'slow-leak' ? 2500 : 1700;
    const done = run(incidentSystem, { seed: 7, scenario, horizonMs, parameters: { policy } });
    expect(done.verdict).toBe('holds');
    expect(done.metrics.operations.arrived).toBeGreaterThan(40);
    expect(done.digest).toBe(digest);
  });
});

describe('of calls that are lost', () => {
  const ended = (list: string, horizonMs: number, system: AnySystem = incidentSystem) => {
    const faults = ['payments1', 'payments2'].map((node) => {
      return { fault: 'crash', node, atMs: 300, forMs: 100 } as const;
    });
    const { verdict, outcome, reason } = run(system, {
      ...{ seed: 3, scenario: 'quiet', horizonMs, faults },
      parameters: { policy: list, timeoutMs: 900 },
      workload: [{ ...scenarioLoop, untilMs: 600 }],
    });
    return [verdict, outcome, reason?.replace(/^\d+ requests? /, '')];
  };
  const scenarioLoop: Loop = {
    ...{ loop: 'open', arrivals: { kind: 'constant', everyMs: 20 } },
    mix: [{ operation: { type: 'REQUEST', service: 'payments' } }],
    fields: { call: { kind: 'serial' } },
  };

  test('a run says that they are under way, or that nobody will say so', () => {
    expect(ended('timeout', 800)).toEqual(['holds', 'blocked', 'under way when the run ended']);
    expect(ended('timeout', 5000)).toEqual(['holds', 'recovered', undefined]);
    expect(ended('none', 5000)).toEqual(['holds', 'blocked', 'lost, and no time-out says so']);
  });

  test('a time-out that tells nobody is stuck', () => {
    const mute = variant(incidentSystem as AnySystem, 'mute', {
      provide: { timeout: { actions: { failLate: assign({}) } } },
    });
    // Crashes excuse a loss: here messages are cut off.
    const faults = [{ fault: 'partition', groups: [['shop']], atMs: 300, forMs: 100 }] as const;
    const done = run(mute, {
      ...{ seed: 3, scenario: 'quiet', horizonMs: 5000, faults },
      parameters: { policy: 'timeout' },
      workload: [{ ...scenarioLoop, untilMs: 600 }],
    });
    expect([done.verdict, done.outcome]).toEqual(['violated', 'stuck']);
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
