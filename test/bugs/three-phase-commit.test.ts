/** Planted bugs of three-phase commit must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { threePhaseCommit } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './three-phase-commit-bugs.ts';

describeFoundByChecker(threePhaseCommit as AnySystem, bugs, 'three-phase-commit/');
