/** Planted bugs of three-phase commit, found by the fuzzer. */
import type { AnySystem } from 'counterpoint';
import { threePhaseCommit } from 'counterpoint/protocols';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs } from '../three-phase-commit-bugs.ts';

describeFoundByFuzzer('three-phase-commit', [
  {
    system: threePhaseCommit as AnySystem,
    bugs,
    slow: ['elected-does-not-listen'],
    // It promises nothing under partitions. Who waits in it asks again and again, and a run cannot do without the
    // time of its time-outs: shrunk runs stay long.
    options: { runs: 2000, kinds: ['crash', 'duplication'] },
    longer: 4,
  },
]);
