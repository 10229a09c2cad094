/**
 * Queueing theory confirms the simulator: at least 20 seeds, 99.9 % intervals by Student's t, fixed seeds,
 * and a control with another law of service that must fall outside. The worked values of
 * test/calibration/queueing.json, which take longer runs, are in test/deep/queueing.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { constant, defineSystem, exponential, run } from '../../../src/index.ts';
import { defineServices } from '../../../src/patterns/services/index.ts';
import { timeout } from './closed-forms.ts';
import { estimated, type Figures, holds, measured, rate, served, unitMs } from './queue.ts';
import { type Row, rows } from './rows.ts';

const seeds = 20;

function disagreements({ queue, expected }: Row, customers: number): readonly string[] {
  const figures = measured({ ...queue, customers }, seeds);
  return Object.entries(expected)
    .filter(([name, value]) => !holds(figures[name as keyof Figures], value))
    .map(([name, value]) => {
      const { mean, low, high } = figures[name as keyof Figures];
      return `${name} is ${value}, and ${mean} (${low} to ${high}) was measured`;
    });
}

describe('a service is the queue that its options say', () => {
  test.each([
    [rows.mm1(0.5), 250],
    [rows.erlangC(1, 2), 150],
    [rows.erlangB(1.5, 2), 150],
    [rows.mmck(1.2, 2, 3), 150],
    [rows.mmck(0.6, 1, 3), 150],
    [rows.mg1(0.5, 'constant'), 150],
    [rows.erlangA(0.6, 0.7), 150],
    [rows.feedback(0.4, 0.25), 150],
  ] as const)('$name', (row, customers) => {
    expect(disagreements(row, customers)).toEqual([]);
  });

  test('and the same test refuses another law of service', () => {
    const { queue, expected } = rows.mm1(0.5);
    const changed = { ...queue, service: { time: constant(unitMs) } };
    expect(disagreements({ name: 'control', queue: changed, expected }, 250)).not.toEqual([]);
  });
});

describe("Little's law", () => {
  /** The number of customers in the system, integrated over time, from the decisions of the trace. */
  function area(done: ReturnType<typeof served>): number {
    let inside = 0;
    let last = 0;
    let sum = 0;
    for (const { atUs = 0, decision, effects } of done.trace) {
      sum += inside * (atUs - last);
      last = atUs;
      if (decision.type === 'invoke') inside++;
      inside -= effects.filter((one) => one.type === 'mark' && one.name === 'returned').length;
    }
    return sum / 1000;
  }

  test('is exact on a run that starts and ends empty', () => {
    for (const service of [{ time: rate() }, { time: rate(), discipline: 'lifo' as const }]) {
      const done = served({ service, lambda: 0.7, customers: 300 }, 'little', true);
      const { returned, latency } = done.metrics.operations;
      expect(returned).toBe(300);
      expect(area(done)).toBeCloseTo((latency.meanMs ?? 0) * returned, 3);
    }
  });
});

describe('users who give up', () => {
  test('are those whose service takes longer than they wait', () => {
    const t = 1;
    const ended = Array.from({ length: seeds }, (_, index) => {
      const { metrics } = served(
        {
          service: { time: rate(), concurrency: 1000 },
          lambda: 2,
          customers: 150,
          retries: { attempts: 1, timeoutMs: t * unitMs },
        },
        `timeout/${index}`,
      );
      const { arrived, returned, latency } = metrics.operations;
      const spent = (latency.meanMs ?? 0) * returned + (arrived - returned) * t * unitMs;
      return { inTime: returned / arrived, meanTime: spent / arrived / unitMs };
    });
    const { inTime, meanTime } = timeout(t);
    expect(holds(estimated(ended.map((one) => one.inTime)), inTime)).toBe(true);
    expect(holds(estimated(ended.map((one) => one.meanTime)), meanTime)).toBe(true);
    expect(holds(estimated(ended.map((one) => one.inTime)), timeout(1.2).inTime)).toBe(false);
  });
});

describe('services that break and are repaired', () => {
  const breakdowns = { after: exponential(4 * unitMs), repair: exponential(unitMs) };
  const services = defineServices({ a: { breakdowns }, b: { breakdowns }, c: { breakdowns } });
  const system = defineSystem({ name: 'breakdowns', nodes: () => ({ ...services.nodes }) });

  /** Shares of the time in which all were up, and in which any was. */
  function shares(seed: string) {
    const horizonMs = 400 * unitMs;
    const { trace } = run(system, { seed, horizonMs, trace: true });
    const broken = new Set<string>();
    let last = 0;
    let all = 0;
    let any = 0;
    const pass = (until: number): void => {
      if (broken.size === 0) all += until - last;
      if (broken.size < 3) any += until - last;
      last = until;
    };
    for (const { atUs = 0, effects } of trace) {
      pass(atUs / 1000);
      for (const effect of effects)
        if (effect.type === 'mark' && effect.name === 'broke') broken.add(effect.process);
        else if (effect.type === 'mark' && effect.name === 'repaired')
          broken.delete(effect.process);
    }
    pass(horizonMs);
    return { all: all / horizonMs, any: any / horizonMs };
  }

  test('are available as MTBF / (MTBF + MTTR) says, in series and in parallel', () => {
    const each = 4 / 5;
    const measuredShares = Array.from({ length: seeds }, (_, index) => shares(`up/${index}`));
    expect(holds(estimated(measuredShares.map(({ all }) => all)), each ** 3)).toBe(true);
    expect(holds(estimated(measuredShares.map(({ any }) => any)), 1 - (1 - each) ** 3)).toBe(true);
    expect(holds(estimated(measuredShares.map(({ all }) => all)), 0.75 ** 3)).toBe(false);
  });
});
