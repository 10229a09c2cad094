/** Planted bugs of Paxos Commit must be found by the checker. */
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs, overMessageSet } from './paxos-commit-bugs.ts';

describeFoundByChecker(overMessageSet, bugs, 'paxos-commit/');
