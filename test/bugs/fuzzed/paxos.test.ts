/** Planted bugs of Paxos, found by the fuzzer. */
import type { AnySystem } from 'counterpoint';
import { paxos, paxosOverSet } from 'counterpoint/protocols';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs, bugsUnderLoss } from '../paxos-bugs.ts';

describeFoundByFuzzer('paxos', [
  {
    system: paxos as AnySystem,
    checked: paxosOverSet as AnySystem,
    bugs,
    slow: ['phase-1-without-a-quorum'],
    options: { runs: 400, parameters: { ballots: 1000 } },
    longer: 8,
    real: { proposers: 2 },
  },
  {
    system: paxos as AnySystem,
    bugs: bugsUnderLoss,
    options: { runs: 100, parameters: { ballots: 1000 } },
    longer: 4,
    real: { proposers: 3, acceptors: 5 },
  },
]);
