/** Planted bugs of Raft's log compaction must be found by the checker. */
import type { AnySystem } from '../../src/index.ts';
import { raftOverSet } from '../../src/protocols/index.ts';
import { describeFoundByChecker } from './found-by-checker.ts';
import { bugs } from './raft-snapshot-bugs.ts';

describeFoundByChecker(raftOverSet as AnySystem, bugs, 'raft/');
