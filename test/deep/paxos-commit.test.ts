/** Ten thousand swarm profiles of Paxos Commit and its faster variant, and the proofs that take longest. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, check, run, swarm, variant } from '../../src/index.ts';
import { fasterPaxosCommit, paxosCommit } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from '../bugs/found-by-checker.ts';
import { bugsOfThreeBallots, overMessageSet } from '../bugs/paxos-commit-bugs.ts';

const systems: readonly AnySystem[] = [paxosCommit, fasterPaxosCommit];
const placements = ['apart', 'leader-is-acceptor', 'co-located'] as const;

test.each(systems)(
  '$name: AC1 to AC3 hold and every outcome is explained under 10,000 profiles',
  (system) => {
    const seen = new Map<string, number>();
    const count = (what: string): void => {
      seen.set(what, (seen.get(what) ?? 0) + 1);
    };
    for (let seed = 1; seed <= 10_000; seed++) {
      const parameters = {
        participants: 1 + (seed % 5),
        votes: seed % 3 === 0 ? 'yes' : 'any',
        acceptorFailures: seed % 4 === 0 ? 2 : seed % 2,
        leaders: 1 + (seed % 3),
        placement: placements[Math.floor(seed / 7) % 3],
        bundled: seed % 11 !== 0,
      };
      const done = run(system, { seed, parameters, ...swarm(system, seed, { parameters }) });
      expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
      if (done.outcome === 'blocked')
        expect(done.reason, `seed ${seed}`).toMatch(
          /in doubt and reach(es)? no leader that reaches a majority|^a node is paused or/,
        );
      count(done.outcome);
      const { decided } = done.end.observed as { readonly decided: Record<string, string> };
      for (const decision of new Set(Object.values(decided))) count(decision);
    }
    console.log(system.name, Object.fromEntries(seen));
    for (const what of ['recovered', 'blocked', 'commit', 'abort'])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(50);
  },
);

const sized = (participants: number, acceptorFailures: number, leaders: number) => ({
  participants,
  acceptorFailures,
  leaders,
  ballots: leaders,
  votes: 'yes',
});
const overSet = (system: AnySystem) =>
  variant(system, 'over-a-set', { network: { order: 'set' } }) as AnySystem;

describe('whatever timers do it is safe and makes progress', () => {
  test.each([
    ['1 crash, 3 acceptors, lossy', paxosCommit, { ...sized(1, 1, 1) }, 1],
    ['2 leaders, 2 participants, lossy', paxosCommit, { ...sized(2, 0, 2) }, 0],
    ['2 participants, 1 crash', paxosCommit, sized(2, 0, 1), 1],
    ['2 participants, 3 acceptors', overSet(paxosCommit), sized(2, 1, 1), 0],
    ['2 participants, 3 acceptors, faster', overSet(fasterPaxosCommit), sized(2, 1, 1), 0],
    [
      '2 leaders on the nodes of 3 acceptors, 1 crash',
      overSet(paxosCommit),
      { ...sized(1, 1, 2), placement: 'leader-is-acceptor' },
      1,
    ],
  ] as const)(
    '%s',
    (_, system, parameters, crashes) => {
      const answer = check(system as AnySystem, {
        parameters,
        scope: { crashes },
        stopAtViolation: false,
        maxStates: 12_000_000,
      });
      console.log(system.name, parameters, crashes, answer.distinct);
      expect(answer.complete).toBe(true);
      const broken = answer.properties.filter(({ verdict }) => verdict !== 'holds');
      // One leader, or one acceptor, that is down for good: it blocks, as it must.
      expect(broken.filter(({ name }) => name !== 'non-blocking')).toEqual([]);
    },
    1_800_000,
  );
});

describeFoundByChecker(overMessageSet, bugsOfThreeBallots, 'paxos-commit/');
