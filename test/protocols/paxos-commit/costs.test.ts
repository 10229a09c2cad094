/**
 * Messages, stable writes and delays of Paxos Commit against the table, the rows and the sums by step of Gray and
 * Lamport (test/calibration/gray-lamport-costs.json), in each of the accountings.
 */
import { describe, expect, test } from 'vitest';
import type { AnySystem } from '../../../src/index.ts';
import { fasterPaxosCommit, paxosCommit } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import costs from '../../calibration/gray-lamport-costs.json' with { type: 'json' };
import { faultless, marked, sent, type Weather } from './measured.ts';

/** The accountings of the oracle, and who shares a node in them. */
const placements = {
  naive: 'apart',
  noColocation: 'leader-is-acceptor',
  colocated: 'co-located',
} as const;

const protocols = [
  ['paxosCommit', paxosCommit as AnySystem],
  ['fasterPaxosCommit', fasterPaxosCommit as AnySystem],
] as const;

const row = (id: string) => costs.table.find((one) => one.id === id) as (typeof costs.table)[0];
const sizes = [0, 1, 2, 3].flatMap((f) => Array.from({ length: 10 }, (_, n) => ({ n: n + 1, f })));

describe.each(protocols)('%s: a commit without faults', (name, system) => {
  const apart = row('messagesNoColocation')[name];
  test(`costs ${apart} messages without co-location`, () => {
    for (const { n, f } of sizes) {
      const done = faultless(system, { n, f }, { placement: placements.noColocation });
      expect(done.metrics.messages.sent, `N = ${n}, F = ${f}`).toBe(
        evaluate(apart, { N: n, F: f }),
      );
    }
  });

  const together = row('messagesColocated')[name];
  // The formula takes F + 1 acceptors on nodes of participants; one that has no such node is sent a vote by each
  // participant, also by the one that would have had it, and in the faster variant answers it by a message.
  const each = name === 'paxosCommit' ? 1 : 2;
  test(`costs ${together} messages with co-location, and ${each} more for each acceptor apart`, () => {
    for (const { n, f } of sizes) {
      const done = faultless(system, { n, f }, { placement: placements.colocated });
      const formula = evaluate(together, { N: n, F: f });
      const apart = each * Math.max(0, f + 1 - n);
      expect(done.metrics.messages.sent, `N = ${n}, F = ${f}`).toBe(formula + apart);
    }
  });

  const writes = row('stableWrites')[name];
  test(`costs ${writes} stable writes, wherever the processes are`, () => {
    for (const placement of Object.values(placements))
      for (const { n, f } of sizes) {
        const { metrics } = faultless(system, { n, f }, { placement });
        expect(metrics.writes.forced, `N = ${n}, F = ${f}`).toBe(evaluate(writes, { N: n, F: f }));
      }
  });

  test('equals the published rows', () => {
    for (const { n, f, messagesNoColocation, messagesColocated, stableWrites } of costs.rows) {
      const measured = (placement: string) => faultless(system, { n, f }, { placement }).metrics;
      const apart = measured(placements.noColocation);
      const together = measured(placements.colocated);
      expect([apart.messages.sent, together.messages.sent, apart.writes.forced]).toEqual([
        messagesNoColocation[name],
        messagesColocated[name],
        stableWrites[name],
      ]);
    }
  });

  test('at F = 0 equals two-phase commit, message by message and write by write', () => {
    for (let n = 1; n <= 10; n++) {
      const at = { N: n, F: 0 };
      const { metrics } = faultless(system, { n, f: 0 }, { placement: placements.noColocation });
      expect(metrics.messages.sent).toBe(evaluate(row('messagesNoColocation').twoPhaseCommit, at));
      expect(metrics.writes.forced).toBe(evaluate(row('stableWrites').twoPhaseCommit, at));
      const together = faultless(system, { n, f: 0 }, { placement: placements.colocated });
      expect(together.metrics.messages.sent).toBe(
        evaluate(row('messagesColocated').twoPhaseCommit, at),
      );
    }
  });
});

/** The steps of the oracle, by the messages that they are. */
const typesOf = (step: string): readonly string[] => {
  if (step.startsWith('BeginCommit')) return ['BEGIN_COMMIT'];
  if (step.startsWith('Prepare')) return ['PREPARE'];
  if (step.startsWith('Commit')) return ['COMMIT'];
  return [/2a/.test(step) ? 'PHASE_2A' : 'PHASE_2B'];
};

describe('the sums by step', () => {
  const sums = costs.stepSums.sums.filter(({ protocol }) => protocol !== 'twoPhaseCommit');
  for (const { protocol, accounting, steps, total } of sums)
    test(`${protocol}, ${accounting}: ${total}`, () => {
      const system = protocols.find(([name]) => name === protocol)?.[1] as AnySystem;
      const placement = placements[accounting as keyof typeof placements];
      for (const { n, f } of sizes.filter((one) => one.n > one.f)) {
        const done = faultless(system, { n, f }, { placement });
        const at = { N: n, F: f };
        for (const { step, messages } of steps)
          for (const type of typesOf(step))
            expect(sent(done, type), `${step}, N = ${n}, F = ${f}`).toBe(evaluate(messages, at));
        expect(done.metrics.messages.sent).toBe(evaluate(total, at));
        expect(Object.keys(done.metrics.messagesByType).length).toBeLessThanOrEqual(steps.length);
      }
    });

  test('without bundling 2b costs N (F + 1) messages instead of F + 1', () => {
    for (const { n, f } of sizes) {
      const done = faultless(paxosCommit as AnySystem, { n, f }, { bundled: false });
      expect(sent(done, 'PHASE_2B')).toBe(n * (f + 1));
    }
  });
});

const weathers: readonly Weather[] = [
  { d: 10, w: 5 },
  { d: 1, w: 0 },
  { d: 0, w: 3 },
  { d: 7, w: 11 },
  { d: 2.5, w: 0.25 },
];

describe.each(protocols)('%s: the delays', (name, system) => {
  const writes = Number(row('stableWriteDelays')[name]);

  // The clock starts when the initiator is prepared: its vote is what begins the transaction.
  test.each(weathers)(`without co-location, d = $d ms, w = $w ms`, ({ d, w }) => {
    const delays = Number(row('delaysNoColocation')[name]);
    for (const f of [1, 2, 3]) {
      const done = faultless(system, { n: 5, f }, { placement: placements.noColocation }, { d, w });
      const [begun = Number.NaN] = marked(done, 'voted', /^p1$/);
      const times = marked(done, 'decided', /^p/);
      expect(times.map((time) => time - begun)).toEqual([delays * d + writes * w]);
    }
  });

  test.each(weathers)(`with co-location, d = $d ms, w = $w ms`, ({ d, w }) => {
    const delays = Number(row('delaysColocated')[name]);
    for (const f of [1, 2, 3]) {
      const done = faultless(system, { n: 5, f }, { placement: placements.colocated }, { d, w });
      const times = marked(done, 'decided', /^p/);
      expect(Math.max(...times)).toBe(delays * d + writes * w);
    }
  });

  test('at F = 0 the acceptor is the leader: as many delays as two-phase commit has', () => {
    const at = (placement: string) => {
      const done = faultless(system, { n: 5, f: 0 }, { placement }, { d: 10, w: 0 });
      return Math.max(...marked(done, 'decided', /^p/)) / 10;
    };
    expect(at(placements.noColocation)).toBe(Number(row('delaysNoColocation').twoPhaseCommit));
    expect(at(placements.colocated)).toBe(Number(row('delaysColocated').twoPhaseCommit));
  });
});
