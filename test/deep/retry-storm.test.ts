/**
 * Every layer retries at a fixed interval, without budget or jitter (test/calibration: retry-fixed-interval-everywhere of
 * the zoo of bugs; Beyer and others 2016; Huang and others 2022): an overload outlives its trigger. What is looked at is
 * the goodput after the trigger has ended, and no safety property.
 */
import { describe, expect, test } from 'vitest';
import { type AnySystem, run, variant } from '../../src/index.ts';
import { incidentSystem } from '../../src/patterns/index.ts';

/** Payments is slow from 1,000 to 1,500 ms; requests come until 5,000 ms, a third of what it can take. */
function goodShares(system: AnySystem, policy: string, seed: number) {
  const done = run(system, {
    seed,
    scenario: 'quiet',
    parameters: { policy, attempts: 4, backoffMs: 10, queue: 120 },
    workload: [
      {
        loop: 'open',
        arrivals: { kind: 'constant', everyMs: 30 },
        mix: [{ operation: { type: 'REQUEST', service: 'payments' } }],
        fields: { call: { kind: 'serial' } },
        untilMs: 5000,
      },
    ],
    faults: ['payments1', 'payments2'].map((node) => {
      return { fault: 'slow', node, factor: 40, atMs: 1000, forMs: 500 };
    }),
    trace: true,
  });
  expect(done.verdict).toBe('holds');
  const asked = new Map<string, number>();
  const good = { before: 0, after: 0 };
  const all = { before: 0, after: 0 };
  for (const { atUs = 0, effects } of done.trace)
    for (const effect of effects) {
      if (effect.type !== 'mark' || effect.process !== 'shop/client') continue;
      const { call = '' } = (effect.data ?? {}) as { readonly call?: string };
      if (effect.name === 'invoked') asked.set(call, atUs / 1000);
      const at = asked.get(call) ?? 0;
      // The last second and a half, which begins two seconds after the trigger has ended.
      const when = at < 900 ? 'before' : at > 3500 ? 'after' : undefined;
      if (when === undefined) continue;
      if (effect.name === 'invoked') all[when]++;
      if (effect.name === 'returned' && atUs / 1000 - at <= 1000) good[when]++;
    }
  return { before: good.before / all.before, after: good.after / all.after };
}

describe.each([1, 3])('seed %d', (seed) => {
  test('with a fixed interval in two layers, the overload outlives its trigger', () => {
    const shares = goodShares(incidentSystem, 'retry-at-once,retry-at-once,timeout', seed);
    expect(shares.before).toBeGreaterThan(0.95);
    expect(shares.after).toBeLessThan(0.6);
  });

  test('with budgets it does not', () => {
    const { before, after } = goodShares(incidentSystem, 'retry-budget,retry-budget,timeout', seed);
    expect(before).toBeGreaterThan(0.95);
    expect(after).toBeGreaterThan(0.9);
  });

  test('and with the rule of the budget taken out it does again', () => {
    const broken = variant(incidentSystem as AnySystem, 'broke', {
      provide: { retry: { guards: { isOverBudget: () => false } } },
    });
    const { after } = goodShares(broken, 'retry-budget,retry-budget,timeout', seed);
    expect(after).toBeLessThan(0.6);
  });
});
