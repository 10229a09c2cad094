/** Planted bugs of Paxos Commit must be found by the checker. */
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs, overMessageSet, rareBugs } from './paxos-commit-bugs.ts';

describeFoundByChecker(overMessageSet, [...bugs, ...rareBugs], 'paxos-commit/');
