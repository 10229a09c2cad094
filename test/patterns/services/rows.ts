/** The rows of queueing theory as queues to be simulated, each with the figures that it must show. */
import { constant, type Distribution, uniform } from '../../../src/index.ts';
import { erlangA, erlangB, feedback, mg1, mm1, mmc, mmck } from './closed-forms.ts';
import { type Figures, type Queue, rate, unitMs } from './queue.ts';

export interface Row {
  readonly name: string;
  readonly queue: Omit<Queue, 'customers'>;
  readonly expected: Partial<Figures>;
}

const exponentialService = rate();

export const rows = {
  mm1: (lambda: number): Row => {
    const { w } = mm1(lambda);
    return {
      name: `M/M/1, lambda ${lambda}`,
      queue: { lambda, service: { time: exponentialService } },
      expected: { w },
    };
  },
  erlangC: (lambda: number, c: number): Row => ({
    name: `M/M/${c}, lambda ${lambda}`,
    queue: { lambda, service: { time: exponentialService, concurrency: c } },
    expected: { w: mmc(lambda, c).w },
  }),
  /** Insensitive to the law of service. */
  erlangB: (lambda: number, c: number, time: Distribution = exponentialService): Row => ({
    name: `M/${time.kind}/${c}/${c}, lambda ${lambda}`,
    queue: { lambda, service: { time, concurrency: c, queue: 0 } },
    expected: { lost: erlangB(lambda, c), w: 1 },
  }),
  mmck: (lambda: number, c: number, k: number): Row => {
    const { blocking, w } = mmck(lambda, c, k);
    return {
      name: `M/M/${c}/${k}, lambda ${lambda}`,
      queue: { lambda, service: { time: exponentialService, concurrency: c, queue: k - c } },
      expected: { lost: blocking, w },
    };
  },
  /** Constant service, or uniform from 0 to 2, whose square has the mean 4/3. */
  mg1: (lambda: number, kind: 'constant' | 'uniform'): Row => ({
    name: `M/${kind}/1, lambda ${lambda}`,
    queue: {
      lambda,
      service: { time: kind === 'constant' ? constant(unitMs) : uniform(0, 2 * unitMs) },
    },
    expected: { w: mg1(lambda, kind === 'constant' ? 1 : 4 / 3).w },
  }),
  erlangA: (lambda: number, theta: number): Row => ({
    name: `M/M/1+M, lambda ${lambda}, theta ${theta}`,
    queue: { lambda, service: { time: exponentialService, waitsAtMost: rate(theta) } },
    expected: { lost: erlangA(lambda, theta).abandoning },
  }),
  feedback: (lambda: number, p: number): Row => ({
    name: `M/M/1 with feedback, lambda ${lambda}, p ${p}`,
    queue: {
      lambda,
      service: { time: exponentialService, errorRate: p },
      retries: { attempts: 1000 },
    },
    expected: { w: feedback(lambda, p).w, attempts: 1 / (1 - p) },
  }),
} as const;
