/** Incidents: dependency slow, down, flapping; overload; retry storm; one replica bad; slow leak. */
import { constant, uniform } from '../../model/distribution.ts';
import type { Fault } from '../../model/faults.ts';
import type { Loop } from '../../model/loops.ts';
import type { Scenario } from '../../model/scenario.ts';

/** Two replicas with a server each, and 20 ms of work: a hundred calls a second are all they can take. */
const usual = {
  parameters: {
    ...{ replicas: 2, concurrency: 1, queue: 60, serviceMs: 20, errorPercent: 3, effects: 'none' },
    ...{ timeoutMs: 300, attempts: 3, backoffMs: 50, permits: 10, hedgeMs: 100 },
    ...{ window: 10, openMs: 500, slowMs: 250 },
  },
  latency: constant(1),
  forceLatency: constant(0),
  horizonMs: 10_000,
} as const;

/** Requests at random, so many a second; what is under way after the last has time to end. */
const steady = (perSecond: number): Loop => ({
  loop: 'open',
  arrivals: { kind: 'poisson', perSecond },
  mix: [{ operation: { type: 'REQUEST', service: 'payments' } }],
  fields: { call: { kind: 'serial' } },
  untilMs: 6000,
});

const workload: readonly Loop[] = [steady(40)];
const payments = ['payments1', 'payments2'] as const;
/** The same happens to every replica. */
const toAll = (fault: (node: string) => Fault): readonly Fault[] => payments.map(fault);

/** When each incident begins, and how long it lasts. */
const during = { atMs: 1500, forMs: 1500 } as const;

export const scenarios = {
  quiet: {
    description:
      'Forty requests a second, of a hundred that payments can take; three calls in a hundred fail.',
    ...usual,
    workload,
  },
  'dependency-slow': {
    description: 'For a second and a half, work at payments takes twenty times as long.',
    ...usual,
    workload,
    faults: toAll((node) => ({ fault: 'slow', node, factor: 20, ...during })),
  },
  'dependency-down': {
    description: 'For a second and a half payments is down; what is sent to it is lost.',
    ...usual,
    workload,
    faults: toAll((node) => ({ fault: 'crash', node, ...during })),
  },
  'dependency-flapping': {
    description:
      'For two and a half seconds payments can and cannot be reached in turn, 200 and 300 ms.',
    ...usual,
    workload,
    faults: [
      {
        ...{ fault: 'partition', groups: [payments], atMs: 1500, forMs: 200 },
        repeat: { everyMs: 500, times: 5 },
      },
    ],
  },
  overload: {
    description: 'For a second and a half twice as many requests come as payments can take.',
    ...usual,
    workload: [...workload, { ...steady(160), name: 'rush', fromMs: 1500, untilMs: 3000 }],
  },
  'retry-storm': {
    description:
      'Payments is slow for 700 ms, and users ask again, up to four times: the load outlives its cause.',
    ...usual,
    workload: [
      {
        ...steady(60),
        retries: { attempts: 4, timeoutMs: 400, pause: uniform(0, 50) },
      },
    ],
    faults: toAll((node) => ({ fault: 'slow', node, factor: 20, atMs: 1500, forMs: 700 })),
  },
  'replica-bad': {
    description: 'For three seconds one of the two replicas takes fifty times as long.',
    ...usual,
    workload,
    faults: [{ fault: 'slow', node: 'payments2', factor: 50, atMs: 1500, forMs: 3000 }],
  },
  'slow-leak': {
    description:
      'Every 400 ms work at payments takes half as long again, until it is restarted after three seconds.',
    ...usual,
    workload,
    faults: [
      ...Array.from({ length: 7 }, (_, step) => 1500 + 400 * step).flatMap((atMs) =>
        toAll((node) => ({ fault: 'slow', node, factor: 1.5, atMs, forMs: 4500 - atMs })),
      ),
      ...toAll((node) => ({ fault: 'crash', node, atMs: 4500, forMs: 200 })),
    ],
  },
} satisfies Readonly<Record<string, Scenario>>;
