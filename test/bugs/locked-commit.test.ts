/** Planted bugs of transactions under locks must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { lockedCommit } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './locked-commit-bugs.ts';

describeFoundByChecker(lockedCommit as AnySystem, bugs, 'locks/');
