/** Compositions in the simulator: a client calls one over a network that takes no time. */
import { constant, defineSystem, type Fault, run } from '../../../src/index.ts';
import {
  type Composition,
  type CompositionError,
  defineClient,
  defineServices,
  type ServiceOptions,
  withCompositions,
} from '../../../src/patterns/index.ts';
import type { Behaviour, Observed } from './reference.ts';

export const serviceIds = ['a', 'b', 'c'] as const;

/** Services that behave so, each with as many servers as anybody needs. */
export function servicesOf(behaviour: Behaviour) {
  const options = (id: string): ServiceOptions => ({
    time: (input) => constant(behaviour(id, input).ms),
    concurrency: 1000,
    refuses: (input) => {
      const end = behaviour(id, input);
      return 'error' in end ? end.error : undefined;
    },
    answer: (input) => {
      const end = behaviour(id, input);
      return 'output' in end ? end.output : null;
    },
  });
  return defineServices(
    Object.fromEntries(serviceIds.map((id) => [id, options(id)])) as Record<
      (typeof serviceIds)[number],
      ServiceOptions
    >,
  );
}

export function systemOf(plan: Composition, behaviour: Behaviour) {
  const services = withCompositions(servicesOf(behaviour), { plan });
  return defineSystem({
    name: 'plan',
    nodes: () => ({ client: defineClient(services), ...services.nodes }),
  });
}

/** One call of the composition, as the reference interpreter tells it. */
export function simulate(
  plan: Composition,
  data: unknown,
  behaviour: Behaviour,
  system = systemOf(plan, behaviour),
  faults: readonly Fault[] = [],
): Observed {
  const request = { type: 'REQUEST', service: 'plan', call: 'k', input: data };
  const { trace } = run(system, {
    seed: 1,
    operations: [{ process: 'client', operation: request as never }],
    latency: constant(0),
    forceLatency: constant(0),
    horizonMs: 1e9,
    trace: true,
    faults,
  });
  const calls: Observed['calls'][number][] = [];
  const cancelled: string[] = [];
  let result: Observed['result'] = 'none';
  let endedAtMs = 0;
  const prefix = 'plan:k:';
  for (const { atUs = 0, decision, effects } of trace) {
    for (const effect of effects) {
      if (effect.type !== 'send' || effect.envelope.from === 'client') continue;
      const message = effect.envelope.message as unknown as Record<string, string>;
      const key = String(message.key).slice(prefix.length);
      const service = String(message.service);
      if (message.type === 'call')
        calls.push({ key, service, input: message.input, atMs: atUs / 1000 });
      if (message.type === 'cancel') cancelled.push(key);
    }
    if (decision.type !== 'deliver' || decision.to !== 'client') continue;
    const { type, output, error, errors } = decision.message as unknown as Record<string, unknown>;
    result = type === 'reply' ? { output } : { error: (errors ?? error) as CompositionError };
    endedAtMs = atUs / 1000;
  }
  return { result, endedAtMs, calls, cancelled: cancelled.sort() };
}
