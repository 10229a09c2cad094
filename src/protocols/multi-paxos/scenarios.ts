/** The scenarios of Multi-Paxos: what it survives, under what it waits, and what breaks it. */
import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

/** Delays that make a story easy to read; clients begin when a leader is there. */
const clear = {
  latency: constant(10),
  forceLatency: constant(5),
  think: constant(400),
  horizonMs: 4000,
} as const;
/** s1 suspects first, so that it leads. */
const s1Leads = { firstLeader: true } as const;

const crash = (node: string, moment: 'before' | 'after', nth: number, message: string) =>
  ({ fault: 'crash', node, point: { moment, nth, message } }) as const;

/** A client submits one of its commands so long after it could. */
const submit = (client: string, command: string, afterMs: number) => {
  const operation = { type: 'SUBMIT', command };
  return { process: client, operation, afterMs } as const;
};

export const scenarios = {
  contention: {
    description:
      'All servers suspect at random and several stand for leader; two clients begin at once.',
    parameters: { clients: 2 },
    ...clear,
    think: constant(0),
    // Faults are added to it: where half of all messages are lost for good, answers take seconds.
    horizonMs: 10_000,
  },
  'fault-free': { description: 'One leader, and nothing fails.', parameters: s1Leads, ...clear },
  'leader-crash': {
    description: 'The leader dies with the first command chosen and stays down: another goes on.',
    parameters: s1Leads,
    ...clear,
    faults: [crash('s1', 'after', 1, 'REPLY')],
  },
  'leader-crash-partial-2a': {
    description: 'The leader dies after one 2a: the next one finds that vote and adopts it.',
    parameters: s1Leads,
    ...clear,
    faults: [{ ...crash('s1', 'after', 1, '2a'), forMs: 1500 }],
  },
  'gap-filled': {
    description:
      'Two commands are under way, the first reaches nobody, the leader dies: a no-op fills its slot.',
    parameters: { ...s1Leads, clients: 2 },
    ...clear,
    faults: [
      {
        fault: 'loss',
        probability: 1,
        links: [
          ['s1', 's2'],
          ['s1', 's3'],
        ],
        atMs: 405,
        forMs: 20,
      },
      { fault: 'crash', node: 's1', atMs: 470, forMs: 3000 },
    ],
    operations: [submit('c1', 'c1.1', 400), submit('c2', 'c2.1', 440)],
  },
  'old-leader-returns': {
    description: 'The leader is cut off for a second: another leads, and it learns what it missed.',
    parameters: s1Leads,
    ...clear,
    faults: [{ fault: 'partition', groups: [['s1']], atMs: 420, forMs: 1000 }],
  },
  'laggard-catches-up': {
    description: 'A server is down while commands are chosen, comes back and catches up by slot.',
    parameters: s1Leads,
    ...clear,
    faults: [{ fault: 'crash', node: 's3', atMs: 350, forMs: 1500 }],
  },
  'majority-crash': {
    description: 'Two servers of three die and stay down: the client waits.',
    parameters: s1Leads,
    ...clear,
    faults: [
      { fault: 'crash', node: 's2', atMs: 300 },
      { fault: 'crash', node: 's3', atMs: 300 },
    ],
  },
  'total-crash': {
    description: 'All servers die with a command half replicated and come back.',
    parameters: s1Leads,
    ...clear,
    faults: [
      { fault: 'crash', node: 's1', atMs: 425, forMs: 500 },
      { fault: 'crash', node: 's2', atMs: 425, forMs: 700 },
      { fault: 'crash', node: 's3', atMs: 425, forMs: 900 },
    ],
  },
  'lost-messages': {
    description: 'Three in ten messages are lost during the first two seconds.',
    ...clear,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 2000 }],
  },
  'duplicated-messages': {
    description: 'Half of all messages arrive again during the first two seconds.',
    ...clear,
    faults: [{ fault: 'duplication', probability: 0.5, atMs: 0, forMs: 2000 }],
  },
  'storage-loss': {
    description:
      's1 and s2 choose a command; s2 loses its disk; s2 and s3 know nothing and choose another.',
    parameters: { ...s1Leads, clients: 2, commands: 1 },
    ...clear,
    operations: [submit('c1', 'c1.1', 400), submit('c2', 'c2.1', 800)],
    faults: [
      { fault: 'partition', groups: [['s3']], atMs: 390, forMs: 160 },
      { fault: 'crash', node: 's2', atMs: 500, forMs: 20, loseDisk: true },
      { fault: 'crash', node: 's1', atMs: 500 },
    ],
  },
} as const satisfies Record<string, Scenario>;
