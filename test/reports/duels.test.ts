/**
 * Duelling proposers against the closed form and a model without machines, and the page that shows them, from few
 * runs; test/deep has more.
 */
import { describe, expect, test } from 'vitest';
import { duelCells, isAllowed, measureDuel } from '../../src/reports/duel-measures.ts';
import { endlessProbability, referenceDuel } from '../../src/reports/duel-reference.ts';
import { type Duel, duelEnding, watchedMs } from '../../src/reports/duels.ts';
import { compare, pagesOf } from '../../src/reports/index.ts';
import { costCases, costSizes, scriptPoints } from '../../src/reports/paxos-costs.ts';
import { binomialRange } from '../../src/statistics/order-statistics.ts';
import { evaluate } from '../calibration/formula.ts';
import oracle from '../calibration/paxos-costs.json' with { type: 'json' };

const runs = 30;

describe('two proposers', () => {
  test('never decide as often as the closed form says, with 99.9 %', () => {
    expect(endlessProbability(0)).toBeCloseTo(0.45, 12);
    expect(endlessProbability(5)).toBeCloseTo(0.375, 12);
    // Who waits for longer than the other needs is never in time.
    expect(endlessProbability(30)).toBe(0);
    for (const backOff of ['none', 'fixed'] as const) {
      const row = measureDuel({ proposers: 2, backOff }, runs, 20 * runs, 1);
      expect(duelCells([row]).filter(({ isEqual }) => !isEqual)).toEqual([]);
      expect(duelCells([row])).toHaveLength(11);
    }
  });

  test('the model without machines has the closed form too, from many runs', () => {
    for (const [backOff, ms] of [
      ['none', 0],
      ['fixed', 5],
    ] as const) {
      const duel: Duel = { proposers: 2, acceptors: 3, backOff };
      const endless = Array.from({ length: 4000 }, (_, i) => referenceDuel(duel, `m/${i}`)).filter(
        ({ decidedMs }) => decidedMs === undefined,
      ).length;
      const { low, high } = binomialRange(4000, endlessProbability(ms), 0.999);
      expect(endless).toBeGreaterThanOrEqual(low);
      expect(endless).toBeLessThanOrEqual(high);
    }
  });

  test('who are decided are decided by the second round, or never', () => {
    for (let i = 1; i <= 30; i++) {
      const { decidedMs = 0 } = duelEnding({ proposers: 2, acceptors: 3, backOff: 'none' }, i);
      expect(decidedMs).toBeLessThan(200);
    }
  });
});

describe('with random back-off', () => {
  test.each([1, 2, 4])(
    '%i: undecided runs, times and ballots are those of the model',
    (proposers) => {
      const row = measureDuel({ proposers, backOff: 'random' }, runs, 20 * runs, 1);
      expect(duelCells([row]).filter(({ isEqual }) => !isEqual)).toEqual([]);
    },
  );

  test('duels are not taken for those of one proposer more, nor for those without back-off', () => {
    const row = measureDuel({ proposers: 2, backOff: 'random' }, 120, 3000, 1);
    for (const other of [
      { proposers: 3, backOff: 'random' },
      { proposers: 2, backOff: 'none' },
    ] as const) {
      const claimed = measureDuel(other, 1, 3000, 1).undecided.map(({ expected }, index) => ({
        ...(row.undecided[index] as (typeof row.undecided)[number]),
        allowed: binomialRange(120, expected.share, 0.999),
      }));
      expect(claimed.every(isAllowed), JSON.stringify(other)).toBe(false);
    }
    expect(row.undecided.at(-1)?.found.count).toBe(0);
    expect(watchedMs).toBe(row.undecided.at(-1)?.afterMs);
  });
});

test('the formulas on the page are those of the papers, and its rounds those of the derived rows', () => {
  const ids = [
    ['singleDecreeSeparateProposer', 'messages', 'forcedWrites'],
    ['singleDecreeSeparateProposer', 'thriftyMessages', 'thriftyForcedWrites'],
    ['singleDecreeProposerIsAcceptor', 'messages', 'forcedWrites'],
    ['singleDecreeAllLearn', 'messages', 'forcedWrites'],
    ['multiPaxosSteadyState', 'messages', 'forcedWrites'],
  ] as const;
  expect(costCases).toHaveLength(ids.length);
  for (const [index, [id, messages, forced]] of ids.entries()) {
    const found = oracle.costs.find((one) => one.id === id) as Record<string, unknown> | undefined;
    for (const n of costSizes) {
      const variables = { n, F: Math.floor((n - 1) / 2) };
      const { messages: ours, forced: oursForced } = costCases[index] as (typeof costCases)[number];
      expect(ours(n)).toBe(evaluate(String(found?.[messages]), variables));
      expect(oursForced(n)).toBe(evaluate(String(found?.[forced]), variables));
    }
  }
  for (const { n, k, prepareMessages } of oracle.duellingProposers.rows) {
    expect(scriptPoints).toContainEqual({ n, rounds: k });
    expect(prepareMessages).toBe(2 * n * k);
  }
});

describe('the page of duels', () => {
  test('is written where paxos is asked for', async () => {
    expect(pagesOf(['paxos'])).toEqual(['duels.html']);
    expect(pagesOf(['paxos', 'raft', 'two-phase-commit'])).toEqual([
      'index.html',
      'fault-matrix.html',
      'elections.html',
      'duels.html',
    ]);
    await expect(compare({ systems: ['paxos', 'paxis'] })).rejects.toThrow('did you mean "paxos"');
  });
});
