/**
 * What two-phase commit does under each fault, without and with cooperative termination: the two columns of
 * test/calibration/fault-matrix.json, cell by cell, each by the scenario of that fault.
 */
import { describe, expect, test } from 'vitest';
import { type Run, run } from '../../../src/index.ts';
import { presumedAbort, presumedCommit, twoPhaseCommit } from '../../../src/protocols/index.ts';
import matrix from '../../calibration/fault-matrix.json' with { type: 'json' };

/** The scenarios that show a row; rows that do not arise in two-phase commit have none. */
const scenariosOf: Readonly<Record<string, readonly string[]>> = {
  participantCrashBeforeVote: ['participant-crash-before-vote'],
  coordinatorCrashBeforeDecisionMessage: ['coordinator-crash'],
  coordinatorCrashAfterOneInformed: ['one-informed'],
  coordinatorAndOnlyInformedParticipantCrash: ['informed-crash'],
  partitionDuringPreCommit: ['partition-unhealed'],
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

const columns = [
  { column: 'twoPhaseCommit', system: twoPhaseCommit, cooperative: false },
  { column: 'twoPhaseCommitCooperative', system: twoPhaseCommit, cooperative: true },
  // A presumption changes what is recorded, not what a fault does.
  { column: 'twoPhaseCommit', system: presumedAbort, cooperative: false },
  { column: 'twoPhaseCommit', system: presumedCommit, cooperative: false },
  { column: 'twoPhaseCommitCooperative', system: presumedAbort, cooperative: true },
  { column: 'twoPhaseCommitCooperative', system: presumedCommit, cooperative: true },
] as const;

describe.each(columns)(
  '$system.name, cooperative: $cooperative',
  ({ column, system, cooperative }) => {
    for (const { id, fault, cells } of matrix.rows) {
      const { outcomes } = cells[column];
      const scenarios = scenariosOf[id];
      if (scenarios === undefined) {
        test(`${fault}: does not arise`, () => {
          expect(outcomes).toEqual(['notApplicable']);
        });
        continue;
      }
      test(`${fault}: ${outcomes.join(' or ')}`, () => {
        for (const scenario of scenarios)
          for (let seed = 1; seed <= 20; seed++) {
            const parameters = { votes: 'yes', cooperative } as const;
            const shown = outcomeOf(run(system, { seed, scenario, parameters }));
            // A request or a vote that is lost makes the decision abort.
            const legal = scenario === 'lost-messages' ? [...outcomes, 'abort'] : outcomes;
            expect(legal, `${scenario}, seed ${seed}`).toContain(shown);
          }
      });
    }
  },
);
