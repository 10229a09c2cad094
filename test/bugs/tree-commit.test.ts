/** Planted bugs of tree two-phase commit must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { treeCommit } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './tree-commit-bugs.ts';

describeFoundByChecker(treeCommit as AnySystem, bugs, 'tree/');
