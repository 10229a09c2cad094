/** Ratios that a system declares: one figure of a run over another. */
import { expect, test } from 'vitest';
import { type Ratio, run } from '../../src/index.ts';
import { serviceSystem } from '../../src/patterns/index.ts';
import { runMany } from '../../src/statistics/index.ts';

const withRatios = (ratios: Readonly<Record<string, Ratio>>) => ({ ...serviceSystem, ratios });
const short = { scenario: 'quiet', horizonMs: 500 } as const;

test('are one figure divided by the other, and none where there is nothing to divide by', () => {
  const system = withRatios({
    answered: { of: 'operations.returned', per: 'operations.arrived' },
    restless: { of: 'messagesByType.call.sent', per: 'marks.retried' },
    slowness: { of: 'operations.latency.meanMs', per: 'operations.latency.maxMs' },
    sleepy: { of: 'messagesByType.SNORE.sent', per: 'operations.arrived' },
  });
  const { metrics } = run(system, { seed: 1, ...short });
  const { returned, arrived, latency } = metrics.operations;
  expect(metrics.ratios).toEqual({
    answered: returned / arrived,
    restless: null,
    slowness: (latency.meanMs ?? 0) / (latency.maxMs ?? 0),
    sleepy: 0,
  });
  const many = runMany(system, { seed: 1, runs: 3, ...short });
  expect(many.figures['ratios.answered']?.n).toBe(3);
  expect(many.figures['ratios.restless']).toBeUndefined();
});

test('goodput leaves out what comes too late', () => {
  const { figures } = runMany(serviceSystem, { seed: 1, runs: 1, ...short, answerWithinMs: 10 });
  const mean = (name: string) => figures[name]?.mean ?? Number.NaN;
  expect(mean('goodputPerSecond')).toBeLessThan(mean('operations.throughputPerSecond'));
  const { metrics, virtualMs } = run(serviceSystem, { seed: '1/1', ...short, answerWithinMs: 10 });
  expect(mean('goodputPerSecond')).toBeCloseTo((1000 * metrics.operations.inTime) / virtualMs, 9);
});

test('are refused where a path leads to no number, with the nearest', () => {
  const asked = (of: string) => () =>
    run(withRatios({ bad: { of, per: 'operations.arrived' } }), { seed: 1, ...short });
  expect(asked('operations.arived')).toThrow(
    'ratio "bad": "operations.arived" is no figure of a run\'s metrics; did you mean "arrived"?',
  );
  expect(asked('operations')).toThrow('"operations" is no figure');
  expect(asked('operations.latency.meanMs.x')).toThrow('is no figure');
  expect(asked('nothing.at.all')).toThrow('is no figure');
});
