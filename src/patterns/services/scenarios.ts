/** Situations of a service: quiet, overloaded, slow, down, flapping, failing; with and without retries. */
import { constant, exponential } from '../../model/distribution.ts';
import type { Loop } from '../../model/loops.ts';
import type { Scenario } from '../../model/scenario.ts';

const calls = {
  mix: [{ operation: { type: 'REQUEST', service: 'service' } }],
  fields: { call: { kind: 'serial' } } as const,
  // What is under way at the end of the run has time to end.
  untilMs: 4000,
} satisfies Partial<Loop>;

/** 20 ms of work at each of two servers: 100 calls a second are all they can take. */
const usual = {
  parameters: { concurrency: 2, queue: 20, serviceMs: 20 },
  latency: constant(1),
  forceLatency: constant(0),
  horizonMs: 10_000,
} as const;

const steady: Loop = {
  ...calls,
  loop: 'open',
  arrivals: { kind: 'poisson', perSecond: 40 },
};

const retried: Loop = { ...steady, retries: { attempts: 5, timeoutMs: 300 } };

export const scenarios = {
  quiet: {
    description: 'Forty calls a second, of a hundred that the service can take.',
    ...usual,
    workload: [steady],
  },
  closed: {
    description: 'Ten users of each client, who think for 200 ms after each answer.',
    ...usual,
    workload: [{ ...calls, loop: 'closed', users: 10, think: exponential(200) } as Loop],
  },
  burst: {
    description: 'Bursts of three times what the service can take: calls find no place.',
    ...usual,
    workload: [
      {
        ...calls,
        loop: 'open',
        arrivals: {
          ...{ kind: 'bursts', perSecond: 300, offPerSecond: 20 },
          ...{ on: constant(300), off: constant(700) },
        },
      } as Loop,
    ],
  },
  slow: {
    description: 'For a second, work takes five times as long.',
    ...usual,
    workload: [steady],
    faults: [{ fault: 'slow', node: 'service', factor: 5, atMs: 1000, forMs: 1000 }],
  },
  outage: {
    description: 'The service is down for half a second; callers do not ask again.',
    ...usual,
    workload: [steady],
    faults: [{ fault: 'crash', node: 'service', atMs: 1000, forMs: 500 }],
  },
  flapping: {
    description: 'The link to the service works and fails in turn.',
    ...usual,
    workload: [steady],
    faults: [
      {
        ...{ fault: 'partition', groups: [['service']], atMs: 1000, forMs: 100 },
        repeat: { everyMs: 200, times: 10 },
      },
    ],
  },
  errors: {
    description: 'Three of ten calls fail.',
    ...usual,
    parameters: { ...usual.parameters, errorPercent: 30 },
    workload: [steady],
  },
  breakdowns: {
    description: 'The service breaks every second or so, and refuses calls until it is repaired.',
    ...usual,
    parameters: { ...usual.parameters, breaksAfterMs: 1000 },
    workload: [steady],
  },
  retries: {
    description: 'A fifth of the messages is lost; callers ask again, with the same key.',
    ...usual,
    workload: [retried],
    faults: [{ fault: 'loss', probability: 0.2 }],
  },
  'retries-without-keys': {
    description: 'The same where the service does not know its keys again: effects happen twice.',
    ...usual,
    parameters: { ...usual.parameters, effects: 'every' },
    workload: [retried],
    faults: [{ fault: 'loss', probability: 0.2 }],
  },
} satisfies Readonly<Record<string, Scenario>>;
