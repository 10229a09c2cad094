/** The scenarios of the replicated store: what its clients see of crashes, losses and leader changes. */
import { constant } from '../../model/distribution.ts';
import type { Scenario } from '../../model/scenario.ts';

const clear = { latency: constant(10), forceLatency: constant(5), horizonMs: 5000 } as const;
const inTurn = { standing: 's1 s2 s3 s1 s2 s3' } as const;
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
    parameters: { ...inTurn, clients: 1, electionMinMs: 150, electionMaxMs: 150 },
    ...clear,
    operations: [
      { process: 'c1', operation: put, afterMs: 300 },
      { process: 'c1', operation: append, afterMs: 200 },
      { process: 'c1', operation: get, afterMs: 100 },
    ],
    faults: [{ fault: 'partition', groups: [['c1']], direction: 'in', atMs: 580, forMs: 120 }],
  },
  'read-after-leader-change': {
    description:
      'A write is answered and its leader cut off; the next one is asked to read before it has committed anything.',
    parameters: { standing: 's1 s2 s3', electionMinMs: 150, electionMaxMs: 150 },
    ...clear,
    operations: [
      { process: 'c1', operation: append, afterMs: 200 },
      { process: 'c2', operation: get, afterMs: 295 },
    ],
    faults: [
      { fault: 'partition', groups: [['s1', 'c1']], atMs: 292, forMs: 1000 },
      // The entry by which s2 would learn what is committed.
      { fault: 'loss', probability: 1, links: [['s2', 's3']], atMs: 446, forMs: 10 },
    ],
  },
  'lost-messages': {
    description: 'Three in ten messages are lost during the first second.',
    ...clear,
    faults: [{ fault: 'loss', probability: 0.3, atMs: 0, forMs: 1000 }],
  },
  crashes: {
    description: 'Each server is down once, one after the other.',
    parameters: { operations: 8 },
    ...clear,
    think: constant(100),
    faults: [
      { fault: 'crash', node: 's1', atMs: 500, forMs: 400 },
      { fault: 'crash', node: 's2', atMs: 1000, forMs: 400 },
      { fault: 'crash', node: 's3', atMs: 1500, forMs: 400 },
    ],
  },
} as const satisfies Record<string, Scenario>;
