/** Planted bugs of the family of two-phase commit, found by the fuzzer. */
import type { AnySystem } from 'counterpoint';
import { linearCommit, treeCommit, twoPhaseCommit } from 'counterpoint/protocols';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs as bugsOfLinearCommit } from '../linear-commit-bugs.ts';
import { bugs as bugsOfReaders } from '../read-only-bugs.ts';
import { bugs as bugsOfTreeCommit } from '../tree-commit-bugs.ts';
import { bugs as bugsOfTwoPhaseCommit } from '../two-phase-commit-bugs.ts';

describeFoundByFuzzer('two-phase-commit', [
  {
    system: twoPhaseCommit as AnySystem,
    bugs: bugsOfTwoPhaseCommit,
    options: { runs: 400 },
    longer: 2,
  },
  {
    system: twoPhaseCommit as AnySystem,
    bugs: bugsOfReaders,
    options: { runs: 200 },
    longer: 3,
    parameters: { readers: 1, cooperative: true },
  },
  {
    system: linearCommit as AnySystem,
    bugs: bugsOfLinearCommit,
    options: { runs: 100 },
    longer: 3,
  },
  {
    system: treeCommit as AnySystem,
    bugs: bugsOfTreeCommit,
    options: { runs: 100 },
    longer: 3,
  },
]);
