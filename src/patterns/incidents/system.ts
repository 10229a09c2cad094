/** A shop that calls payments, through policies or without: what incidents do to it. */
import { exponential } from '../../model/distribution.ts';
import { integer, oneOf, type Parameter } from '../../model/parameters.ts';
import {
  defineNode,
  defineProcess,
  type Node,
  type Process,
  replicate,
} from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import { guarded } from '../resilience/caller.ts';
import type { Policy } from '../resilience/policy.ts';
import { clientMachine, type Request } from '../services/client.ts';
import type { ServiceOptions } from '../services/options.ts';
import { defineServices, type Services } from '../services/services.ts';
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
    hedgeMs: integer(100, { max: 1e9, description: 'Of hedge: when the second copy is made.' }),
    permits: integer(1, { min: 1, max: 10_000, description: 'Of bulkhead: calls out at once.' }),
  },
  nodes: (given) => {
    const { replicas } = given;
    const targets = Array.from({ length: replicas }, (_, index) => `payments${index + 1}`);
    const registry = defineServices(
      Object.fromEntries(
        targets.map((id): [string, ServiceOptions] => [
          id,
          {
            time: exponential(given.serviceMs),
            concurrency: given.concurrency,
            queue: given.queue,
            errorRate: given.errorPercent / 100,
            effects: given.effects,
          },
        ]),
      ),
    );
    const policies = policiesOf(given.policy, { ...given, targets });
    return {
      shop: shopOf(registry, policies, given.requests),
      ...replicate('payments', replicas, (id) => registry.nodes[id] as Node),
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

/** A caller whose client spreads calls over the replicas. */
function shopOf(registry: Services<string>, policies: readonly Policy[], requests: number): Node {
  const { processes, families, call, cancel } = guarded(registry, policies);
  const client = defineProcess({
    machine: clientMachine({
      ...registry,
      call: (service, key, input) => call(replicaOf(registry, service, key), key, input),
      cancel: (service, key) => cancel(replicaOf(registry, service, key), key),
    }),
    operations: Array.from({ length: requests }, (_, index): Request => {
      return { type: 'REQUEST', service: 'payments', call: `r${index + 1}` };
    }),
  });
  return defineNode({
    processes: { client, ...processes } as unknown as Readonly<Record<string, Process>>,
    families,
  });
}

/**
 * `payments` is any of the replicas: which of them a call goes to is told by its key, as where customers are spread by
 * a hash, so that every attempt of a call goes to the same one unless a policy chooses another.
 */
function replicaOf({ ids }: Services<string>, service: string, key: string): string {
  if (service !== 'payments') return service;
  const sum = [...key].reduce((total, character) => total + character.charCodeAt(0), 0);
  return ids[sum % ids.length] as string;
}
