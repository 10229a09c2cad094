/** Duelling proposers in many runs: every moment, mean and endless share within its 99.9 % interval. */
import { expect, test } from 'vitest';
import { duelCells, duelPoints, measureDuel } from '../../src/reports/duel-measures.ts';

test.each(duelPoints.map((point) => [point.backOff, point.proposers, point] as const))(
  'back-off %s, %i proposers',
  { timeout: 3_600_000 },
  (_, __, point) => {
    const row = measureDuel(point, 1000, 50_000, 'deep');
    expect(duelCells([row]).filter(({ isEqual }) => !isEqual)).toEqual([]);
  },
);
