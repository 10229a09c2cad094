/** What is proved of Paxos Commit beyond its claims, and what blocks and what breaks it with how long a story. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, check, type RunFile, run, variant } from '../../../src/index.ts';
import { fasterPaxosCommit, paxosCommit } from '../../../src/protocols/index.ts';

const sized = (participants: number, acceptorFailures: number, leaders: number) => ({
  participants,
  acceptorFailures,
  leaders,
  ballots: leaders,
  votes: 'yes',
});
/** Messages stay in the network, and each may arrive late, again or never. */
const overSet = (system: AnySystem) =>
  variant(system, 'over-a-set', { network: { order: 'set' } }) as AnySystem;

describe.each([paxosCommit as AnySystem, fasterPaxosCommit as AnySystem])('$name', (system) => {
  test('is safe and live whatever timers do: three acceptors apart, any vote', () => {
    const parameters = { ...sized(1, 1, 1), votes: 'any' };
    const { verdict, complete } = check(overSet(system), { parameters, scope: { crashes: 0 } });
    expect([verdict, complete]).toEqual(['holds', true]);
  });

  test('has one acceptor too few with F = 0, and two leaders are one enough', () => {
    const answer = check(overSet(system), {
      parameters: sized(1, 0, 2),
      scope: { crashes: 1 },
      stopAtViolation: false,
    });
    const broken = answer.properties.filter(({ verdict }) => verdict !== 'holds');
    expect(broken.map(({ name }) => name)).toEqual(['non-blocking']);
    expect(answer.complete).toBe(true);
  });

  test.each([0, 1])('breaks when one disk is lost, F = %i', (acceptorFailures) => {
    const safety = variant(overSet(system), 'safety', {
      properties: system.properties.filter(({ kind }) => kind === 'invariant') as never,
    }) as AnySystem;
    const { properties } = check(safety, {
      parameters: sized(1, acceptorFailures, 1),
      scope: { crashes: 1, diskLosses: 1 },
      maxStates: 200_000,
    });
    const violated = properties.find(({ verdict }) => verdict === 'violated');
    expect(['durability', 'AC1 agreement', 'AC2 finality']).toContain(violated?.name);
    const { counterexample } = violated as { readonly counterexample: RunFile };
    const lost = counterexample.decisions.filter(({ decision }) => decision.type === 'loseDisk');
    expect(lost).toHaveLength(1);
  });
});

test('F acceptors, a leader and any participants may be down: the others decide', () => {
  for (const acceptorFailures of [1, 2, 3])
    for (let seed = 1; seed <= 5; seed++) {
      const down = [
        ...Array.from({ length: acceptorFailures }, (_, index) => `a${index + 1}`),
        'leader1',
        'p1',
      ];
      const done = run(paxosCommit, {
        seed,
        parameters: { participants: 4, votes: 'yes', acceptorFailures, placement: 'apart' },
        // After the votes are in, before anybody knows the decision.
        faults: down.map((node) => ({ fault: 'crash', node, atMs: 42 })),
        scenario: 'fault-free',
      });
      expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
      const { decided } = done.end.observed as { readonly decided: Record<string, string> };
      expect(decided).toMatchObject({ p2: 'commit', p3: 'commit', p4: 'commit' });
    }
});

test('one acceptor more than F blocks it', () => {
  for (const acceptorFailures of [0, 1, 2]) {
    const down = Array.from({ length: acceptorFailures + 1 }, (_, index) => `a${index + 1}`);
    const done = run(paxosCommit, {
      seed: 1,
      parameters: { participants: 3, votes: 'yes', acceptorFailures, placement: 'apart' },
      faults: down.map((node) => ({ fault: 'crash', node, atMs: 37 })),
      scenario: 'fault-free',
    });
    expect([done.verdict, done.outcome]).toEqual(['holds', 'blocked']);
    expect(done.reason).toMatch(/reach no leader that reaches a majority of the acceptors$/);
  }
});
