/** Planted bugs of transactions under locks, found by the fuzzer. */
import type { AnySystem } from 'counterpoint';
import { lockedCommit } from 'counterpoint/protocols';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs } from '../locked-commit-bugs.ts';

describeFoundByFuzzer('locked-commit', [
  {
    system: lockedCommit as AnySystem,
    bugs,
    options: { runs: 200 },
    longer: 3,
    real: { clients: 2, transactions: 2, order: 'opposite' },
  },
]);
