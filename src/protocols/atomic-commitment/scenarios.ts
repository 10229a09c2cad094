/** What the scenarios of commit protocols have in common: a calm weather, moments of a crash, and some as a whole. */
import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

/** Delays that make a story easy to read: 10 ms a message, 5 ms a forced write. */
export const clear = {
  latency: constant(10),
  forceLatency: constant(5),
  horizonMs: 5000,
} as const;

export const allYes = { votes: 'yes' } as const;

/** A crash right before or after a node's nth message or record of that name. */
export const crash = (node: string, moment: 'before' | 'after', nth: number, message: string) =>
  ({ fault: 'crash', node, point: { moment, nth, message } }) as const;

export const faultFree = {
  description: 'Nothing fails and every participant votes yes.',
  parameters: allYes,
  ...clear,
} as const satisfies Scenario;

export const lostMessages = {
  description: 'Three in ten messages are lost during the first second.',
  ...clear,
  faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 1000 }],
} as const satisfies Scenario;

export const duplicatedMessages = {
  description: 'Half of all messages arrive again during the first second.',
  ...clear,
  faults: [{ fault: 'duplication', probability: 0.5, atMs: 0, forMs: 1000 }],
} as const satisfies Scenario;

/** Of those that have a coordinator which asks for votes, three-phase commit and its variants. */
export const threePhases = {
  noVote: {
    description: 'The last participant votes no.',
    parameters: { votes: 'one-no' },
    ...clear,
  },
  participantCrashBeforeVote: {
    description: 'A participant dies when PREPARE arrives and stays down: the others abort.',
    parameters: allYes,
    ...clear,
    faults: [crash('p1', 'before', 1, 'PREPARE')],
  },
  coordinatorCrash: {
    description: 'The coordinator dies before its first PRE_COMMIT: p1 is elected, and aborts.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'before', 1, 'PRE_COMMIT')],
  },
  oneInformed: {
    description: 'The coordinator dies after one COMMIT: that participant knows, and is asked.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'after', 1, 'COMMIT')],
  },
  informedCrash: {
    description: 'The coordinator dies after one COMMIT, and so does the participant that got it.',
    parameters: allYes,
    ...clear,
    faults: [crash('coordinator', 'after', 1, 'COMMIT'), crash('p1', 'after', 1, 'commit')],
  },
  electedCrash: {
    description: 'The coordinator dies, then the elected one while it collects: p2 is the third.',
    parameters: allYes,
    ...clear,
    faults: [
      crash('coordinator', 'after', 1, 'PRE_COMMIT'),
      crash('p1', 'after', 1, 'STATE_REQUEST'),
    ],
  },
  storageLoss: {
    description: 'A participant dies in doubt and comes back with an empty disk: it aborts.',
    parameters: allYes,
    ...clear,
    faults: [{ ...crash('p1', 'after', 1, 'VOTE'), forMs: 300, loseDisk: true }],
  },
} as const satisfies Record<string, Scenario>;
