/** The fault matrix (test/calibration/fault-matrix.json), cell by cell, each by the scenario of that fault. */
import { expect, test } from 'vitest';
import { type AnySystem, type Run, run } from '../../../src/index.ts';
import matrix from '../../calibration/fault-matrix.json' with { type: 'json' };

export type Column = keyof (typeof matrix.rows)[number]['cells'];

/** The scenarios that show a row; where a protocol has no other, they have the same names in all. */
const scenariosOf: Readonly<Record<string, readonly string[]>> = {
  participantCrashBeforeVote: ['participant-crash-before-vote'],
  coordinatorCrashBeforeDecisionMessage: ['coordinator-crash'],
  coordinatorCrashAfterOneInformed: ['one-informed'],
  coordinatorAndOnlyInformedParticipantCrash: ['informed-crash'],
  falseSuspicion: ['false-suspicion'],
  stableStorageLoss: ['storage-loss'],
  messageLossDuplicationReorder: ['lost-messages', 'duplicated-messages'],
};

/** What a run shows, in the words of the matrix. */
function outcomeOf({ verdict, outcome, end }: Run): string {
  if (verdict === 'violated') return 'violates';
  if (outcome !== 'recovered') return outcome === 'blocked' ? 'blocks' : outcome;
  const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
  return Object.values(decided).includes('commit') ? 'ok' : 'abort';
}

/** Declares a test for each row; `own` names the scenarios of rows in which protocols differ. */
export function testMatrixColumn(
  column: Column,
  system: AnySystem,
  own: Readonly<Record<string, readonly string[]>>,
  parameters: Readonly<Record<string, number | string | boolean>> = {},
): void {
  const scenarios = { ...scenariosOf, ...own };
  for (const { id, fault, cells } of matrix.rows) {
    const { outcomes } = cells[column];
    const shownBy = scenarios[id];
    if (shownBy === undefined) {
      test(`${fault}: does not arise`, () => {
        expect(outcomes).toEqual(['notApplicable']);
      });
      continue;
    }
    test(`${fault}: ${outcomes.join(' or ')}`, () => {
      for (const scenario of shownBy)
        for (let seed = 1; seed <= 20; seed++) {
          const options = { seed, scenario, parameters: { ...parameters, votes: 'yes' } };
          const shown = outcomeOf(run(system, options));
          // A request or a vote that is lost makes the decision abort.
          const legal = scenario === 'lost-messages' ? [...outcomes, 'abort'] : outcomes;
          expect(legal, `${scenario}, seed ${seed}`).toContain(shown);
        }
    });
  }
}
