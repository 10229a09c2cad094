/** Planted bugs of linear two-phase commit must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { linearCommit } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './linear-commit-bugs.ts';

describeFoundByChecker(linearCommit as AnySystem, bugs, 'linear/');
