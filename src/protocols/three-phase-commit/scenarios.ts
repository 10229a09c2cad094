/** The scenarios of three-phase commit: what it survives without blocking, and what breaks it. */
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

export const scenarios = {
  'fault-free': faultFree,
  'no-vote': threePhases.noVote,
  'participant-crash-before-vote': threePhases.participantCrashBeforeVote,
  'participant-crash-prepared': {
    description: 'A participant dies in doubt; the others commit without it, and it asks them.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p1', 'after', 1, 'VOTE'), forMs: 800 }],
  },
  'coordinator-crash': threePhases.coordinatorCrash,
  'coordinator-crash-and-return': {
    description: 'The same, and it comes back when all is decided: it asks, and aborts too.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('coordinator', 'before', 1, 'PRE_COMMIT'), forMs: 1000 }],
  },
  'one-pre-committed': {
    description:
      'The coordinator dies after one PRE_COMMIT: the elected one makes all committable.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'after', 1, 'PRE_COMMIT')],
  },
  'coordinator-crash-committed': {
    description:
      'The coordinator dies with commit on its disk, before it tells anybody: p1 commits.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'before', 1, 'COMMIT')],
  },
  'one-informed': threePhases.oneInformed,
  'informed-crash': threePhases.informedCrash,
  'elected-crash': threePhases.electedCrash,
  'total-failure': {
    description: 'All die, p3 last and committable; p1 and p2 wait until it is back, 500 ms later.',
    parameters: allYes,
    ...clear,
    faults: [
      { ...crash('coordinator', 'after', 3, 'PRE_COMMIT'), forMs: 3000 },
      { fault: 'crash', node: 'p1', atMs: 200, forMs: 1000 },
      { fault: 'crash', node: 'p2', atMs: 200, forMs: 1000 },
      // It has given up the coordinator, p1 and p2, and is about to commit alone.
      { ...crash('p3', 'before', 1, 'commit'), forMs: 1000 },
    ],
  },
  'total-failure-last-stays-down': {
    description:
      'The same, and p3 stays down: whoever is back must wait, since p3 may have decided.',
    parameters: allYes,
    ...clear,
    faults: [
      { ...crash('coordinator', 'after', 3, 'PRE_COMMIT'), forMs: 3000 },
      { fault: 'crash', node: 'p1', atMs: 200, forMs: 1000 },
      { fault: 'crash', node: 'p2', atMs: 200, forMs: 1000 },
      crash('p3', 'before', 1, 'commit'),
    ],
  },
  'lost-messages': lostMessages,
  'duplicated-messages': duplicatedMessages,
  partition: {
    description:
      'The network splits while PRE_COMMIT is on its way: one side commits, the other aborts.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'partition', groups: [['coordinator', 'p1']], atMs: 30, forMs: 2000 }],
  },
  'partition-minimal': {
    description:
      'Two participants: one PRE_COMMIT is lost, the coordinator dies, the two lose one another.',
    parameters: { ...allYes, participants: 2 },
    ...clear,
    faults: [
      crash('coordinator', 'after', 2, 'PRE_COMMIT'),
      { fault: 'partition', groups: [['coordinator', 'p1'], ['p2']], atMs: 30 },
    ],
  },
  'false-suspicion': {
    description:
      'The coordinator takes 150 ms over each vote: all give it up and abort, and it commits.',
    parameters: allYes,
    ...clear,
    faults: [{ fault: 'slow', node: 'coordinator', handlingMs: 150, atMs: 20, forMs: 600 }],
  },
  cascade: {
    description:
      'The coordinator dies, then the elected one is cut off with the only PRE_COMMIT, then returns.',
    parameters: allYes,
    ...clear,
    faults: [
      crash('coordinator', 'after', 1, 'PRE_COMMIT'),
      { fault: 'partition', groups: [['p1']], atMs: 40, forMs: 2000 },
    ],
  },
  'storage-loss': threePhases.storageLoss,
} as const satisfies Record<string, Scenario>;
