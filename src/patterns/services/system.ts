/** One service and its clients as a system, for each of the options of a service. */
import { exponential } from '../../model/distribution.ts';
import { integer, oneOf } from '../../model/parameters.ts';
import { replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import { defineClient, type Request } from './client.ts';
import type { ServiceOptions } from './options.ts';
import { blocked, observer, properties, settled } from './properties.ts';
import { scenarios } from './scenarios.ts';
import { defineServices } from './services.ts';

export const serviceSystem = defineSystem({
  name: 'service',
  description:
    'Clients call a service that works on some calls, lets some wait and refuses the rest.',
  parameters: {
    clients: integer(1, { min: 1, max: 9, description: 'Nodes that call the service.' }),
    calls: integer(2, {
      max: 1000,
      description: 'Calls of each client, where no workload says what is asked.',
    }),
    concurrency: integer(1, { min: 1, max: 1000, description: 'Servers.' }),
    queue: integer(1, { max: 1_000_000, description: 'Places to wait.' }),
    discipline: oneOf(['fifo', 'lifo'], 'Which waiting call is served next.'),
    effects: oneOf(['once', 'every', 'none'], 'Effects: once a key, of every call, or none.'),
    errorPercent: integer(0, { max: 100, description: 'So many of a hundred calls fail.' }),
    serviceMs: integer(20, { max: 1e9, description: 'Mean time of work on a call.' }),
    breaksAfterMs: integer(0, {
      max: 1e9,
      description: 'Mean time until it breaks, to be repaired in 200 ms; 0: it does not break.',
    }),
  },
  nodes: (given) => {
    const breakdowns = {
      after: exponential(given.breaksAfterMs),
      repair: exponential(200),
    };
    const options: ServiceOptions = {
      time: exponential(given.serviceMs),
      concurrency: given.concurrency,
      queue: given.queue,
      discipline: given.discipline,
      effects: given.effects,
      errorRate: given.errorPercent / 100,
      ...(given.breaksAfterMs === 0 ? {} : { breakdowns }),
    };
    const services = defineServices({ service: options });
    return {
      ...services.nodes,
      ...replicate('client', given.clients, (id) =>
        defineClient(
          services,
          Array.from({ length: given.calls }, (_, index): Request => {
            return { type: 'REQUEST', service: 'service', call: `${id}#${index + 1}` };
          }),
        ),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  scope: { crashes: 1, restarts: 1, partitions: 0 },
  observe: observer,
  properties,
  settled,
  blocked,
  spans: { broken: { from: 'broke', to: 'repaired' } },
  scenarios,
});
