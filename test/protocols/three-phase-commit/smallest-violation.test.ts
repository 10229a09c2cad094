/** The smallest way to break three-phase commit, as the literature has it. */
import { describe, expect, test } from 'vitest';
import { run } from '../../../src/index.ts';
import { threePhaseCommit } from '../../../src/protocols/index.ts';
import matrix from '../../calibration/fault-matrix.json' with { type: 'json' };

describe('the smallest violation', () => {
  const { minimalThreePhaseCommitViolation: minimal } = matrix;

  test(`${minimal.participants} participants: ${minimal.broken}`, () => {
    const done = run(threePhaseCommit, { seed: 1, scenario: 'partition-minimal', trace: true });
    expect(done.properties.filter(({ verdict }) => verdict === 'violated')).toMatchObject([
      { name: 'AC1 agreement' },
    ]);
    expect(done.end.observed).toMatchObject({ decided: { p1: 'commit', p2: 'abort' } });
    const steps = done.trace.flatMap(({ decision, effects }) => {
      const got =
        decision.type === 'deliver' ? [`${decision.to} gets ${decision.message.type}`] : [];
      const did = effects.flatMap((effect) => {
        if (effect.type === 'send')
          return [`${effect.envelope.from} sends ${effect.envelope.message.type}`];
        return effect.type === 'mark' ? [`${effect.process} ${effect.name}`] : [];
      });
      return [decision.type, ...got, ...did];
    });
    const order = [
      'coordinator sends PREPARE',
      'p1 voted',
      'p2 voted',
      'coordinator sends PRE_COMMIT',
      'cut',
      'p1 gets PRE_COMMIT',
      'p1 decided',
      'p2 decided',
    ];
    // The script of the oracle, in its order: each of its steps happens, and none before the one above it.
    const at = order.map((step) => steps.indexOf(step));
    expect(at.includes(-1), order[at.indexOf(-1)]).toBe(false);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(steps).not.toContain('p2 gets PRE_COMMIT');
  });

  test('without the split both commit, by TR4', () => {
    const faults = threePhaseCommit.scenarios?.['partition-minimal']?.faults?.slice(0, 1) ?? [];
    const options = { parameters: { participants: 2, votes: 'yes' }, faults } as const;
    const done = run(threePhaseCommit, { seed: 1, ...options });
    expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
    expect(done.end.observed).toMatchObject({ decided: { p1: 'commit', p2: 'commit' } });
  });
});
