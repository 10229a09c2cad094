/** Messages, forced writes and delays of Raft against test/calibration/raft-costs.json. */
import { describe, expect, test } from 'vitest';
import { constant, type Run, run } from '../../../src/index.ts';
import { raft } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import costs from '../../calibration/raft-costs.json' with { type: 'json' };

const [commitOneEntry, cleanElection] = costs.items;

/** s1 leads, heartbeats stay out of the way, and the client asks it when all is quiet. */
function steady(servers: number, commands: number, d = 10, w = 5, clients = 1): Run {
  const parameters = {
    servers,
    clients,
    commands,
    standing: 's1',
    electionMinMs: 150,
    electionMaxMs: 150,
    heartbeatMs: 600_000,
  };
  return run(raft, {
    seed: 1,
    parameters,
    latency: constant(d),
    forceLatency: constant(w),
    think: constant(400),
    horizonMs: 1000,
    trace: true,
  });
}

describe('an election without competition', () => {
  test.each([1, 2, 3, 4, 5, 7])(`costs ${cleanElection?.messages} messages: n = %d`, (n) => {
    let sent = 0;
    let forced = 0;
    const { trace } = steady(n, 0);
    for (const { effects } of trace) {
      for (const { type } of effects) {
        if (type === 'send') sent += 1;
        if (type === 'replace') forced += 1;
      }
      if (effects.some((effect) => effect.type === 'mark' && effect.name === 'elected')) break;
    }
    expect(sent).toBe(evaluate(cleanElection?.messages ?? '', { n }));
    expect(forced).toBe(evaluate(cleanElection?.forcedWrites ?? '', { n }));
  });
});

describe('a command at a leader', () => {
  test.each([1, 2, 3, 4, 5, 7])(`costs ${commitOneEntry?.messages} messages: n = %d`, (n) => {
    const [without, done] = [steady(n, 0), steady(n, 1)];
    const askedAndAnswered = 2;
    expect(done.metrics.operations.returned).toBe(1);
    expect(done.metrics.messages.sent - without.metrics.messages.sent - askedAndAnswered).toBe(
      evaluate(commitOneEntry?.messages ?? '', { n }),
    );
    expect(done.metrics.writes.forced - without.metrics.writes.forced).toBe(
      evaluate(`${commitOneEntry?.forcedWrites}`, { n }),
    );
  });

  test('equals the published rows', () => {
    for (const { n, commitOneEntryMessages, cleanElectionMessages } of costs.rows) {
      expect(evaluate(commitOneEntry?.messages ?? '', { n })).toBe(commitOneEntryMessages);
      expect(evaluate(cleanElection?.messages ?? '', { n })).toBe(cleanElectionMessages);
    }
  });

  test.each([
    [10, 0, 40],
    [7, 0, 28],
    // The forced writes of the leader and of the followers overlap: only the followers' is waited for.
    [10, 5, 45],
    [10, 18, 58],
  ])('is answered after 4 delays and one forced write: d = %d, w = %d', (d, w, ms) => {
    expect(steady(3, 1, d, w).metrics.operations.latency.maxMs).toBe(ms);
  });

  test(`over a wide-area network: ${costs.wanCommitLatency.formula}`, () => {
    const roundTrips = { s2: 200, s3: 20, s4: 100, s5: 60 };
    const links = Object.entries({ ...roundTrips, c1: 14 }).flatMap(([node, ms]) =>
      [
        { from: 's1', to: node },
        { from: node, to: 's1' },
      ].map((link) => ({ ...link, latency: constant(ms / 2) })),
    );
    const { metrics } = run(raft, {
      seed: 1,
      parameters: { servers: 5, commands: 3, standing: 's1', heartbeatMs: 75 },
      forceLatency: constant(0),
      think: constant(700),
      horizonMs: 4000,
      links,
    });
    const [, second] = Object.values(roundTrips).toSorted((a, b) => a - b);
    expect(metrics.operations.returned).toBe(3);
    expect([metrics.operations.latency.minMs, metrics.operations.latency.maxMs]).toEqual([
      14 + (second ?? 0),
      14 + (second ?? 0),
    ]);
  });
});

describe('many commands at once', () => {
  test('what comes while the disk is busy is written and sent as one batch', () => {
    const clients = 20;
    const [without, done] = [steady(3, 0, 10, 5, clients), steady(3, 1, 10, 5, clients)];
    expect(done.metrics.operations.returned).toBe(clients);
    const more = (run: Run) => run.metrics.messagesByType.AppendEntries?.sent ?? 0;
    // The first one alone, and the nineteen others together.
    expect(more(done) - more(without)).toBe(2 * 2);
    expect(done.metrics.writes.forced - without.metrics.writes.forced).toBe(2 * 3);
  });

  test('entries are sent on before earlier ones are acknowledged', () => {
    const latencies = (pipelining: boolean) =>
      run(raft, {
        seed: 1,
        parameters: { clients: 3, commands: 1, standing: 's1', heartbeatMs: 600_000, pipelining },
        operations: [1, 2, 3].map((client) => ({
          process: `c${client}`,
          operation: { type: 'SUBMIT', command: `c${client}.1` },
          afterMs: 400 + 7 * client,
        })),
        latency: constant(10),
        forceLatency: constant(0),
        horizonMs: 2000,
      });
    const entries = (pipelining: boolean): number =>
      latencies(pipelining).metrics.messagesByType.AppendEntries?.bytes ?? 0;
    expect(latencies(true).metrics.operations.latency.maxMs).toBe(40);
    // Without it, what is not acknowledged is sent again with each new entry.
    expect(entries(false)).toBeGreaterThan(entries(true));
  });
});
