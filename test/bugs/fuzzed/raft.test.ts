/** Planted bugs of Raft, found by the fuzzer. */
import type { AnySystem } from 'counterpoint';
import { raft, raftOverSet } from 'counterpoint/protocols';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs } from '../raft-bugs.ts';

/** Left to the checker. */
const byCheckerOnly = [
  // Two leaders of one term take a crash, a copy or a late message right between two votes: a rare order.
  ...['term-volatile', 'vote-volatile', 'vote-before-force', 'count-stale-votes'],
  ...['duplicate-votes-counted', 'votes-twice', 'longer-log-wins', 'leader-counts-before-saved'],
  // Refusals and repetitions chase each other, thousands a second, and shrinking takes a minute.
  'never-backs-up',
  // The next command commits what waits; only without clients does nothing go on.
  'no-no-op',
];

describeFoundByFuzzer('raft', [
  {
    system: raft as AnySystem,
    checked: raftOverSet as AnySystem,
    bugs: bugs.filter(({ name }) => !byCheckerOnly.includes(name)),
    options: { runs: 50, parameters: { terms: 1_000_000, standing: '' } },
    longer: 7,
    real: {},
  },
]);
