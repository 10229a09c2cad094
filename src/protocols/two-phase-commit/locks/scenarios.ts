/** The scenarios of transactions under locks, in pairs: what a fault costs is what changes for strangers. */
import { constant } from '../../../model/distribution.ts';
import type { Scenario } from '../../../model/scenario.ts';

/** Delays that make a story easy to read: 10 ms a message, 5 ms a forced write. */
const clear = { latency: constant(10), forceLatency: constant(5), horizonMs: 10_000 } as const;
const busy = { clients: 3, participants: 2, transactions: 5, rows: 1 } as const;

const crash = (node: string, moment: 'before' | 'after', nth: number, message: string) =>
  ({ fault: 'crash', node, point: { moment, nth, message } }) as const;

export const scenarios = {
  'fault-free': {
    description: 'Three clients move money over the same two rows, and nothing fails.',
    parameters: busy,
    ...clear,
  },
  'coordinator-crash': {
    description: 'c1 dies before its first COMMIT and stays down: no stranger commits any more.',
    parameters: busy,
    ...clear,
    faults: [crash('c1', 'before', 1, 'COMMIT')],
  },
  'coordinator-crash-and-return': {
    description: 'The same, and c1 comes back 500 ms later: strangers lose what fell in between.',
    parameters: busy,
    ...clear,
    faults: [{ ...crash('c1', 'before', 1, 'COMMIT'), forMs: 500 }],
  },
  apart: {
    description: 'Each client has rows of its own, and nothing fails.',
    parameters: { ...busy, rows: 3, transactions: 3 },
    ...clear,
  },
  'coordinator-crash-apart': {
    description: 'c1 dies before its first COMMIT: who meets its row later is stopped.',
    parameters: { ...busy, rows: 3, transactions: 3 },
    ...clear,
    faults: [crash('c1', 'before', 1, 'COMMIT')],
  },
  deadlock: {
    description: 'Two clients lock two rows in opposite order: a lock time-out aborts one.',
    parameters: { ...busy, clients: 2, transactions: 1, order: 'opposite' },
    ...clear,
  },
  audit: {
    description: 'A client reads both rows again and again while the others move money.',
    parameters: { ...busy, audit: true },
    ...clear,
  },
  'participant-crash-active': {
    description: 'p2 dies with a step done that nobody has voted on, and comes back: no to that.',
    parameters: { ...busy, clients: 1, transactions: 2 },
    ...clear,
    faults: [{ ...crash('p2', 'after', 1, 'DONE'), forMs: 5 }],
  },
  'participant-crash-prepared': {
    description: 'p2 dies in doubt and comes back 300 ms later, with its locks: it asks.',
    parameters: { ...busy, clients: 2, transactions: 2 },
    ...clear,
    faults: [{ ...crash('p2', 'after', 1, 'VOTE'), forMs: 300 }],
  },
  'lost-messages': {
    description: 'Three in ten messages are lost during the first second.',
    parameters: busy,
    ...clear,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 1000 }],
  },
  partition: {
    description: 'c1 is cut off while its decision is on its way, for 700 ms.',
    parameters: busy,
    ...clear,
    faults: [{ fault: 'partition', groups: [['c1']], atMs: 66, forMs: 700 }],
  },
  'storage-loss': {
    description:
      'p2 dies in doubt and comes back with an empty disk: its half of a transfer is gone.',
    parameters: { ...busy, clients: 1, transactions: 1 },
    ...clear,
    faults: [{ ...crash('p2', 'after', 1, 'VOTE'), forMs: 300, loseDisk: true }],
  },
} as const satisfies Record<string, Scenario>;
