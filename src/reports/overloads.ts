/** The same overload of the real machines in the simulator: a service behind `retry` and `timeout`. */
import { constant } from '../model/distribution.ts';
import { defineSystem } from '../model/system.ts';
import { circuitBreaker } from '../patterns/resilience/breaker.ts';
import type { Budget } from '../patterns/resilience/budget.ts';
import { defineCaller } from '../patterns/resilience/caller.ts';
import type { Policy } from '../patterns/resilience/policy.ts';
import { retry } from '../patterns/resilience/retry.ts';
import { timeout } from '../patterns/resilience/timeout.ts';
import { defineServices } from '../patterns/services/services.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import type { Overload } from './metastable-model.ts';

/** What may cure it. */
export interface Cure {
  readonly budget?: Budget;
  readonly hasBreaker?: boolean;
}

/** When calls were made, and which of them were answered in time when, in µs. */
export interface Overloaded {
  readonly arrivalsUs: readonly number[];
  readonly answeredUs: readonly number[];
}

function policiesOf({ resends, timeoutSeconds }: Overload, cure: Cure): readonly Policy[] {
  const limit = timeout({ after: constant(1000 * timeoutSeconds), tells: false });
  const again = retry({
    attempts: resends + 1,
    on: ['timeout'],
    backoff: { kind: 'constant', ms: 0 },
    ...(cure.budget && { budget: cure.budget }),
  });
  // Inside the retry it sees each attempt.
  return cure.hasBreaker === true ? [again, circuitBreaker(), limit] : [again, limit];
}

/** One run. Answers come in no time, so that a call is answered at the end of its service. */
export function overloaded(overload: Overload, seed: Seed, cure: Cure = {}): Overloaded {
  const { arrivalRate, serviceRate, frozenAt, freezeSeconds, horizonSeconds } = overload;
  const services = defineServices({ server: { time: constant(1000 / serviceRate) } });
  const system = defineSystem({
    name: 'overload',
    nodes: () => ({
      clients: defineCaller(services, { policies: policiesOf(overload, cure) }),
      ...services.nodes,
    }),
  });
  const { trace } = run(system, {
    seed,
    workload: [
      {
        loop: 'open',
        arrivals: { kind: 'poisson', perSecond: arrivalRate },
        mix: [{ operation: { type: 'REQUEST', service: 'server' } }],
        fields: { call: { kind: 'serial' } },
      },
    ],
    latency: constant(0),
    faults: [
      { fault: 'pause', node: 'server', atMs: 1000 * frozenAt, forMs: 1000 * freezeSeconds },
    ],
    horizonMs: 1000 * horizonSeconds,
    trace: true,
  });
  const calls: number[] = [];
  const answers: number[] = [];
  for (const { atUs = 0, decision, effects } of trace) {
    if (decision.type === 'invoke') calls.push(atUs);
    for (const effect of effects)
      if (effect.type === 'mark' && effect.name === 'returned') answers.push(atUs);
  }
  return { arrivalsUs: calls, answeredUs: answers };
}
