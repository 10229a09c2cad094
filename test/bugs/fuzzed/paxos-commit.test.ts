/** Planted bugs of Paxos Commit, found by the fuzzer. */
import type { AnySystem } from 'counterpoint';
import { paxosCommit } from 'counterpoint/protocols';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs, overMessageSet } from '../paxos-commit-bugs.ts';

describeFoundByFuzzer('paxos-commit', [
  {
    system: paxosCommit as AnySystem,
    checked: overMessageSet,
    bugs,
    options: { runs: 400 },
    longer: 3,
  },
]);
