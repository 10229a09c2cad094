/** Planted bugs of quorum three-phase commit must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { quorumThreePhaseCommit } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './quorum-three-phase-commit-bugs.ts';

describeFoundByChecker(quorumThreePhaseCommit as AnySystem, bugs, 'quorum-three-phase-commit/');
