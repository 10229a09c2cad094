/**
 * Tree two-phase commit against the formulas of the papers (test/calibration/family-costs.json): the messages of
 * the star, its delays times the depth; and what its scenarios show.
 */
import { describe, expect, test } from 'vitest';
import { type AnySystem, check, constant, type Run, run } from '../../../src/index.ts';
import { treeCommit, twoPhaseCommit } from '../../../src/protocols/index.ts';
import costs from '../../calibration/family-costs.json' with { type: 'json' };
import { evaluate } from '../../calibration/formula.ts';

const { tree } = costs;
const fanOuts = [1, 2, 3, 4, 10];

/** The levels below the root, filled one after the other. */
function depthOf(participants: number, fanOut: number): number {
  let depth = 0;
  for (let left = participants, level = fanOut; left > 0; left -= level, level *= fanOut) depth++;
  return depth;
}

function faultless(
  participants: number,
  fanOut: number,
  { d = 10, w = 5, votes = 'yes' as 'yes' | 'one-no', trace = false } = {},
): Run {
  const weather = { latency: constant(d), forceLatency: constant(w), think: constant(0) };
  const parameters = { participants, fanOut, votes };
  return run(treeCommit, { seed: 1, parameters, ...weather, trace });
}

describe('a commit without faults', () => {
  test.each(fanOuts)('costs what the formulas say, fan-out %i', (fanOut) => {
    for (let n = 1; n <= 10; n++) {
      const done = faultless(n, fanOut);
      const { messages, messagesByType, writes, nodes } = done.metrics;
      const at = { N: n, S: n + 1 };
      expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
      expect(messages.sent).toBe(evaluate(tree.messagesCommit, at));
      for (const type of ['PREPARE', 'VOTE', 'COMMIT', 'ACK'])
        expect(messagesByType[type]?.sent, type).toBe(n);
      expect(writes.forced).toBe(evaluate(tree.totalForcedWrites, at));
      expect(nodes.coordinator?.writes.forced).toBe(evaluate(tree.coordinatorForcedWrites, at));
      for (let i = 1; i <= n; i++)
        expect(nodes[`p${i}`]?.writes.forced).toBe(evaluate(tree.participantForcedWrites, at));
    }
  });

  test('equals the published rows', () => {
    for (const { n, messages, forcedWrites } of tree.rows) {
      const { metrics } = faultless(n, 2);
      expect([metrics.messages.sent, metrics.writes.forced]).toEqual([messages, forcedWrites]);
    }
  });

  test.each(fanOuts)('takes the delays of the star times the depth, fan-out %i', (fanOut) => {
    const { coordinator, participant } = { coordinator: 2, participant: 3 };
    for (let n = 1; n <= 10; n++) {
      const depth = depthOf(n, fanOut);
      const done = faultless(n, fanOut, { d: 1, w: 0, trace: true });
      const decidedAt = (of: RegExp): number[] =>
        done.trace.flatMap(({ atUs = 0, effects }) =>
          effects.some(
            (one) => one.type === 'mark' && one.name === 'decided' && of.test(one.process),
          )
            ? [atUs / 1000]
            : [],
        );
      expect(decidedAt(/coordinator/)).toEqual([coordinator * depth]);
      expect(Math.max(...decidedAt(/^p/))).toBe(participant * depth);
    }
  });

  test('forces once a level before the coordinator decides, and once at the coordinator', () => {
    for (const [n, fanOut] of [
      [3, 1],
      [3, 2],
      [7, 2],
    ] as const) {
      const depth = depthOf(n, fanOut);
      const { metrics } = faultless(n, fanOut, { d: 7, w: 11 });
      expect(metrics.operations.latency.maxMs).toBe(2 * depth * 7 + (depth + 1) * 11);
    }
  });
});

test.each(['yes', 'one-no'] as const)(
  'with room for all at the root it is the star: %s',
  (votes) => {
    for (let n = 1; n <= 10; n++) {
      const weather = { latency: constant(10), forceLatency: constant(5), think: constant(0) };
      const parameters = { participants: n, votes } as const;
      const star = run(twoPhaseCommit, { seed: 1, parameters, ...weather }).metrics;
      const { metrics } = faultless(n, n, { votes });
      expect(metrics.messagesByType).toEqual(star.messagesByType);
      expect(metrics.writes).toEqual(star.writes);
      expect(metrics.operations.latency).toEqual(star.operations.latency);
    }
  },
);

describe('the scenario', () => {
  const cases: readonly (readonly [string, boolean, string | undefined])[] = [
    ['coordinator-crash', false, 'p1, p2, p3 are in doubt and coordinator is down'],
    ['coordinator-crash', true, 'p1, p2, p3 are in doubt and coordinator is down'],
    ['one-informed', false, 'p2 is in doubt and coordinator is down'],
    ['one-informed', true, undefined],
    ['informed-crash', false, 'p2, p3 are in doubt and coordinator is down, p1 is down'],
    ['inner-crash', false, 'p3 is in doubt and p1 is down'],
    ['inner-crash', true, undefined],
    ['partition-unhealed', false, 'p1, p2, p3 are in doubt and coordinator is cut off'],
  ];
  test.each(cases)('%s, cooperative %s: waits because %s', (scenario, cooperative, reason) => {
    const done = run(treeCommit, { seed: 1, scenario, parameters: { cooperative } });
    expect([done.verdict, done.reason]).toEqual(['holds', reason]);
    expect(done.unreached).toEqual([]);
  });
});

test('three levels in a row are safe under a crash, and everybody can decide', () => {
  const { verdict, complete } = check(treeCommit as AnySystem, {
    parameters: { participants: 2, fanOut: 1 },
    scope: { crashes: 1, loss: true, duplication: false },
  });
  expect([verdict, complete]).toEqual(['holds', true]);
});
