/** Planted bugs of `npm test` that the fuzzer finds and shrinks in seconds, with the others: the tables are whole. */
import '../bugs/fuzzed/multi-paxos.test.ts';
import '../bugs/fuzzed/paxos.test.ts';
import '../bugs/fuzzed/raft.test.ts';
import '../bugs/fuzzed/three-phase-commit.test.ts';
