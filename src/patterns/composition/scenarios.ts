/** Situations of an order flow: quiet, with failures, a service down, messages lost with and without retries. */
import { constant } from '../../model/distribution.ts';
import type { Loop } from '../../model/loops.ts';
import type { Scenario } from '../../model/scenario.ts';

const orders = {
  mix: [{ operation: { type: 'REQUEST', service: 'order', input: { items: 3 } } }],
  fields: { call: { kind: 'serial' } },
  // What is under way at the end of the run has time to end.
  untilMs: 2500,
} as unknown as Pick<Loop, 'mix' | 'fields' | 'untilMs'>;

const usual = {
  parameters: { errorPercent: 0, concurrency: 8 },
  latency: constant(1),
  forceLatency: constant(0),
  horizonMs: 10_000,
} as const;

const steady: Loop = {
  ...orders,
  loop: 'open',
  arrivals: { kind: 'poisson', perSecond: 20 },
};

export const scenarios = {
  quiet: {
    description: 'Twenty orders a second, and nothing fails.',
    ...usual,
    workload: [steady],
  },
  errors: {
    description:
      'One call of ten fails: items are noted, carriers replaced, unpaid orders given up.',
    ...usual,
    parameters: { ...usual.parameters, errorPercent: 10 },
    workload: [steady],
  },
  slow: {
    description: 'For a second, payments take twenty times as long.',
    ...usual,
    workload: [steady],
    faults: [{ fault: 'slow', node: 'payments', factor: 20, atMs: 1000, forMs: 1000 }],
  },
  carrier: {
    description:
      'The courier is down for two seconds: the post wins every race, and no order waits.',
    ...usual,
    workload: [steady],
    faults: [{ fault: 'crash', node: 'courier', atMs: 1000, forMs: 2000 }],
  },
  outage: {
    description: 'Payments are down for half a second: orders that had called wait for ever.',
    ...usual,
    workload: [steady],
    faults: [{ fault: 'crash', node: 'payments', atMs: 1000, forMs: 500 }],
  },
  orchestrator: {
    description:
      'The composition crashes and forgets its orders; clients ask again, under the same keys.',
    ...usual,
    workload: [{ ...steady, retries: { attempts: 5, timeoutMs: 500 } } as Loop],
    faults: [{ fault: 'crash', node: 'order', atMs: 1000, forMs: 200 }],
  },
} satisfies Readonly<Record<string, Scenario>>;
