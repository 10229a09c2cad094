/** The store on Raft whose leader answers reads within a lease: linearizable while clocks keep within a bound. */
import { constant } from '../../model/distribution.ts';
import type { Fault } from '../../model/faults.ts';
import type { Scenario } from '../../model/scenario.ts';
import { variant } from '../../model/system.ts';
import { kvRaft } from './store-system.ts';

/** Messages and disks are quick beside the election timeout, so that a new leader is there soon after the lease. */
const quick = { latency: constant(1), forceLatency: constant(1), horizonMs: 3000 } as const;

/** s1 leads, and s2 next. */
const parameters = {
  standing: 's1 s2 s3',
  electionMinMs: 150,
  electionMaxMs: 150,
  heartbeatMs: 50,
} as const;

const drift = (node: string, percent: number): Fault => ({
  fault: 'clock-drift',
  node,
  rate: (100 + percent) / 100,
  atMs: 0,
});

/** The leader's clock loses as much as it may, the others' gain as much as they may. */
const apart = (percent: number): readonly Fault[] => [
  drift('s1', -percent),
  drift('s2', percent),
  drift('s3', percent),
];

const put = { type: 'PUT', key: 'k1', value: 'new ' } as const;
const get = { type: 'GET', key: 'k1' } as const;

/**
 * s1 sends its last heartbeat at 253 ms and is cut off with c1. c2 asks it in vain, and 150 ms later s2, which leads
 * since 382 ms; c1 reads at s1 all the while.
 */
const deposed = (driftPercent: number): Omit<Scenario, 'description'> => ({
  parameters: { ...parameters, driftPercent },
  ...quick,
  operations: [
    { process: 'c2', operation: put, afterMs: 258 },
    { process: 'c1', operation: get, afterMs: 240 },
    ...Array.from({ length: 60 }, () => ({ process: 'c1', operation: get, afterMs: 3 })),
  ],
  faults: [...apart(20), { fault: 'partition', groups: [['s1', 'c1']], atMs: 256, forMs: 400 }],
});

export const leaseScenarios = {
  'fault-free': {
    description: 'Nothing fails: reads are answered by the leader alone.',
    ...quick,
    think: constant(300),
  },
  quick: {
    description: 'The same with quick messages, s1 as the first leader and s2 as the next one.',
    parameters,
    ...quick,
  },
  'slow-leader': {
    description:
      'The leader is cut off, its clock as slow as clocks may be and the others as fast: it gives up its lease in time.',
    ...deposed(20),
  },
  'drift-denied': {
    description:
      'The same where clocks are taken to be perfect: a read returns what has been overwritten.',
    ...deposed(0),
  },
} as const satisfies Record<string, Scenario>;

export const kvRaftLeases = variant(kvRaft, 'leases', {
  description:
    'The store on Raft whose leader answers reads by itself within a lease, by clocks of bounded drift.',
  parameters: { leases: true },
  timing: 'timed',
  // Readings of clocks have no end, so that a check needs one.
  scope: { crashes: 0, ticks: 4, latency: '0', forceLatency: '0', drift: '1/10' },
  scenarios: leaseScenarios,
});
