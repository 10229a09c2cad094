/** Ten thousand swarm profiles of quorum three-phase commit and of E3PC, and the proofs that take longest. */
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, type CheckOptions, check, run, swarm, variant } from '../../src/index.ts';
import { enhancedThreePhaseCommit, quorumThreePhaseCommit } from '../../src/protocols/index.ts';

const systems = [
  quorumThreePhaseCommit,
  enhancedThreePhaseCommit,
] as unknown as readonly AnySystem[];

describe.each(systems)('$name', (system) => {
  test('AC1 to AC3 hold and every outcome is explained under 10,000 profiles', () => {
    const seen: Record<string, number> = {};
    for (let seed = 1; seed <= 10_000; seed++) {
      const votes = seed % 3 === 0 ? 'yes' : 'any';
      const parameters = { participants: 1 + (seed % 5), votes };
      const done = run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
      expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
      if (done.outcome === 'blocked')
        expect(done.reason, `seed ${seed}`).toMatch(
          /in doubt, and neither a commit nor an abort quorum is in reach$|^a node is paused or/,
        );
      const { decided } = done.end.observed as { readonly decided: Record<string, string> };
      for (const what of [done.outcome, ...new Set(Object.values(decided))])
        seen[what] = (seen[what] ?? 0) + 1;
    }
    console.log(system.name, seen);
    for (const what of ['recovered', 'commit', 'abort'])
      expect(seen[what] ?? 0, what).toBeGreaterThan(50);
  });

  const yes = (participants: number, elections: number) => ({
    participants,
    elections,
    votes: 'yes',
  });
  const reliable = { loss: false, duplication: false };
  const proofs: readonly (readonly [string, CheckOptions])[] = [
    [
      '2 participants, losses and copies, 1 crash, 1 election',
      { parameters: yes(2, 1), scope: { crashes: 1 } },
    ],
    [
      '2 participants, losses and copies, 2 elections',
      { parameters: yes(2, 2), scope: { crashes: 0 } },
    ],
    [
      '2 participants, losses and copies, 1 partition, 1 election',
      { parameters: yes(2, 1), scope: { crashes: 0, partitions: 1 } },
    ],
    [
      '3 participants, 1 crash, where time-outs are true, and any votes',
      {
        parameters: { participants: 3 },
        timing: 'synchronous',
        scope: { crashes: 1, ...reliable },
      },
    ],
  ];
  test.each(proofs)('is safe and AC5 holds: %s', (name, question) => {
    const { verdict, complete, distinct } = check(system, { ...question, maxStates: 10_000_000 });
    console.log(system.name, name, distinct);
    expect([verdict, complete]).toEqual(['holds', true]);
  });

  test('a coordinator that asks nobody again who has acknowledged may not learn the decision', () => {
    const deaf = variant(system, 'asks-no-more', {
      provide: { coordinator: { actions: { inquireOfAcknowledged: assign({}) } } },
    });
    const { properties } = check(deaf, {
      parameters: yes(2, 1),
      scope: { crashes: 0, partitions: 1 },
    });
    const violated = properties.filter(({ verdict }) => verdict === 'violated');
    expect(violated.map(({ name }) => name)).toEqual(['decision spreads']);
  });
});
