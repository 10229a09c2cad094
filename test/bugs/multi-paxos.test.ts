/** Planted bugs of Multi-Paxos must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { multiPaxosOverSet } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './multi-paxos-bugs.ts';

describeFoundByChecker(multiPaxosOverSet as AnySystem, bugs, 'multi-paxos/');
