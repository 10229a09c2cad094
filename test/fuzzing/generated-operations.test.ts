/** Operations of loops as generated data: legal, within their demand, shrinking; and what fuzzing makes of them. */
import { type Loops, replay, run, UserMistake } from 'counterpoint';
import { fuzz, operations, scenarios } from 'counterpoint/fuzzing';
import { serviceSystem } from 'counterpoint/patterns';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clients } from '../simulator/loop-workshop.ts';

const workload: Loops = [
  {
    loop: 'open',
    processes: ['c1'],
    arrivals: { kind: 'poisson', perSecond: 1 },
    mix: [
      { operation: { type: 'READ' }, weight: 3 },
      { operation: { type: 'WRITE' }, fields: { key: { kind: 'zipf', keys: 3 } } },
    ],
    fields: { call: { kind: 'serial' } },
    fromMs: 50,
  },
  { loop: 'closed', processes: ['c2'], operations: 2 },
];
const parameters = { clients: 2, concurrent: true };

describe('operations of loops', () => {
  const sampled = fc.sample(operations(clients, { workload, parameters }), {
    seed: 1,
    numRuns: 300,
  });

  test('are data that a run takes: what arrives with times, in their order, the rest with gaps', () => {
    for (const planned of sampled) {
      expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
      const arriving = planned.filter(({ process }) => process === 'c1');
      const times = arriving.map(({ atMs = -1 }) => atMs);
      expect(times.every((time) => time >= 50)).toBe(true);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(
        arriving.map(({ operation }) => (operation as unknown as { call: string }).call),
      ).toEqual(arriving.map((_, index) => `c1#${index + 1}`));
      const others = planned.filter(({ process }) => process === 'c2');
      expect(others.length).toBeLessThanOrEqual(2);
      for (const { afterMs, atMs } of others)
        expect([afterMs, atMs]).toEqual([expect.any(Number), undefined]);
    }
    for (const planned of sampled.slice(0, 20))
      expect(run(clients, { seed: 1, parameters, operations: planned }).verdict).toBe('holds');
  });

  test('have the kinds by weight, and every key', () => {
    const all = sampled.flat().filter(({ process }) => process === 'c1');
    const writes = all.filter(({ operation }) => operation.type === 'WRITE');
    expect(writes.length / all.length).toBeGreaterThan(0.15);
    expect(writes.length / all.length).toBeLessThan(0.35);
    const keys = writes.map(({ operation }) => (operation as unknown as { key: string }).key);
    expect([...new Set(keys)].sort()).toEqual(['k1', 'k2', 'k3']);
  });

  test('shrink to one, without a gap', () => {
    const { counterexample } = fc.check(
      fc.property(
        operations(clients, { workload, parameters }),
        (planned) => !planned.some(({ operation }) => operation.type === 'WRITE'),
      ),
      { seed: 3 },
    );
    expect(counterexample?.[0]).toHaveLength(1);
    const [only] = counterexample?.[0] ?? [];
    expect([only?.atMs ?? 50, only?.afterMs ?? 0]).toEqual([50, 0]);
  });

  test('are those of the scenario where it has a workload', () => {
    const all = fc.sample(operations(serviceSystem, { scenario: 'quiet', operationsAtMost: 9 }), {
      seed: 4,
      numRuns: 20,
    });
    const planned = all.find(({ length }) => length > 5) ?? [];
    expect(planned[0]).toMatchObject({ process: 'client1', atMs: expect.any(Number) });
    const made = fc.sample(scenarios(serviceSystem, { scenario: 'quiet' }), {
      seed: 4,
      numRuns: 5,
    });
    for (const one of made) expect(run(serviceSystem, one).verdict).not.toBe('unknown');
  });

  test('refuse a bound that is none', () => {
    expect(() => operations(clients, { workload, parameters, operationsAtMost: -1 })).toThrow(
      UserMistake,
    );
  });
});

test('fuzzing a workload finds what breaks, and shrinks it to the operation and fault that it takes', () => {
  const { violations } = fuzz(serviceSystem, {
    scenario: 'quiet',
    parameters: { effects: 'every' },
    kinds: ['duplication', 'loss', 'crash'],
    runs: 60,
    seed: 2,
  });
  const found = violations.find(({ property }) => property === 'one effect a key');
  expect(found?.operations).toHaveLength(1);
  expect(found?.faults.map(({ fault }) => fault)).toEqual(['duplication']);
  expect(found && replay(serviceSystem, found.runFile)).toMatchObject({
    violated: ['one effect a key'],
  });
});
