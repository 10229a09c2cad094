/** The scenarios of three-phase commit: what it survives without blocking, and what breaks it. */
import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

/** Delays that make a story easy to read: 10 ms a message, 5 ms a forced write. */
const clear = { latency: constant(10), forceLatency: constant(5), horizonMs: 5000 } as const;
const allYes = { votes: 'yes' } as const;

const crash = (node: string, moment: 'before' | 'after', nth: number, message: string) =>
  ({ fault: 'crash', node, point: { moment, nth, message } }) as const;

export const scenarios = {
  'fault-free': {
    description: 'Nothing fails and every participant votes yes.',
    parameters: allYes,
    ...clear,
  },
  'no-vote': {
    description: 'The last participant votes no.',
    parameters: { votes: 'one-no' },
    ...clear,
  },
  'participant-crash-before-vote': {
    description: 'A participant dies when PREPARE arrives and stays down: the others abort.',
    parameters: allYes,
    ...clear,
    faults: [crash('p1', 'before', 1, 'PREPARE')],
  },
  'participant-crash-prepared': {
    description: 'A participant dies in doubt; the others commit without it, and it asks them.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p1', 'after', 1, 'VOTE'), forMs: 800 }],
  },
  'coordinator-crash': {
    description: 'The coordinator dies before its first PRE_COMMIT: p1 is elected, and aborts.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'before', 1, 'PRE_COMMIT')],
  },
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
  'one-informed': {
    description: 'The coordinator dies after one COMMIT: that participant knows, and is asked.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'after', 1, 'COMMIT')],
  },
  'informed-crash': {
    description: 'The coordinator dies after one COMMIT, and so does the participant that got it.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'after', 1, 'COMMIT'), crash('p1', 'after', 1, 'commit')],
  },
  'elected-crash': {
    description: 'The coordinator dies, then the elected one while it collects: p2 is the third.',
    parameters: allYes,
    ...clear,
    faults: [
      crash('coordinator', 'after', 1, 'PRE_COMMIT'),
      crash('p1', 'after', 1, 'STATE_REQUEST'),
    ],
  },
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
  'lost-messages': {
    description: 'Three in ten messages are lost during the first second.',
    ...clear,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 1000 }],
  },
  'duplicated-messages': {
    description: 'Half of all messages arrive again during the first second.',
    ...clear,
    faults: [{ fault: 'duplication', probability: 0.5, atMs: 0, forMs: 1000 }],
  },
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
  'storage-loss': {
    description: 'A participant dies in doubt and comes back with an empty disk: it aborts.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p1', 'after', 1, 'VOTE'), forMs: 300, loseDisk: true }],
  },
} as const satisfies Record<string, Scenario>;
