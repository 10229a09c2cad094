/** Planted bugs of changing members and of leadership transfer must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { raftMembersOverSet } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './raft-membership-bugs.ts';

describeFoundByChecker(raftMembersOverSet as AnySystem, bugs, 'raft/');
