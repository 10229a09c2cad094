/**
 * What cascading failures leave behind, searched exhaustively from there on: a connected quorum that Skeen's rules
 * leave blocked and Keidar and Dolev's do not, and what E3PC's attempts and epochs are for.
 */

import { describe, expect, test } from 'vitest';
import { emit } from 'xstate';
import {
  type AnySystem,
  type CheckResult,
  check,
  run,
  send,
  type Variation,
  variant,
} from '../../../src/index.ts';
import {
  agreement,
  connectedQuorumDecides,
  enhancedThreePhaseCommit,
  quorumThreePhaseCommit,
} from '../../../src/protocols/index.ts';

const quorum = quorumThreePhaseCommit as AnySystem;
const enhanced = enhancedThreePhaseCommit as AnySystem;

type Doubt = readonly [standing: string, attempt: number, epoch: number];

/** Where three participants stand, on their disks, after failures; the coordinator has been through phase 1. */
type Middle = Readonly<Record<'p1' | 'p2' | 'p3', Doubt | 'abort'>>;

/** p1 was cut off with the only PRE_COMMIT; p2 was elected and has pre-aborted itself, p3 has told it so far. */
const metAgain: Middle = {
  p1: ['pre-committed', 1, 1],
  p2: ['pre-aborted', 3, 3],
  p3: ['waiting', 0, 3],
};

/** The same, when p3 has moved too, p2 has decided and told nobody, and p1 has been asked. */
const decided: Middle = {
  p1: ['pre-committed', 1, 3],
  p2: 'abort',
  p3: ['pre-aborted', 3, 3],
};

function from(system: AnySystem, middle: Middle, change: Variation = {}): CheckResult {
  const changed = variant(system, 'from-the-middle', {
    ...change,
    properties: [agreement, connectedQuorumDecides] as never,
    starts: (parameters) => {
      const nodes = system.nodes(parameters) as Record<string, { readonly input: object }>;
      const recovered = Object.entries(middle).map(([site, stands]) => {
        const [standing, attempt, epoch] = stands;
        const doubt = { found: 'doubt', standing, attempt, epoch };
        const found = stands === 'abort' ? { found: 'abort' } : doubt;
        return [site, { ...nodes[site]?.input, recovered: found }];
      });
      const coordinator = { ...nodes.coordinator?.input, recovered: 'pre-commit' };
      return [{ ...Object.fromEntries(recovered), coordinator }];
    },
  });
  return check(changed as AnySystem, {
    parameters: { participants: 3, votes: 'yes', elections: 4 },
    timing: 'synchronous',
    scope: { crashes: 1, restarts: 0, loss: false, duplication: false },
    stopAtViolation: false,
    maxStates: 1_000_000,
  });
}

const violated = ({ properties }: CheckResult): readonly string[] =>
  properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);

describe('when those who were separated meet again', () => {
  test('Skeen leaves a connected quorum blocked', () => {
    const answer = from(quorum, metAgain);
    expect([violated(answer), answer.complete]).toEqual([['connected quorum decides'], true]);
  });

  test('in E3PC it decides, and as before', () => {
    for (const middle of [metAgain, decided]) {
      const answer = from(enhanced, middle);
      expect([answer.verdict, answer.complete]).toEqual(['holds', true]);
    }
  });

  test('the same in a run, and Skeen decides when the third is back', () => {
    const outcomes = [quorum, enhanced].map((system) =>
      run(system, { seed: 1, scenario: 'cascade' }),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['blocked', 'recovered']);
    expect(outcomes[0]?.reason).toMatch(/^p1, p2 are in doubt/);
    const returned = run(quorum, { seed: 1, scenario: 'cascade-and-return' });
    expect([returned.verdict, returned.outcome]).toEqual(['holds', 'recovered']);
  });
});

describe('E3PC needs what it keeps on disk', () => {
  interface Context {
    readonly reports: Readonly<Record<string, { readonly standing: string }>>;
  }
  interface Asked {
    readonly epoch: number;
    readonly standing: string;
  }
  const somePreCommitted = ({ context }: { readonly context: Context }): boolean =>
    Object.values(context.reports).some(({ standing }) => standing === 'pre-committed');

  test('an elected coordinator that goes on with any pre-commit, not with the latest attempt', () => {
    const guards = { commitRuleHolds: somePreCommitted };
    expect(violated(from(enhanced, decided, { provide: { participant: { guards } } }))).toContain(
      'AC1 agreement',
    );
  });

  test('a participant that does not remember in which attempt it has moved', () => {
    const forgetful = ({ context, event }: { context: Asked; event: { from: string } }) =>
      send(event.from, {
        type: 'STATE',
        epoch: context.epoch,
        standing: context.standing,
        attempt: 0,
      });
    const reportState = emit(forgetful as never);
    const change = { provide: { participant: { actions: { reportState } } } } as Variation;
    expect(violated(from(enhanced, decided, change))).toContain('AC1 agreement');
  });
});
