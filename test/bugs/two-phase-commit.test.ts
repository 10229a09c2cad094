/** Planted bugs of two-phase commit must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './two-phase-commit-bugs.ts';

describeFoundByChecker(twoPhaseCommit as AnySystem, bugs, '');
