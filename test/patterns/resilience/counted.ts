/** Policies in many runs whose calls fail at random, each figure over 20 seeds with its 99.9 % interval. */
import { constant, defineSystem, type Loop, replicate, run } from '../../../src/index.ts';
import {
  type BreakerOptions,
  circuitBreaker,
  defineCaller,
  type Policy,
  retry,
} from '../../../src/patterns/resilience/index.ts';
import { defineServices } from '../../../src/patterns/services/index.ts';
import { type Estimated, estimated } from '../services/queue.ts';

const seeds = 20;

/** So many callers ask one after the other for so many calls each, of which a share `p` fails. */
function runs(policies: readonly Policy[], p: number, calls: number, callers: number, of: string) {
  const services = defineServices({ service: { errorRate: p, concurrency: 1e6 } });
  const system = defineSystem({
    name: 'counted',
    nodes: () => ({
      ...services.nodes,
      ...replicate('caller', callers, () => defineCaller(services, { policies })),
    }),
  });
  const workload: Loop = {
    loop: 'open',
    // So far apart that each has ended when the next begins.
    arrivals: { kind: 'constant', everyMs: 10 },
    processes: Array.from({ length: callers }, (_, index) => `caller${index + 1}/client`),
    mix: [{ operation: { type: 'REQUEST', service: 'service' } }],
    fields: { call: { kind: 'serial' } },
    operations: calls,
  };
  return Array.from({ length: seeds }, (_, index) =>
    run(system, {
      seed: `${of}/${index + 1}`,
      workload: [workload],
      latency: constant(0),
      forceLatency: constant(0),
      horizonMs: 1e9,
      // Marks are all that is looked at, of policies that leave some.
      trace: of !== 'retry',
    }),
  );
}

/** Attempts of a call, and the share that fails, with at most `n` attempts. */
export function countedRetry(p: number, n: number, calls: number) {
  const policy = retry({ attempts: n, backoff: { kind: 'constant', ms: 0 } });
  const done = runs([policy], p, calls, 1, 'retry').map(
    ({ metrics: { operations } }) => operations,
  );
  return {
    meanAttempts: estimated(done.map(({ attempts, arrived }) => attempts / arrived)),
    probabilityOfFailure: estimated(done.map(({ errors, arrived }) => errors / arrived)),
  };
}

/** Which call of which caller was answered, and when its breaker changed, in order. */
function eventsOf(done: ReturnType<typeof run>, caller: string): readonly string[] {
  return done.trace.flatMap(({ effects }) =>
    effects.flatMap((effect) =>
      effect.type === 'mark' && effect.process.startsWith(`${caller}/`) ? [effect.name] : [],
    ),
  );
}

/** Calls until a breaker of `n` failures in a row opens: of each run the mean over its first `cycles`. */
export function countedRow(p: number, n: number, calls: number, cycles: number): Estimated {
  const policy = circuitBreaker({
    window: { kind: 'consecutive', failures: n },
    // Half-open when the next call comes: then a probe closes it, and it counts anew.
    open: constant(1),
  });
  const means = runs([policy], p, calls, 1, 'row').map((done) => {
    const counts: number[] = [];
    let count = 0;
    let isClosed = true;
    for (const name of eventsOf(done, 'caller1')) {
      // Marks of a step stand in the order of its sends: the breaker's before the client's.
      if (name === 'opened') {
        if (isClosed) counts.push(count + 1);
        isClosed = false;
        count = 0;
      } else if (name === 'closed') {
        isClosed = true;
        // The answer of the probe is still to come.
        count = -1;
      } else if ((name === 'returned' || name === 'failed') && isClosed) count++;
    }
    if (counts.length < cycles)
      throw new Error(`${calls} calls gave ${counts.length} openings, and ${cycles} are needed`);
    const first = counts.slice(0, cycles);
    return first.reduce((sum, one) => sum + one, 0) / cycles;
  });
  return estimated(means);
}

/** The share of the breakers with a window of `size` that open with the call that fills it. */
export function countedFirstWindow(
  p: number,
  size: number,
  ratio: number,
  callers: number,
  more: BreakerOptions = {},
): Estimated {
  const policy = circuitBreaker({
    window: { kind: 'count', size, ratio },
    onSuccess: true,
    open: constant(1e6),
    ...more,
  });
  const shares = runs([policy], p, size, callers, 'window').map((done) => {
    const opened = Array.from({ length: callers }, (_, index) =>
      eventsOf(done, `caller${index + 1}`).includes('opened'),
    );
    return opened.filter(Boolean).length / callers;
  });
  return estimated(shares);
}
