/** Planted bugs of E3PC must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { enhancedThreePhaseCommit } from '../../src/protocols/index.ts';
import { bugs } from './enhanced-three-phase-commit-bugs.ts';
import { describeFoundByChecker } from './found-by-checker.ts';

describeFoundByChecker(enhancedThreePhaseCommit as AnySystem, bugs, 'enhanced-three-phase-commit/');
