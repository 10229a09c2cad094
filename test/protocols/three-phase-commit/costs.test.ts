/**
 * Messages, forced writes and delays of three-phase commit against the formulas of the papers
 * (test/calibration/three-phase-costs.json): without final acknowledgements, pre-commits written but not
 * forced.
 */
import { describe, expect, test } from 'vitest';
import { constant, type Run, run } from '../../../src/index.ts';
import { threePhaseCommit } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import costs from '../../calibration/three-phase-costs.json' with { type: 'json' };
import { decidedAt } from './decided-at.ts';

function faultless(participants: number, d = 10, w = 5): Run {
  const weather = { latency: constant(d), forceLatency: constant(w), think: constant(0) };
  const parameters = { participants, votes: 'yes' } as const;
  return run(threePhaseCommit, { seed: 1, parameters, ...weather, trace: true });
}

const [basic] = costs.forcedWrites;

describe('a commit without faults', () => {
  for (let n = 1; n <= 10; n++)
    test(`costs ${costs.messages} messages and ${basic?.total} forced writes: N = ${n}`, () => {
      const { metrics, end } = faultless(n);
      const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
      expect(Object.values(decided)).toEqual(Array(n + 1).fill('commit'));
      expect(metrics.messages.sent).toBe(evaluate(costs.messages, { N: n }));
      for (const type of ['PREPARE', 'VOTE', 'PRE_COMMIT', 'ACK', 'COMMIT'])
        expect(metrics.messagesByType[type]?.sent, type).toBe(n);
      expect(Object.keys(metrics.messagesByType)).toHaveLength(costs.steps.length);
      expect(metrics.writes.forced).toBe(evaluate(basic?.total ?? '', { N: n }));
      // The pre-commits: on the disk before anything that is forced after them.
      expect(metrics.writes.unforced).toBe(n);
    });

  test('equals the published rows', () => {
    for (const { n, messages, forcedWritesBasic } of costs.rows) {
      const { metrics } = faultless(n);
      expect([metrics.messages.sent, metrics.writes.forced]).toEqual([messages, forcedWritesBasic]);
    }
  });
});

describe('the timeline of a commit', () => {
  const { coordinatorDecides, participantsDecide } = costs.delays;
  for (const [d, w] of [
    [10, 5],
    [1, 0],
    [0, 3],
    [7, 1],
    [2.5, 0.25],
  ] as const)
    test(`decides after ${coordinatorDecides} and ${participantsDecide} delays: d = ${d}, w = ${w}`, () => {
      const done = faultless(3, d, w);
      // Two forces before the coordinator has decided: `prepared` and `commit`; one more at a participant.
      expect(decidedAt(done, /coordinator/)).toEqual([coordinatorDecides * d + 2 * w]);
      expect(decidedAt(done, /^p/)).toEqual([participantsDecide * d + 3 * w]);
    });
});
