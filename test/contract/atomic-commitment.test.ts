/**
 * One contract for all protocols of atomic commitment: AC1 to AC5 and durability are among their properties,
 * a run without faults commits, what they claim is proved and what they do not is found, each cell of the
 * fault matrix is what the literature says, and swarms of faults leave nobody without a decision or a reason.
 */
import { describe, expect, test } from 'vitest';
import { check, run, swarm } from '../../src/index.ts';
import {
  decisionsIn,
  faultOutcomeOf,
  withNonBlocking,
} from '../../src/protocols/atomic-commitment/questions.ts';
import {
  type CommitProtocol,
  commitProtocols,
  type MatrixFault,
  matrixFaults,
  type Observed,
} from '../../src/protocols/index.ts';
import matrix from '../calibration/fault-matrix.json' with { type: 'json' };
import { sized } from '../sizes.ts';

const promised = [
  'AC1 agreement',
  'AC2 finality',
  'AC3 commit validity',
  'AC4 non-triviality',
  'AC5 termination',
  'durability',
];

const named = commitProtocols.map((protocol) => [protocol.title, protocol] as const);

describe.each(named)('%s', (_, protocol) => {
  const { system, parameters = {}, claims, beyond, mayWait } = protocol;

  test('has the properties of atomic commitment', () => {
    expect(system.properties.map(({ name }) => name)).toEqual(expect.arrayContaining(promised));
  });

  test.each([1, 2, 3, 4, 5])('without faults %i participants commit, unless one votes no', (n) => {
    for (const votes of ['yes', 'one-no'])
      for (let seed = 1; seed <= sized(5, 2); seed++) {
        const done = run(system, { seed, parameters: { ...parameters, participants: n, votes } });
        expect([done.verdict, done.outcome]).toEqual(['holds', 'recovered']);
        const decision = votes === 'yes' ? 'commit' : 'abort';
        expect(new Set(decisionsIn(done))).toEqual(new Set([decision]));
        const { decided, votes: cast } = done.end.observed as Observed;
        for (let index = 1; index <= n; index++)
          // Who has voted READ is told nothing.
          if (cast[`p${index}`] !== 'read') expect(decided[`p${index}`]).toBe(decision);
      }
  });

  const asked = withNonBlocking(system);
  test.each(claims.map((claim) => [claim.says, claim] as const))('%s', (_says, claim) => {
    const { violated, maxStates, says, ...question } = claim;
    const answer = check(asked, {
      ...question,
      parameters: { ...parameters, ...question.parameters },
      stopAtViolation: false,
      maxStates: maxStates ?? 1_000_000,
    });
    const found = answer.properties.filter(({ verdict }) => verdict === 'violated');
    expect(new Set(found.map(({ name }) => name)), says).toEqual(new Set(violated));
    for (const { counterexample } of found) expect(counterexample).toBeDefined();
    if (maxStates === undefined) expect(answer.complete).toBe(true);
  });

  test('claims that something holds, and that something does not', () => {
    expect(claims.some(({ violated }) => violated.length === 0)).toBe(true);
    expect(claims.some(({ violated }) => violated.length > 0)).toBe(true);
  });

  test('each scenario keeps its promises unless it goes beyond them', () => {
    for (const [scenario, { parameters: own }] of Object.entries(system.scenarios ?? {})) {
      const done = run(system, { seed: 1, scenario, parameters: { ...parameters, ...own } });
      const expected = beyond.includes(scenario) ? 'violated' : 'holds';
      expect([scenario, done.verdict]).toEqual([scenario, expected]);
    }
  });

  test('200 swarm profiles: safe, and nobody waits without a reason', () => {
    const seen = { recovered: 0, commit: 0, abort: 0 };
    for (let seed = 1; seed <= 200; seed++) {
      const size = 1 + (seed % 4);
      const votes = seed % 3 === 0 ? 'yes' : 'any';
      const chosen = { ...parameters, participants: size, votes };
      const profile = swarm(system, seed, { parameters: chosen });
      const done = run(system, { seed, parameters: chosen, ...profile });
      expect([done.verdict, done.outcome === 'stuck'], `seed ${seed}`).toEqual(['holds', false]);
      if (done.outcome === 'blocked') expect(done.reason, `seed ${seed}`).toMatch(mayWait ?? /^$/);
      else seen.recovered++;
      for (const decision of new Set(decisionsIn(done)))
        if (decision === 'commit' || decision === 'abort') seen[decision]++;
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
  });

  describe.each(Object.keys(protocol.underFaults) as MatrixFault[])('%s', (fault) => {
    const cell = protocol.underFaults[fault];
    if (cell === undefined) throw new Error(`${fault} has no cell`);
    const { outcomes, mayAbort = false, scenarios = matrixFaults[fault].scenarios } = cell;
    test(outcomes.join(' or '), () => {
      for (const scenario of scenarios)
        for (let seed = 1; seed <= sized(20, 3); seed++) {
          const done = run(system, {
            seed,
            scenario,
            parameters: { ...parameters, votes: 'yes' },
          });
          // A request or a vote that is lost makes the decision abort.
          const aborts = scenario === 'lost-messages' || mayAbort;
          const legal = aborts ? [...outcomes, 'abort'] : outcomes;
          expect(legal, `${scenario}, seed ${seed}`).toContain(faultOutcomeOf(done));
        }
    });
  });
});

/** The columns of the literature (test/calibration/fault-matrix.json), by the title of the protocol. */
const columns = {
  'Two-phase commit': 'twoPhaseCommit',
  'Two-phase commit, cooperative': 'twoPhaseCommitCooperative',
  'Three-phase commit': 'threePhaseCommit',
  'Paxos Commit': 'paxosCommit',
  'Faster Paxos Commit': 'paxosCommit',
  'Quorum three-phase commit': 'quorumThreePhaseCommit',
  E3PC: 'enhancedThreePhaseCommit',
} as const;

test.each(Object.entries(columns))('%s declares what the literature says', (title, column) => {
  const protocol = commitProtocols.find((one) => one.title === title) as CommitProtocol;
  for (const { id, cells } of matrix.rows) {
    const declared = protocol.underFaults[id as MatrixFault]?.outcomes ?? ['notApplicable'];
    expect([id, declared]).toEqual([id, cells[column].outcomes]);
  }
});
