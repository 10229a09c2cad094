/**
 * The scenarios of tree two-phase commit, with three participants and a fan-out of two unless the caller says
 * otherwise: the coordinator is the parent of p1 and p2, and p1 is the parent of p3.
 */
import type { Scenario } from '../../../model/scenario.ts';
import {
  allYes,
  clear,
  crash,
  duplicatedMessages,
  faultFree,
  lostMessages,
} from '../../atomic-commitment/scenarios.ts';

const small = { ...allYes, participants: 3, fanOut: 2 } as const;

export const scenarios = {
  'fault-free': faultFree,
  'no-vote': {
    description: 'The last participant, a leaf, votes no.',
    parameters: { votes: 'one-no' },
    ...clear,
  },
  'coordinator-crash': {
    description: 'The coordinator dies before its first COMMIT and stays down: everyone blocks.',
    parameters: small,
    ...clear,
    faults: [crash('coordinator', 'before', 1, 'COMMIT')],
  },
  'coordinator-crash-and-return': {
    description: 'The coordinator dies before its first COMMIT and comes back 500 ms later.',
    parameters: small,
    ...clear,
    faults: [{ ...crash('coordinator', 'before', 1, 'COMMIT'), forMs: 500 }],
  },
  'coordinator-crash-undecided': {
    description: 'The coordinator dies before its commit record is written and comes back.',
    parameters: small,
    ...clear,
    faults: [{ ...crash('coordinator', 'before', 1, 'commit'), forMs: 500 }],
  },
  'one-informed': {
    description: 'The coordinator dies after one COMMIT: p1 knows, and tells p3 below it.',
    parameters: small,
    ...clear,
    faults: [crash('coordinator', 'after', 1, 'COMMIT')],
  },
  'informed-crash': {
    description: 'The coordinator dies after one COMMIT, and so does p1 that got it.',
    parameters: small,
    ...clear,
    faults: [crash('coordinator', 'after', 1, 'COMMIT'), crash('p1', 'after', 1, 'commit')],
  },
  'inner-crash': {
    description: 'p1 dies in doubt and stays down: p3 below it waits, and p2 beside it does not.',
    parameters: small,
    ...clear,
    faults: [crash('p1', 'after', 2, 'VOTE')],
  },
  'participant-crash-before-vote': {
    description: 'p1 dies when PREPARE arrives and stays down: the others abort.',
    parameters: small,
    ...clear,
    faults: [crash('p1', 'before', 1, 'PREPARE')],
  },
  'participant-crash-prepared': {
    description: 'p1 dies in doubt and comes back 300 ms later: it asks, commits and tells p3.',
    parameters: small,
    ...clear,
    faults: [{ ...crash('p1', 'after', 2, 'VOTE'), forMs: 300 }],
  },
  'lost-messages': lostMessages,
  'duplicated-messages': duplicatedMessages,
  partition: {
    description: 'The coordinator is cut off while the decision is on its way, for 700 ms.',
    parameters: small,
    ...clear,
    faults: [{ fault: 'partition', groups: [['coordinator']], atMs: 57, forMs: 700 }],
  },
  'partition-unhealed': {
    description:
      'The coordinator is cut off while the decision is on its way, for ever: everyone blocks.',
    parameters: small,
    ...clear,
    faults: [{ fault: 'partition', groups: [['coordinator']], atMs: 57 }],
  },
  'false-suspicion': {
    description:
      'The coordinator stands still with all votes in, for 600 ms: nobody may give it up.',
    parameters: small,
    ...clear,
    faults: [{ fault: 'pause', node: 'coordinator', atMs: 51, forMs: 600 }],
  },
  'storage-loss': {
    description: 'p2 dies in doubt and comes back with an empty disk: it aborts.',
    parameters: small,
    ...clear,
    faults: [{ ...crash('p2', 'after', 1, 'VOTE'), forMs: 300, loseDisk: true }],
  },
} as const satisfies Record<string, Scenario>;
