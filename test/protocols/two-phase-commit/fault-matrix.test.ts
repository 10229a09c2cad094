/** What two-phase commit does under each fault, without and with cooperative termination: two columns. */
import { describe } from 'vitest';
import type { AnySystem } from '../../../src/index.ts';
import { presumedAbort, presumedCommit, twoPhaseCommit } from '../../../src/protocols/index.ts';
import { testMatrixColumn } from '../atomic-commitment/matrix.ts';

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
    const own = { partitionDuringPreCommit: ['partition-unhealed'] };
    testMatrixColumn(column, system as AnySystem, own, { cooperative });
  },
);
