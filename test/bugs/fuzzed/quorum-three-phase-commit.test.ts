/** Planted bugs of quorum three-phase commit and E3PC, found by the fuzzer, whose runs do not bound the elections. */
import type { AnySystem } from 'counterpoint';
import { enhancedThreePhaseCommit, quorumThreePhaseCommit } from 'counterpoint/protocols';
import { bugs as bugsOfEnhanced } from '../enhanced-three-phase-commit-bugs.ts';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs as bugsOfQuorum } from '../quorum-three-phase-commit-bugs.ts';

describeFoundByFuzzer('quorum-three-phase-commit', [
  {
    system: quorumThreePhaseCommit as AnySystem,
    // Found by the checker alone: a PRE_COMMIT must outlive a whole election, whose site must stay undecided; and
    // nobody runs out of elections where they are not bounded.
    bugs: bugsOfQuorum.filter(
      ({ name }) => !['promise-taken-back', 'asks-its-leader-alone'].includes(name),
    ),
    options: { runs: 1000 },
    unbounded: { elections: 10_000 },
    longer: 4,
  },
  {
    system: enhancedThreePhaseCommit as AnySystem,
    bugs: bugsOfEnhanced,
    options: { runs: 400 },
    unbounded: { elections: 10_000 },
    longer: 4,
  },
]);
