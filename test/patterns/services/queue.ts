/** Queues as systems: customers arrive at a service over a network that takes no time, and are timed. */
import jstat from 'jstat';
import {
  type Arrivals,
  constant,
  type Distribution,
  defineSystem,
  exponential,
  type Loop,
  type Metrics,
  run,
} from '../../../src/index.ts';
import {
  defineClient,
  defineServices,
  type ServiceOptions,
} from '../../../src/patterns/services/index.ts';

/** One unit of time, in which a server serves one customer on average, is so many ms. */
export const unitMs = 1000;

export interface Queue {
  readonly service: ServiceOptions;
  /** Customers in a unit of time. */
  readonly lambda: number;
  /** Default Poisson. */
  readonly arrivals?: Arrivals;
  readonly customers: number;
  readonly retries?: Loop['retries'];
}

/** Exponential service with so many completions in a unit of time. */
export const rate = (mu = 1): Distribution => exponential(unitMs / mu);

export function queueSystem(service: ServiceOptions) {
  const services = defineServices({ queue: service });
  return defineSystem({
    name: 'queue',
    nodes: () => ({ clients: defineClient(services), ...services.nodes }),
  });
}

/** The metrics of a run that starts and ends empty: all customers are served before it is over. */
export function served(
  { service, lambda, arrivals, customers, retries }: Queue,
  seed: number | string,
  trace = false,
) {
  const loop: Loop = {
    loop: 'open',
    arrivals: arrivals ?? { kind: 'poisson', perSecond: (lambda * 1000) / unitMs },
    mix: [{ operation: { type: 'REQUEST', service: 'queue' } }],
    fields: { call: { kind: 'serial' } },
    operations: customers,
    ...(retries && { retries }),
  };
  return run(queueSystem(service), {
    seed,
    workload: [loop],
    latency: constant(0),
    forceLatency: constant(0),
    horizonMs: 1e12,
    answerWithinMs: 1e9,
    trace,
  });
}

/** A figure of many runs with its mean and 99.9 % interval by Student's t. */
export interface Estimated {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export function estimated(values: readonly number[]): Estimated {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = jstat.jStat.studentt.inv(0.9995, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean, low: mean - half, high: mean + half };
}

/** Figures of one run in units of time. */
export interface Figures {
  /** Mean time in the system of those who were served. */
  readonly w: number;
  /** Mean number in the system, of those who were served. */
  readonly l: number;
  /** Share of the customers that were not served. */
  readonly lost: number;
  readonly attempts: number;
}

export function figuresOf(metrics: Metrics, virtualMs: number): Figures {
  const { arrived, errors, returned, latency, attempts } = metrics.operations;
  const w = (latency.meanMs ?? 0) / unitMs;
  return {
    w,
    l: (w * returned) / (virtualMs / unitMs),
    lost: (arrived - returned) / arrived,
    attempts: attempts / arrived,
    ...(errors > arrived ? { lost: Number.NaN } : {}),
  };
}

/** The figures of the queue, each over so many seeds. */
export function measured(
  queue: Queue,
  seeds: number,
  name = 'q',
): Readonly<Record<keyof Figures, Estimated>> {
  const runs = Array.from({ length: seeds }, (_, index) => {
    const { metrics, virtualMs } = served(queue, `${name}/${index + 1}`);
    return figuresOf(metrics, virtualMs);
  });
  const of = (key: keyof Figures): Estimated => estimated(runs.map((one) => one[key]));
  return { w: of('w'), l: of('l'), lost: of('lost'), attempts: of('attempts') };
}

export const holds = ({ low, high }: Estimated, value: number): boolean =>
  low <= value && value <= high;
