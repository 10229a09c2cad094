/**
 * What ends a wait: time-outs that grow where elections pre-empt each other, and questions to those who have
 * acknowledged and may have been told more since. Each with the runs in which its absence was noticed.
 */
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, type Run, run, swarm, variant } from '../../../src/index.ts';
import { enhancedThreePhaseCommit, quorumThreePhaseCommit } from '../../../src/protocols/index.ts';

const systems = [
  quorumThreePhaseCommit,
  enhancedThreePhaseCommit,
] as unknown as readonly AnySystem[];

/** The run of the deep swarm with that seed (test/deep/quorum-three-phase-commit.test.ts). */
function swarmRun(
  system: AnySystem,
  seed: number,
  own: Readonly<Record<string, string>> = {},
): Run {
  const votes = seed % 3 === 0 ? 'yes' : 'any';
  const parameters = { participants: 1 + (seed % 5), votes, ...own };
  return run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
}

const epochs = ({ end }: Run): readonly number[] =>
  end.all.flatMap((one) => (one.up && 'epoch' in one.context ? [one.context.epoch as number] : []));

describe.each(systems)('in $name', (system) => {
  test('elections pre-empt each other for ever where time-outs are fixed, and not where they grow', () => {
    const duel = run(system, { seed: 1, scenario: 'duel' });
    expect(duel.outcome).toBe('stuck');
    // Everybody has been elected seventeen times, and nobody has decided.
    expect(Math.min(...epochs(duel))).toBeGreaterThan(50);
    expect(duel.end.observed).toMatchObject({ decided: {} });
    const growing = run(system, { seed: 1, scenario: 'duel-growing' });
    expect([growing.verdict, growing.outcome]).toEqual(['holds', 'recovered']);
    expect(Math.max(...epochs(growing))).toBeLessThan(10);
  });

  test('swarm seed 4857, with a disk that stays slow, is stuck where time-outs are fixed', () => {
    expect(swarmRun(system, 4857, { timeouts: 'fixed' }).outcome).toBe('stuck');
    expect(swarmRun(system, 4857).outcome).not.toBe('stuck');
  });

  const withoutQuestions = variant(system, 'does-not-ask', {
    provide: { coordinator: { actions: { inquireOfAcknowledged: assign({}) } } },
  }) as AnySystem;
  test.each([5851, 15_843])(
    'swarm seed %i: an acknowledged participant must be asked again',
    (seed) => {
      expect(swarmRun(withoutQuestions, seed).outcome).toBe('stuck');
      expect(swarmRun(system, seed).outcome).not.toBe('stuck');
    },
  );
});
