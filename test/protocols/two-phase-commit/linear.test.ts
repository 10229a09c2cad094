/**
 * Linear two-phase commit against the formulas of the papers (test/calibration/family-costs.json), and what its
 * scenarios show: who waits for whom in a chain.
 */
import { describe, expect, test } from 'vitest';
import { constant, type Run, run } from '../../../src/index.ts';
import { linearCommit } from '../../../src/protocols/index.ts';
import costs from '../../calibration/family-costs.json' with { type: 'json' };
import { evaluate } from '../../calibration/formula.ts';

const { linear } = costs;

function faultless(participants: number, votes: 'yes' | 'one-no' | 'any', seed = 1): Run {
  return run(linearCommit, { seed, scenario: 'fault-free', parameters: { participants, votes } });
}

const observedIn = ({ end }: Run) =>
  end.observed as {
    readonly decided: Readonly<Record<string, string>>;
    readonly votes: Readonly<Record<string, boolean>>;
  };

describe('a commit without faults', () => {
  for (let n = 1; n <= 10; n++)
    test(`costs ${linear.messagesCommit} messages and ${linear.totalForcedWrites} forced writes: S = ${n + 1}`, () => {
      const done = faultless(n, 'yes');
      const { messages, messagesByType, writes, nodes } = done.metrics;
      const at = { N: n, S: n + 1 };
      expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
      expect(messages.sent).toBe(evaluate(linear.messagesCommit, at));
      expect(messagesByType.VOTE?.sent).toBe(n);
      expect(messagesByType.COMMIT?.sent).toBe(n);
      expect(writes).toEqual({ forced: evaluate(linear.totalForcedWrites, at), unforced: 0 });
      for (const site of ['coordinator', ...Array.from({ length: n - 1 }, (_, i) => `p${i + 1}`)])
        expect(nodes[site]?.writes.forced).toBe(evaluate(linear.participantForcedWrites, at));
      expect(nodes[`p${n}`]?.writes.forced).toBe(evaluate(linear.lastSiteForcedWrites, at));
    });

  test('equals the published rows, delays included', () => {
    for (const { n, messages, forcedWrites, delays } of linear.rows) {
      const { metrics } = faultless(n, 'yes');
      expect([metrics.messages.sent, metrics.writes.forced]).toEqual([messages, forcedWrites]);
      const parameters = { participants: n, votes: 'yes' } as const;
      const weather = { latency: constant(1), forceLatency: constant(0), think: constant(0) };
      const timed = run(linearCommit, { seed: 1, parameters, ...weather });
      expect(timed.metrics.operations.latency.maxMs).toBe(delays);
    }
  });

  test.each([
    { d: 10, w: 5 },
    { d: 0, w: 3 },
    { d: 2.5, w: 0.25 },
  ])('nothing happens side by side: the client waits for all of it, d = $d, w = $w', ({ d, w }) => {
    for (const n of [1, 2, 5]) {
      const weather = { latency: constant(d), forceLatency: constant(w), think: constant(0) };
      const parameters = { participants: n, votes: 'yes' } as const;
      const { metrics } = run(linearCommit, { seed: 1, parameters, ...weather });
      const at = { S: n + 1 };
      expect(metrics.operations.latency.maxMs).toBeCloseTo(
        evaluate(linear.delays, at) * d + evaluate(linear.totalForcedWrites, at) * w,
        6,
      );
    }
  });
});

test('an abort costs a message for each site, and one more for each before the one that says no', () => {
  const seen = new Set<number>();
  for (let seed = 1; seed <= 300; seed++) {
    const done = faultless(4, 'any', seed);
    const { votes, decided } = observedIn(done);
    const no = [1, 2, 3, 4].find((place) => votes[`p${place}`] === false);
    if (no === undefined) continue;
    expect(new Set(Object.values(decided))).toEqual(new Set(['abort']));
    expect(done.metrics.messages.sent).toBe(4 + no);
    // Who had passed its yes on forces both records, the others none.
    expect(done.metrics.writes.forced).toBe(2 * no);
    seen.add(no);
  }
  expect([...seen].sort()).toEqual([1, 2, 3, 4]);
});

describe('the scenario', () => {
  const cases: readonly (readonly [string, boolean, string | undefined])[] = [
    ['coordinator-crash', false, 'coordinator, p1, p2 are in doubt and p3 is down'],
    ['coordinator-crash', true, 'coordinator, p1, p2 are in doubt and p3 is down'],
    ['one-informed', false, undefined],
    ['informed-crash', false, 'coordinator, p1 are in doubt and p2 is down'],
    ['informed-crash', true, 'coordinator, p1 are in doubt and p2 is down, p3 is down'],
    ['initiator-crash', false, undefined],
    ['participant-crash-before-vote', false, 'coordinator is in doubt and p1 is down'],
    ['participant-crash-before-vote', true, undefined],
    ['partition-unhealed', false, 'coordinator, p1, p2 are in doubt and p3 is cut off'],
  ];
  test.each(cases)('%s, cooperative %s: waits because %s', (scenario, cooperative, reason) => {
    const done = run(linearCommit, { seed: 1, scenario, parameters: { cooperative } });
    expect([done.verdict, done.reason]).toEqual(['holds', reason]);
    expect(done.unreached).toEqual([]);
  });
});
