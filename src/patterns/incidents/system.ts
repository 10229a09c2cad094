/** A shop that calls payments, through policies or without: what incidents do to it. */
import { exponential } from '../../model/distribution.ts';
import { integer, oneOf, type Parameter } from '../../model/parameters.ts';
import { replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import { defineCaller } from '../resilience/caller.ts';
import type { Request } from '../services/client.ts';
import { defineService, defineServices, type Services } from '../services/services.ts';
import { policiesOf } from './policies.ts';
import { blocked, observer, properties, settled } from './properties.ts';
import { scenarios } from './scenarios.ts';

const policy: Parameter<string> = {
  kind: 'parameter',
  default: 'none',
  description:
    'The policies of the shop, the outermost first, such as retry,breaker,timeout; none: it has none.',
};

export const incidentSystem = defineSystem({
  name: 'incidents',
  description:
    'A shop calls replicas of a service, through policies or without, while something goes wrong.',
  parameters: {
    policy,
    requests: integer(2, {
      max: 1000,
      description: 'Requests to the shop, where no workload says what is asked.',
    }),
    replicas: integer(1, {
      min: 1,
      max: 9,
      description: 'Replicas of payments, over which calls are spread by their keys.',
    }),
    concurrency: integer(1, { min: 1, max: 1000, description: 'Servers of each replica.' }),
    queue: integer(2, { max: 1_000_000, description: 'Places to wait at each replica.' }),
    serviceMs: integer(20, { max: 1e9, description: 'Mean time of work on a call.' }),
    errorPercent: integer(10, { max: 100, description: 'So many of a hundred calls fail.' }),
    effects: oneOf(
      ['once', 'none'],
      'Whether payments knows its keys again, so that a call has its effect once, or works on every call.',
    ),
    timeoutMs: integer(300, { min: 1, max: 1e9, description: 'Of timeout: time of an attempt.' }),
    attempts: integer(2, { min: 1, max: 100, description: 'Of retry: attempts in all.' }),
    backoffMs: integer(50, { max: 1e9, description: 'Of retry: the base of its waits.' }),
    window: integer(1, {
      min: 1,
      max: 10_000,
      description: 'Of breaker: results of which it opens when half are bad.',
    }),
    openMs: integer(1000, { min: 1, max: 1e9, description: 'Of breaker: how long it stays open.' }),
    slowMs: integer(0, {
      max: 1e9,
      description: 'Of breaker: a call that takes so long is bad though it succeeds; 0: none is.',
    }),
    permits: integer(1, { min: 1, max: 10_000, description: 'Of bulkhead: calls out at once.' }),
  },
  nodes: (given) => {
    const { replicas } = given;
    const registry = defineServices(
      Object.fromEntries(replicasOf(replicas).map((id) => [id, {}])) as Record<string, object>,
    );
    return {
      shop: defineCaller(spread(registry, replicas), {
        policies: policiesOf(given.policy, given),
        operations: Array.from({ length: given.requests }, (_, index): Request => {
          return { type: 'REQUEST', service: 'payments', call: `r${index + 1}` };
        }),
      }),
      ...replicate('payments', replicas, (id) =>
        defineService(id, {
          time: exponential(given.serviceMs),
          concurrency: given.concurrency,
          queue: given.queue,
          errorRate: given.errorPercent / 100,
          effects: given.effects,
        }),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  scope: { crashes: 0, loss: false, duplication: false, partitions: 0 },
  observe: observer,
  properties,
  settled,
  blocked,
  spans: { 'breaker open': { from: 'opened', to: 'half-opened' } },
  ratios: {
    'attempts a request': { of: 'operations.attempts', per: 'operations.invoked' },
    amplification: { of: 'messagesByType.call.sent', per: 'operations.arrived' },
  },
  scenarios,
});

function replicasOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `payments${index + 1}`);
}

/**
 * The registry with one more name, `payments`, for all replicas: which of them a call goes to is told by its key,
 * as where customers are spread by a hash, so that every attempt of a call goes to the same one.
 */
function spread(registry: Services<string>, replicas: number): Services<string> {
  const replicaOf = (id: string, key: string): string => {
    if (id !== 'payments') return id;
    const sum = [...key].reduce((total, character) => total + character.charCodeAt(0), 0);
    return `payments${(sum % replicas) + 1}`;
  };
  return {
    ...registry,
    ids: ['payments', ...registry.ids],
    call: (id, key, input) => registry.call(replicaOf(id, key), key, input),
    cancel: (id, key) => registry.cancel(replicaOf(id, key), key),
  };
}
