/**
 * Queueing theory in long runs: the worked values of test/calibration/queueing.json, and parameters drawn
 * at random. 20 seeds, 99.9 % intervals; the seeds are fixed.
 */
import { describe, expect, test } from 'vitest';
import { constant, uniform } from '../../src/index.ts';
import { Digest } from '../../src/model/digest.ts';
import { createStreams } from '../../src/simulator/random.ts';
import { type Figures, holds, measured, unitMs } from '../patterns/services/queue.ts';
import { type Row, rows } from '../patterns/services/rows.ts';

const { draw } = createStreams('queueing', new Digest());
const between = (low: number, high: number): number =>
  Math.round((low + draw('parameters', 'x') * (high - low)) * 100) / 100;

function agrees({ queue, expected }: Row, customers: number): void {
  const figures = measured({ ...queue, customers }, 20, 'deep');
  for (const [name, value] of Object.entries(expected)) {
    const figure = figures[name as keyof Figures];
    expect(holds(figure, value), `${name} ${value}: ${JSON.stringify(figure)}`).toBe(true);
  }
}

describe('the worked values', () => {
  const worked: readonly (readonly [Row, number])[] = [
    [rows.mm1(0.8), 8000],
    [rows.erlangC(8, 10), 4000],
    [rows.erlangB(8, 10), 3000],
    [rows.erlangB(8, 10, constant(unitMs)), 3000],
    [rows.erlangB(8, 10, uniform(0, 2 * unitMs)), 3000],
    [rows.mmck(8, 10, 15), 4000],
    [rows.mmck(0.8, 1, 5), 4000],
    [rows.mg1(0.8, 'constant'), 6000],
    [rows.erlangA(0.8, 0.5), 4000],
    [rows.feedback(0.5, 0.2), 4000],
  ];
  test.each(worked)('$name', { timeout: 600_000 }, (row, customers) => agrees(row, customers));
});

describe('random parameters', () => {
  const random: readonly Row[] = [
    rows.mm1(between(0.2, 0.6)),
    rows.erlangC(between(1, 1.8), 3),
    rows.erlangB(between(0.5, 4), 3),
    rows.mmck(between(0.5, 3), 2, 5),
    rows.mg1(between(0.3, 0.6), 'uniform'),
    rows.erlangA(between(0.5, 1.5), between(0.2, 1)),
    rows.feedback(between(0.2, 0.4), between(0.1, 0.4)),
  ];
  test.each(random.map((row) => [row] as const))('$name', { timeout: 600_000 }, (row) =>
    agrees(row, 3000),
  );
});
