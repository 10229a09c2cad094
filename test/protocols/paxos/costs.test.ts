/**
 * Messages, forced writes and delays of Paxos against the formulas of the papers
 * (test/calibration/paxos-costs.json). Accounting: messages between nodes, of all types; forced writes of all
 * nodes, of which the acceptors make all where no ballot is refused; delays from the first 1a until a process
 * has learnt. Without learners of their own (`learners=0`) the proposer's node is the only one that learns.
 */
import { describe, expect, test } from 'vitest';
import { constant, type Run, run } from '../../../src/index.ts';
import { paxos } from '../../../src/protocols/index.ts';
import { evaluate } from '../../calibration/formula.ts';
import oracle from '../../calibration/paxos-costs.json' with { type: 'json' };

type Given = NonNullable<Parameters<typeof run<typeof paxos>>[1]['parameters']>;

function faultless(parameters: Given, d = 10, w = 5): Run {
  const weather = { latency: constant(d), forceLatency: constant(w), think: constant(0) };
  const scenario = 'fault-free' as const;
  const all = { proposers: 1, learners: 0, ...parameters };
  const done = run(paxos, { seed: 1, scenario, parameters: all, ...weather, trace: true });
  expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
  return done;
}

/** Message delays until each process has decided, forced writes taking no time. */
function delaysOf(parameters: Given): Readonly<Record<string, number>> {
  const delays: Record<string, number> = {};
  for (const { atUs = 0, effects } of faultless(parameters, 10, 0).trace)
    for (const effect of effects)
      if (effect.type === 'mark' && effect.name === 'decided')
        delays[effect.process] = atUs / 10_000;
  return delays;
}

function cost(id: string) {
  const found = oracle.costs.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no cost ${id}`);
  return found;
}

const variablesOf = (n: number) => ({ n, F: Math.floor((n - 1) / 2) });
const sizes = [1, 2, 3, 4, 5, 6, 7, 9, 12, 25];

describe('single decree, separate proposer which is the learner', () => {
  const formulas = cost('singleDecreeSeparateProposer');
  test.each(sizes)(
    `n = %i: ${formulas.messages} messages, ${formulas.forcedWrites} forces`,
    (n) => {
      const { metrics } = faultless({ acceptors: n });
      const variables = variablesOf(n);
      expect(metrics.messages.sent).toBe(evaluate(formulas.messages ?? '', variables));
      for (const step of formulas.messageSteps ?? [])
        expect(metrics.messagesByType[step]?.sent, step).toBe(n);
      expect(Object.keys(metrics.messagesByType)).toHaveLength(4);
      expect(metrics.writes.forced).toBe(evaluate(formulas.forcedWrites ?? '', variables));
      expect(metrics.nodes.a1?.writes.forced).toBe(2);
      expect(metrics.nodes.p1?.writes.forced).toBe(0);
      expect(delaysOf({ acceptors: n })).toEqual({ 'p1/learner': formulas.delaysToLearn });
    },
  );

  // F + 1 is a majority of 2F + 1: the formula speaks of odd numbers of acceptors.
  test.each(sizes.filter((n) => n % 2 === 1))(
    `thrifty, n = %i: ${formulas.thriftyMessages}`,
    (n) => {
      const { metrics } = faultless({ acceptors: n, thrifty: true });
      const variables = variablesOf(n);
      expect(metrics.messages.sent).toBe(evaluate(formulas.thriftyMessages ?? '', variables));
      expect(metrics.writes.forced).toBe(evaluate(formulas.thriftyForcedWrites ?? '', variables));
    },
  );

  test('each learner more is told of each vote', () => {
    for (const learners of [1, 2, 3])
      expect(faultless({ acceptors: 5, learners }).metrics.messages.sent).toBe(20 + 5 * learners);
  });
});

describe('single decree, the proposer is one of the acceptors', () => {
  const formulas = cost('singleDecreeProposerIsAcceptor');
  test.each(sizes)(
    `n = %i: ${formulas.messages} messages, ${formulas.forcedWrites} forces`,
    (n) => {
      const parameters = { acceptors: n, placement: 'together' } as const;
      const { metrics } = faultless(parameters);
      expect(metrics.messages.sent).toBe(evaluate(formulas.messages ?? '', variablesOf(n)));
      expect(metrics.writes.forced).toBe(evaluate(formulas.forcedWrites ?? '', variablesOf(n)));
      // Alone it needs nobody.
      const delays = n === 1 ? 0 : formulas.delaysToLearn;
      expect(delaysOf(parameters)).toEqual({ 's1/learner': delays });
    },
  );

  test.each(sizes.filter((n) => n % 2 === 1))('thrifty, n = %i', (n) => {
    const { metrics } = faultless({ acceptors: n, placement: 'together', thrifty: true });
    const forced = evaluate(formulas.thriftyForcedWrites ?? '', variablesOf(n));
    expect(metrics.writes.forced).toBe(forced);
  });
});

describe('single decree, every acceptor learns from broadcast 2b', () => {
  const formulas = cost('singleDecreeAllLearn');
  test.each(sizes)(
    `n = %i: ${formulas.messages} messages, ${formulas.forcedWrites} forces`,
    (n) => {
      const parameters = { acceptors: n, learners: n, placement: 'together' } as const;
      const { metrics } = faultless(parameters);
      expect(metrics.messages.sent).toBe(evaluate(formulas.messages ?? '', variablesOf(n)));
      expect(metrics.writes.forced).toBe(evaluate(formulas.forcedWrites ?? '', variablesOf(n)));
    },
  );

  test(`everybody has learnt after ${formulas.delaysToLearn} delays`, () => {
    for (const n of [5, 7, 9]) {
      const delays = delaysOf({ acceptors: n, learners: n, placement: 'together' });
      expect(Object.values(delays)).toEqual(Array(n).fill(formulas.delaysToLearn));
    }
  });

  test('where two votes are a quorum, a follower has its own and the proposer’s after 3', () => {
    // The formula counts the proposer’s path; the vote on the proposer’s node leaves as early as its 2a.
    expect(delaysOf({ acceptors: 3, learners: 3, placement: 'together' })).toEqual({
      's1/learner': 4,
      's2/learner': 3,
      's3/learner': 3,
    });
  });
});

describe('flexible quorums', () => {
  const { forcedWrites } = cost('flexiblePaxos');
  test.each([
    [4, 3, 2],
    [5, 4, 2],
    [6, 6, 1],
    [7, 3, 5],
  ])(`n = %i, q1 = %i, q2 = %i: phase 2 forces ${forcedWrites}`, (acceptors, q1, q2) => {
    const quorums = { acceptors, phase1Quorum: q1, phase2Quorum: q2, thrifty: true };
    const { metrics } = faultless(quorums);
    expect(metrics.messages.sent).toBe(2 * q1 + 2 * q2);
    expect(metrics.writes.forced).toBe(q1 + evaluate(forcedWrites ?? '', { q2 }));
  });
});

test('equals the published rows', () => {
  for (const row of oracle.rows) {
    const { n } = row;
    const sent = (parameters: Given): number =>
      faultless({ acceptors: n, ...parameters }).metrics.messages.sent;
    expect([
      sent({}),
      sent({ thrifty: true }),
      sent({ placement: 'together' }),
      sent({ placement: 'together', learners: n }),
    ]).toEqual([
      row.singleDecreeSeparateProposer,
      row.singleDecreeSeparateProposerThrifty,
      row.singleDecreeProposerIsAcceptor,
      row.singleDecreeAllLearn,
    ]);
  }
});

test('a ballot that is refused costs the proposer a forced write for its next round', () => {
  const done = run(paxos, { seed: 1, scenario: 'duel-random', parameters: { learners: 0 } });
  const rounds =
    (done.metrics.nodes.p1?.writes.forced ?? 0) + (done.metrics.nodes.p2?.writes.forced ?? 0);
  const ballots = (done.metrics.messagesByType['1a']?.sent ?? 0) / 3;
  expect(rounds).toBe(ballots - 2);
});
