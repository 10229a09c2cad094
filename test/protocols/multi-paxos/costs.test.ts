/**
 * Messages, forced writes and delays of Multi-Paxos against the formulas of the papers
 * (test/calibration/paxos-costs.json). Accounting: 2a and 2b for each slot, the commit being piggybacked on later
 * 2a and heartbeats; 1a and 1b for a leader change; forced writes of all servers; heartbeats and what clients
 * send apart.
 */
import { describe, expect, test } from 'vitest';
import { constant, type Run, run } from '../../../src/index.ts';
import { multiPaxos } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import oracle from '../../calibration/paxos-costs.json' with { type: 'json' };

function cost(id: string) {
  const found = oracle.costs.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no cost ${id}`);
  return found;
}

function faultless(servers: number, commands: number, w = 5): Run {
  const parameters = { servers, commands, clients: 1, firstLeader: true };
  const weather = { latency: constant(10), forceLatency: constant(w) };
  const done = run(multiPaxos, { seed: 1, scenario: 'fault-free', parameters, ...weather });
  expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
  return done;
}
const sent = ({ metrics }: Run, type: string): number => metrics.messagesByType[type]?.sent ?? 0;

const steady = cost('multiPaxosSteadyState');
const change = cost('multiPaxosLeaderChange');

describe.each([2, 3, 4, 5, 7, 9])('n = %i', (n) => {
  test(`a slot costs ${steady.messages} messages and ${steady.forcedWrites} forces`, () => {
    const [one, five] = [faultless(n, 1), faultless(n, 5)];
    for (const [slots, done] of [
      [1, one],
      [5, five],
    ] as const) {
      const messages = evaluate(steady.messages ?? '', { n }) * slots;
      expect(sent(done, '2a') + sent(done, '2b')).toBe(messages);
    }
    const perSlot = (five.metrics.writes.forced - one.metrics.writes.forced) / 4;
    expect(perSlot).toBe(evaluate(steady.forcedWrites ?? '', { n }));
  });

  test(`a leader change costs ${change.messages} messages and ${change.forcedWrites} forces`, () => {
    const done = faultless(n, 1);
    expect(sent(done, '1a') + sent(done, '1b')).toBe(evaluate(change.messages ?? '', { n }));
    const forced = done.metrics.writes.forced - evaluate(steady.forcedWrites ?? '', { n });
    expect(forced).toBe(evaluate(change.forcedWrites ?? '', { n }));
  });

  test(`the leader has learnt after ${steady.delaysToLearn} delays, a client after 4`, () => {
    const { maxMs, minMs } = faultless(n, 5, 0).metrics.operations.latency;
    expect([minMs, maxMs]).toEqual([10 * ((steady.delaysToLearn ?? 0) + 2), 40]);
  });
});

test('equals the published rows', () => {
  for (const { n, multiPaxosSteadyState } of oracle.rows) {
    const done = faultless(n, 3);
    expect((sent(done, '2a') + sent(done, '2b')) / 3).toBe(multiPaxosSteadyState);
  }
});

test('alone a server needs nobody', () => {
  const done = faultless(1, 3);
  expect(sent(done, '2a') + sent(done, '1a')).toBe(0);
  expect(done.metrics.writes.forced).toBe(4);
});
