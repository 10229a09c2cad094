/** Situations of primary-backup replication: what it survives, what it stands still in for good, and what breaks it. */
import { constant } from '../../model/distribution.ts';
import type { Fault } from '../../model/faults.ts';
import type { Scenario } from '../../model/scenario.ts';

/** s1 is heard first, and so is the first primary; by 150 ms s2 is its backup. Clients go on asking for a second. */
const settledMs = 150;
const asking = {
  links: [{ from: 's1', to: 'viewserver', latency: constant(1) }],
  think: constant(100),
  parameters: { operations: 6 },
  horizonMs: 3000,
};
const crash = (node: string, atMs = settledMs): Fault => ({ fault: 'crash', node, atMs });

export const scenarios: Readonly<Record<string, Scenario>> = {
  'no-faults': { description: 'Nothing fails.', ...asking, parameters: {} },
  'primary-crash': {
    description: 'The primary dies: the backup takes over, with the idle server as its backup.',
    ...asking,
    faults: [crash('s1')],
  },
  'backup-crash': {
    description: 'The backup dies, and the idle server takes its place.',
    ...asking,
    faults: [crash('s2')],
  },
  'primary-restart': {
    description: 'The primary dies and is back before it is missed, with nothing.',
    ...asking,
    faults: [{ ...crash('s1'), forMs: 20 } as Fault],
  },
  partition: {
    description: 'The primary and a client are cut off from all others for half a second.',
    ...asking,
    faults: [{ fault: 'partition', groups: [['s1', 'c1']], atMs: settledMs, forMs: 500 }],
  },
  'one-after-the-other': {
    description: 'Each of three servers dies in its turn and comes back, with time to take part.',
    ...asking,
    parameters: { operations: 12 },
    faults: ['s1', 's2', 's3'].map((node, index) => ({
      ...crash(node, settledMs + 500 * index),
      forMs: 100,
    })) as readonly Fault[],
  },
  'both-crash': {
    description: 'Primary and backup die together: nobody is left who has the state.',
    ...asking,
    faults: [crash('s1'), crash('s2')],
  },
  'crash-before-transfer': {
    description: 'The primary dies before it has begun its view with a backup.',
    ...asking,
    faults: [
      { fault: 'crash', node: 's1', point: { moment: 'before', nth: 1, message: 'TRANSFER' } },
    ],
  },
  'backup-crash-in-transfer': {
    description: 'The backup dies before it has told that it has the state.',
    ...asking,
    faults: [
      { fault: 'crash', node: 's2', point: { moment: 'before', nth: 1, message: 'TRANSFERRED' } },
    ],
  },
  'disk-loss': {
    description:
      'A server loses its disk, and comes back as who it was before: beyond what is assumed.',
    ...asking,
    parameters: { servers: 2, operations: 10 },
    faults: [
      { ...crash('s1'), forMs: 20 },
      crash('s2', 600),
      { ...crash('s1', 1100), forMs: 20, loseDisk: true },
    ] as readonly Fault[],
  },
};
