/** Planted bugs of Raft, found by the fuzzer. */
import type { AnySystem } from 'counterpoint';
import { raft, raftOverSet } from 'counterpoint/protocols';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs, commitAnyTerm } from '../raft-bugs.ts';

describeFoundByFuzzer('raft', [
  {
    system: raft as AnySystem,
    checked: raftOverSet as AnySystem,
    bugs: [...bugs, commitAnyTerm],
    options: { runs: 100, parameters: { terms: 1_000_000, standing: '' } },
    longer: 4,
    real: {},
  },
]);
