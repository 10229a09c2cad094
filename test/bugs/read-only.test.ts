/** Planted bugs of read-only votes must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './read-only-bugs.ts';

describeFoundByChecker(twoPhaseCommit as AnySystem, bugs, 'read-only/');
