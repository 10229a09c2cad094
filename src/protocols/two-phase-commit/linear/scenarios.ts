/**
 * The scenarios of linear two-phase commit, three participants unless the caller says otherwise. The matrix of
 * faults speaks of the coordinator as of the one that decides, which here is the last site, p3.
 */
import type { Scenario } from '../../../model/scenario.ts';
import {
  clear,
  crash,
  duplicatedMessages,
  faultFree,
  lostMessages,
} from '../../atomic-commitment/scenarios.ts';

const allYes = { votes: 'yes', participants: 3 } as const;

export const scenarios = {
  'fault-free': faultFree,
  'no-vote': {
    description: 'The last participant votes no, so that all votes have come to it in vain.',
    parameters: { votes: 'one-no' },
    ...clear,
  },
  'coordinator-crash': {
    description: 'p3, which decides, dies before its COMMIT and stays down: all others block.',
    parameters: allYes,
    ...clear,
    faults: [crash('p3', 'before', 1, 'COMMIT')],
  },
  'coordinator-crash-and-return': {
    description: 'p3, which decides, dies before its COMMIT and comes back 500 ms later.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p3', 'before', 1, 'COMMIT'), forMs: 500 }],
  },
  'coordinator-crash-undecided': {
    description: 'p3, which decides, dies before its commit record is written and comes back.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p3', 'before', 1, 'commit'), forMs: 500 }],
  },
  'initiator-crash': {
    description: 'The coordinator dies in doubt: nobody needs it, and when it is back it asks.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('coordinator', 'after', 1, 'VOTE'), forMs: 500 }],
  },
  'one-informed': {
    description: 'p3, which decides, dies after its COMMIT: p2 passes it on, and all commit.',
    parameters: allYes,
    ...clear,
    faults: [crash('p3', 'after', 1, 'COMMIT')],
  },
  'informed-crash': {
    description: 'p3 dies after its COMMIT, and so does p2 before it passes it on: two block.',
    parameters: allYes,
    ...clear,
    faults: [crash('p3', 'after', 1, 'COMMIT'), crash('p2', 'after', 1, 'commit')],
  },
  'participant-crash-before-vote': {
    description:
      'p1 dies when the vote arrives: p2 and p3 abort, and the coordinator waits for p1.',
    parameters: allYes,
    ...clear,
    faults: [crash('p1', 'before', 1, 'VOTE')],
  },
  'participant-crash-prepared': {
    description: 'p1 dies in doubt and comes back 300 ms later: it asks p2, and commits.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p1', 'after', 2, 'VOTE'), forMs: 300 }],
  },
  'lost-messages': lostMessages,
  'duplicated-messages': duplicatedMessages,
  partition: {
    description: 'p3 is cut off while the decision is on its way back, for 700 ms.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'partition', groups: [['p3']], atMs: 52, forMs: 700 }],
  },
  'partition-unhealed': {
    description: 'p3 is cut off while the decision is on its way, for ever: all others block.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'partition', groups: [['p3']], atMs: 52 }],
  },
  'false-suspicion': {
    description: 'p3 stands still with all votes in, for 600 ms: nobody may give it up.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'pause', node: 'p3', atMs: 46, forMs: 600 }],
  },
  'storage-loss': {
    description: 'p1 dies in doubt and comes back with an empty disk: it aborts.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p1', 'after', 2, 'VOTE'), forMs: 300, loseDisk: true }],
  },
} as const satisfies Record<string, Scenario>;
