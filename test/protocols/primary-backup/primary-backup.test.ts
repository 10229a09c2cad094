/** Primary-backup replication: what it costs, what it survives, where it stands still. The page has what was checked. */
import { type AnySystem, constant, run, variant } from 'counterpoint';
import { primaryBackup } from 'counterpoint/protocols';
import { describe, expect, test } from 'vitest';
import { bugs, type ReplicationBug } from '../../bugs/primary-backup-bugs.ts';
import { expectExplained } from './explained.ts';

const system = primaryBackup as AnySystem;

describe('costs', () => {
  const sent = (parameters: Readonly<Record<string, number | boolean>>) => {
    const quiet = { pingMs: 600_000, checkMs: 600_000, clients: 1, ...parameters };
    const latency = constant(10);
    const { metrics } = run(system, { seed: 1, parameters: quiet, latency, horizonMs: 1000 });
    return metrics;
  };
  const more = (parameters: Readonly<Record<string, number | boolean>>) =>
    sent({ ...parameters, operations: 5 }).messages.sent -
    sent({ ...parameters, operations: 4 }).messages.sent;

  // Counted off the rule: request, forwarded, acknowledged, answered; alone, request and answer.
  test('a request takes four messages with a backup, and two without', () => {
    expect([more({ paired: true, servers: 2 }), more({ servers: 1 })]).toEqual([4, 2]);
  });

  // DSLabs lab 2 (test 5): no more than two messages for each node and interval between pings.
  test('the view server is not asked for every request', () => {
    const { metrics, virtualMs, parameters } = run(system, {
      seed: 1,
      scenario: 'no-faults',
      parameters: { operations: 100, servers: 2, clients: 1 },
      think: constant(5),
      horizonMs: 10_000,
    });
    const received = metrics.nodes.viewserver?.messages.delivered;
    const intervals = virtualMs / Number(parameters.pingMs);
    expect(metrics.operations.returned).toBe(100);
    expect(received).toBeLessThanOrEqual(intervals * 4 * 2);
  });
});

describe('scenarios', () => {
  test.each([
    ['no-faults', 'recovered', 2],
    ['primary-crash', 'recovered', 3],
    ['backup-crash', 'recovered', 3],
    ['primary-restart', 'recovered', 3],
    ['partition', 'recovered', 3],
    ['one-after-the-other', 'recovered', 4],
    ['both-crash', 'blocked', 2],
    ['crash-before-transfer', 'blocked', 2],
    ['backup-crash-in-transfer', 'blocked', 2],
  ])('%s: %s in view %d', (scenario, outcome, view) => {
    for (const seed of [1, 2, 3]) {
      const done = run(system, { seed, scenario });
      const { number } = (done.end.observed as { view: { number: number } }).view;
      expect([done.verdict, done.outcome, number], `seed ${seed}`).toEqual([
        'holds',
        outcome,
        view,
      ]);
    }
  });

  test('disk-loss is beyond what it assumes', () => {
    expect(run(system, { seed: 1, scenario: 'disk-loss' }).verdict).toBe('violated');
  });

  test('a primary that answers reads alone shows an old state when it is cut off', () => {
    const { variation, asked } = bugs.find(({ name }) => name === 'reads-alone') as ReplicationBug;
    const broken = variant(system, 'reads-alone', { ...variation, properties: [asked] });
    // c1 reads on the side of the old primary, while c2 writes on the other.
    const operations = Array.from({ length: 12 }, (_, index) => [
      { process: 'c1', operation: { type: 'GET', key: 'k1' } },
      { process: 'c2', operation: { type: 'APPEND', key: 'k1', value: `${index} ` } },
    ]).flat();
    const judged = (one: AnySystem) =>
      [1, 2, 3, 4].map((seed) => run(one, { seed, scenario: 'partition', operations }).verdict);
    // When a write waits for the backup first, the reads behind it wait too.
    expect(judged(broken as AnySystem)).toContain('violated');
    expect(judged(system)).toEqual(['holds', 'holds', 'holds', 'holds']);
  });
});

test('200 swarm profiles: safe, and every one that waits says why', () => {
  const seen = expectExplained(200);
  for (const what of ['recovered', 'blocked', 'went on'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(10);
});
