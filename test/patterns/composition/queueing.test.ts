/**
 * The closed forms of compositions (test/calibration/composition-times.json: sequence, parallel, race, loop, conditional)
 * within 99.9 % intervals by Student's t over 20 seeds, with controls that must fall outside. Servers are so
 * many that no call waits.
 */
import { describe, expect, test } from 'vitest';
import { constant, defineSystem, type Loop, run } from '../../../src/index.ts';
import {
  attempt,
  type Composition,
  choice,
  compute,
  defineClient,
  defineServices,
  loop,
  parallel,
  race,
  type ServiceOptions,
  sequence,
  task,
  withCompositions,
} from '../../../src/patterns/index.ts';
import { spansIn } from '../../../src/simulator/span-recorder.ts';
import oracle from '../../calibration/composition-times.json' with { type: 'json' };
import { estimated, holds, rate, unitMs } from '../services/queue.ts';

const worked = (id: string) =>
  oracle.models.find((model) => model.id === id)?.worked as unknown as {
    readonly given: Readonly<Record<string, number | readonly number[]>>;
    readonly result: Readonly<Record<string, number>>;
  };

const seeds = 20;
const customers = 30;

/** Mean and variance of the time of a flow, and calls of a flow, each over many seeds. */
function measured(plan: Composition, service: ServiceOptions = {}, fields: Loop['fields'] = {}) {
  const options = { time: rate(), concurrency: 1e6, ...service };
  const services = withCompositions(
    defineServices({ one: options, two: { ...options, time: rate(1 / 2) } }),
    { plan },
  );
  const system = defineSystem({
    name: 'plan',
    nodes: () => ({ client: defineClient(services), ...services.nodes }),
  });
  const workload: Loop = {
    loop: 'open',
    arrivals: { kind: 'poisson', perSecond: 1000 / unitMs },
    mix: [{ operation: { type: 'REQUEST', service: 'plan' } as never }],
    fields: { call: { kind: 'serial' }, ...fields },
    operations: customers,
  };
  const figures = Array.from({ length: seeds }, (_, index) => {
    const { trace, metrics } = run(system, {
      seed: `composition/${index}`,
      workload: [workload],
      latency: constant(0),
      forceLatency: constant(0),
      horizonMs: 1e12,
      answerWithinMs: 1e9,
      trace: true,
    });
    const times = spansIn(trace, { from: 'flow-started', to: 'flow-ended' }).map(
      ({ fromMs, toMs }) => ((toMs ?? Number.NaN) - fromMs) / unitMs,
    );
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    const squares = times.reduce((sum, time) => sum + (time - mean) ** 2, 0);
    const calls = (metrics.messagesByType.call?.sent ?? 0) / customers - 1;
    return { mean, variance: squares / (times.length - 1), calls };
  });
  return {
    mean: estimated(figures.map(({ mean }) => mean)),
    variance: estimated(figures.map(({ variance }) => variance)),
    calls: estimated(figures.map(({ calls }) => calls)),
  };
}

const three = [task('one'), task('one'), task('one')] as const;

describe('time of a composition of exponential steps', () => {
  test('one after the other is that of Erlang', () => {
    const { mean, variance } = measured(sequence(...three));
    expect(holds(mean, worked('sequence').result.mean ?? 0)).toBe(true);
    expect(holds(variance, worked('sequence').result.variance ?? 0)).toBe(true);
  });

  test('at once is the harmonic sum', () => {
    const { mean } = measured(parallel(...three));
    expect(holds(mean, worked('parallel').result.mean ?? 0)).toBe(true);
  });

  test('in a race is a part of one', () => {
    const { mean } = measured(race(...three));
    expect(holds(mean, worked('race').result.mean ?? 0)).toBe(true);
  });

  test('in a loop, of which each round is the last with a probability, is geometric', () => {
    const again = attempt(task('one', undefined, () => 'done')).catch(compute(() => 'again'));
    const plan = loop((data) => data !== 'done', again, { atMost: 1000 });
    const { given, result } = worked('loop');
    const { calls, mean } = measured(plan, { errorRate: given.q as number });
    expect(holds(calls, result.meanRuns ?? 0)).toBe(true);
    expect(holds(mean, result.meanRuns ?? 0)).toBe(true);
  });

  test('by a choice is a mixture', () => {
    const { given, result } = worked('conditional');
    const plan = choice([(input) => input === 'one', task('one')], task('two'));
    const weights = given.probabilities as readonly number[];
    const input = { kind: 'values', values: ['one', 'two'], weights } as const;
    expect(given.means).toEqual([1, 2]);
    expect(holds(measured(plan, {}, { input }).mean, result.mean ?? 0)).toBe(true);
  });

  test('is another with another law, or another composition (controls)', () => {
    const fixed = measured(parallel(...three), { time: constant(unitMs) });
    expect(holds(fixed.mean, worked('parallel').result.mean ?? 0)).toBe(false);
    const two = measured(parallel(task('one'), task('one')));
    expect(holds(two.mean, worked('parallel').result.mean ?? 0)).toBe(false);
    expect(holds(measured(race(...three)).mean, worked('sequence').result.mean ?? 0)).toBe(false);
    const steady = measured(sequence(...three), { time: constant(unitMs) });
    expect(holds(steady.variance, worked('sequence').result.variance ?? 0)).toBe(false);
  });
});
