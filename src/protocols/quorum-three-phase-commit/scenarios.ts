/** The scenarios of quorum three-phase commit and of E3PC: what they survive, what blocks them, what breaks them. */
import type { Scenario } from '../../model/scenario.ts';
import {
  allYes,
  clear,
  crash,
  duplicatedMessages,
  faultFree,
  lostMessages,
  threePhases,
} from '../atomic-commitment/scenarios.ts';

/** p1 alone is pre-committed and cut off; p2 is elected, pre-aborts itself, and loses p3. */
const cascade = [
  crash('coordinator', 'after', 1, 'PRE_COMMIT'),
  { fault: 'partition', groups: [['p1']], atMs: 42, forMs: 2000 },
] as const;

/** Each forced write of a participant takes half a second, longer than others wait before they give it up. */
const slowDisks = ['p1', 'p2', 'p3'].map((node) => ({
  fault: 'slow-disk' as const,
  node,
  factor: 100,
  atMs: 20,
}));

export const scenarios = {
  'fault-free': faultFree,
  'no-vote': threePhases.noVote,
  'participant-crash-before-vote': threePhases.participantCrashBeforeVote,
  'participant-crash-prepared': {
    description: 'A participant dies in doubt; a quorum commits without it, and it is told later.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p1', 'after', 1, 'VOTE'), forMs: 800 }],
  },
  'coordinator-crash': threePhases.coordinatorCrash,
  'coordinator-crash-and-return': {
    description: 'The same, and it comes back when all is decided: it goes on, and is told abort.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('coordinator', 'before', 1, 'PRE_COMMIT'), forMs: 1000 }],
  },
  'coordinator-crash-pre-committed': {
    description:
      'The coordinator dies with every PRE_COMMIT sent and no COMMIT: p1 is elected, and commits.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'before', 1, 'COMMIT')],
  },
  'one-pre-committed': {
    description:
      'The coordinator dies after one PRE_COMMIT: the elected one moves the others, and commits.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'after', 1, 'PRE_COMMIT')],
  },
  'one-informed': threePhases.oneInformed,
  'informed-crash': threePhases.informedCrash,
  'elected-crash': threePhases.electedCrash,
  'too-few-left': {
    description: 'The coordinator dies with all votes in, then p1 and p2: p3 alone has to wait.',
    parameters: allYes,
    ...clear,
    faults: [
      crash('coordinator', 'before', 1, 'PRE_COMMIT'),
      { fault: 'crash', node: 'p1', atMs: 200 },
      { fault: 'crash', node: 'p2', atMs: 200 },
    ],
  },
  'lost-messages': lostMessages,
  'duplicated-messages': duplicatedMessages,
  partition: {
    description:
      'The network splits with PRE_COMMIT on its way: one side decides, the other is told 2 s later.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'partition', groups: [['coordinator', 'p1']], atMs: 32, forMs: 2000 }],
  },
  'partition-unhealed': {
    description: 'The same for ever: the side of p1, pre-committed, is too light and waits.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'partition', groups: [['coordinator', 'p1']], atMs: 32 }],
  },
  'partition-minimal': {
    description:
      'Two participants: one PRE_COMMIT is lost, the coordinator dies, the two lose one another.',
    parameters: { ...allYes, participants: 2 },
    ...clear,
    faults: [
      crash('coordinator', 'after', 2, 'PRE_COMMIT'),
      { fault: 'partition', groups: [['coordinator', 'p1'], ['p2']], atMs: 32 },
    ],
  },
  'partition-in-halves': {
    description: 'Four participants split two and two with PRE_COMMIT on its way.',
    parameters: { ...allYes, participants: 4 },
    ...clear,
    faults: [{ fault: 'partition', groups: [['coordinator', 'p1', 'p2']], atMs: 32 }],
  },
  'false-suspicion': {
    description: 'The coordinator takes 150 ms over each vote: it is given up, and told abort.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'slow', node: 'coordinator', handlingMs: 150, atMs: 20, forMs: 600 }],
  },
  cascade: {
    description:
      'p1 is cut off pre-committed; p2 is elected, pre-aborts, and loses p3; then p1 and p2 meet.',
    parameters: allYes,
    ...clear,
    faults: [...cascade, crash('p3', 'before', 1, 'PRE_ABORT')],
  },
  'cascade-and-return': {
    description: 'The same, and p3 comes back a second after p1 and p2 have met.',
    parameters: allYes,
    ...clear,
    faults: [...cascade, { ...crash('p3', 'before', 1, 'PRE_ABORT'), forMs: 2500 }],
  },
  duel: {
    description:
      'Slow disks and fixed time-outs: whoever is elected is given up before it can decide.',
    parameters: { ...allYes, timeouts: 'fixed' },
    ...clear,
    horizonMs: 30_000,
    faults: [crash('coordinator', 'before', 1, 'PRE_COMMIT'), ...slowDisks],
  },
  'duel-growing': {
    description:
      'The same, but time-outs grow: the third time that p1 is elected, it has time enough.',
    parameters: allYes,
    ...clear,
    horizonMs: 30_000,
    faults: [crash('coordinator', 'before', 1, 'PRE_COMMIT'), ...slowDisks],
  },
  'storage-loss': threePhases.storageLoss,
} as const satisfies Record<string, Scenario>;
