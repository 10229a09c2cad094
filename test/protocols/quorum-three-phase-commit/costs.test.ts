/**
 * Messages, forced writes and delays of the quorum variants against the formulas of the papers
 * (test/calibration/three-phase-costs.json): those of three-phase commit, and one forced write more at every site.
 */
import { describe, expect, test } from 'vitest';
import { type AnySystem, constant, type Run, run } from '../../../src/index.ts';
import { enhancedThreePhaseCommit, quorumThreePhaseCommit } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import costs from '../../calibration/three-phase-costs.json' with { type: 'json' };
import { decidedAt } from '../three-phase-commit/decided-at.ts';

const systems = [
  quorumThreePhaseCommit,
  enhancedThreePhaseCommit,
] as unknown as readonly AnySystem[];
const [, quorums] = costs.forcedWrites;

function faultless(system: AnySystem, participants: number, d = 10, w = 5): Run {
  const weather = { latency: constant(d), forceLatency: constant(w), think: constant(0) };
  const parameters = { participants, votes: 'yes' } as const;
  return run(system, { seed: 1, parameters, ...weather, trace: true });
}

describe.each(systems)('a commit of $name without faults', (system) => {
  for (let n = 1; n <= 10; n++)
    test(`costs ${costs.messages} messages and ${quorums?.total} forced writes: N = ${n}`, () => {
      const { metrics, end } = faultless(system, n);
      const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
      expect(Object.values(decided)).toEqual(Array(n + 1).fill('commit'));
      expect(metrics.messages.sent).toBe(evaluate(costs.messages, { N: n }));
      for (const type of ['PREPARE', 'VOTE', 'PRE_COMMIT', 'ACK', 'COMMIT'])
        expect(metrics.messagesByType[type]?.sent, type).toBe(n);
      expect(Object.keys(metrics.messagesByType)).toHaveLength(costs.steps.length);
      expect(metrics.writes.forced).toBe(evaluate(quorums?.total ?? '', { N: n }));
      expect(metrics.writes.unforced).toBe(0);
    });

  test('equals the published rows', () => {
    for (const { n, messages, forcedWritesQuorum } of costs.rows) {
      const { metrics } = faultless(system, n);
      const measured = [metrics.messages.sent, metrics.writes.forced];
      expect(measured).toEqual([messages, forcedWritesQuorum]);
    }
  });

  const { coordinatorDecides, participantsDecide } = costs.delays;
  for (const [d, w] of [
    [10, 5],
    [1, 0],
    [0, 3],
    [7, 1],
    [2.5, 0.25],
  ] as const)
    test(`decides after ${coordinatorDecides} and ${participantsDecide} delays: d = ${d}, w = ${w}`, () => {
      const done = faultless(system, 3, d, w);
      // Forced one after the other: `prepared`, `pre-commit` twice, `commit`; one more at a participant.
      expect(decidedAt(done, /coordinator/)).toEqual([coordinatorDecides * d + 4 * w]);
      expect(decidedAt(done, /^p/)).toEqual([participantsDecide * d + 5 * w]);
    });
});
