/** The scenarios of the replicated store: what its clients see of crashes, losses and leader changes. */
import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

const clear = {
  parameters: { firstLeader: true },
  latency: constant(10),
  forceLatency: constant(5),
  horizonMs: 5000,
} as const;
/** Of the operations that the clients declare. */
const append = { type: 'APPEND', key: 'k1', value: 'c1.1 ' } as const;
const put = { type: 'PUT', key: 'k1', value: 'c1.2 ' } as const;
const get = { type: 'GET', key: 'k1' } as const;

export const storeScenarios = {
  'fault-free': {
    description: 'Nothing fails: two clients write, add to and read one key.',
    ...clear,
    think: constant(300),
  },
  'lost-answer': {
    description:
      'An append is executed and its answer lost: the client sends it again, then reads.',
    ...clear,
    parameters: { firstLeader: true, clients: 1 },
    operations: [
      { process: 'c1', operation: put, afterMs: 300 },
      { process: 'c1', operation: append, afterMs: 200 },
      { process: 'c1', operation: get, afterMs: 100 },
    ],
    faults: [{ fault: 'partition', groups: [['c1']], direction: 'in', atMs: 570, forMs: 150 }],
  },
  'read-after-leader-change': {
    description:
      'A write is answered and its leader cut off; a read is asked of those who voted and do not know that it is chosen.',
    ...clear,
    operations: [
      { process: 'c1', operation: append, afterMs: 300 },
      { process: 'c2', operation: get, afterMs: 240 },
      { process: 'c2', operation: get, afterMs: 120 },
    ],
    faults: [
      // s2 and s3 vote, and the next heartbeat, which would tell them that it is chosen, is cut off.
      { fault: 'partition', groups: [['s1', 'c1']], atMs: 385, forMs: 1500 },
    ],
  },
  'lost-messages': {
    description: 'Three in ten messages are lost during the first second.',
    ...clear,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 1000 }],
  },
  crashes: {
    description: 'Each server is down once, one after the other.',
    ...clear,
    parameters: { firstLeader: true, operations: 8 },
    think: constant(100),
    faults: [
      { fault: 'crash', node: 's1', atMs: 500, forMs: 400 },
      { fault: 'crash', node: 's2', atMs: 1000, forMs: 400 },
      { fault: 'crash', node: 's3', atMs: 1500, forMs: 400 },
    ],
  },
} as const satisfies Record<string, Scenario>;
