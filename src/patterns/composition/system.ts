/** An order flow as a system: a composition, its services and its callers. */
import { constant, exponential } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import { replicate } from '../../model/process.ts';
import type { Property } from '../../model/property.ts';
import { alwaysPossible, invariant } from '../../model/property.ts';
import { defineSystem, type Observer } from '../../model/system.ts';
import type { ProcessView, View } from '../../model/view.ts';
import { defineClient, type Request } from '../services/client.ts';
import { observer as serviceObserver } from '../services/properties.ts';
import { defineServices } from '../services/services.ts';
import { withCompositions } from './compositions.ts';
import {
  attempt,
  type Caught,
  compute,
  fail,
  forEach,
  parallel,
  race,
  sequence,
  task,
} from './plan.ts';
import { soundness } from './properties.ts';
import { scenarios } from './scenarios.ts';

/** What an order is: so many items. */
export interface Order {
  readonly items: number;
}

/**
 * Reserves each item, two at a time, noting which there is none of; then is paid while two carriers race for
 * the parcel. An order that cannot be paid fails as unpaid, and the carriers are called off.
 */
export const order = sequence(
  forEach(
    ({ items }: Order) => Array.from({ length: items }, (_, index) => index + 1),
    attempt(task('stock')).catch(
      'error',
      compute(({ input }: Caught) => `no ${input}`),
    ),
    { concurrency: 2 },
  ),
  parallel(attempt(task('payments')).catch(fail('unpaid')), race(task('post'), task('courier'))),
);

interface Observed {
  readonly open: readonly string[];
  readonly effects: Readonly<Record<string, number>>;
}

type CompositionView = View<never, Observed>;

const settled = ({ observed }: CompositionView): boolean => observed.open.length === 0;

function blocked({ observed, all }: CompositionView): string | undefined {
  const count = observed.open.length;
  const calls = `${count} call${count === 1 ? '' : 's'}`;
  const down = (all as readonly ProcessView[]).some(({ up }) => !up);
  if (down) return `${calls} unanswered: a node is down`;
  return `${calls} waiting for what was lost, and nobody asks again`;
}

export const compositionSystem = defineSystem({
  name: 'composition',
  description:
    'Orders as a composition of services: items one by one, payment beside a race of carriers.',
  parameters: {
    clients: integer(1, { min: 1, max: 9, description: 'Nodes that place orders.' }),
    orders: integer(1, {
      max: 1000,
      description: 'Orders of each client, where no workload says what is asked.',
    }),
    items: integer(1, { max: 100, description: 'Items of an order.' }),
    errorPercent: integer(10, { max: 100, description: 'So many of a hundred calls fail.' }),
    serviceMs: integer(20, { max: 1e9, description: 'Mean time of work on a call.' }),
    concurrency: integer(4, { min: 1, max: 1000, description: 'Servers of each service.' }),
  },
  nodes: ({ clients, orders, items, errorPercent, serviceMs, concurrency }) => {
    const options = {
      time: exponential(serviceMs),
      concurrency,
      errorRate: errorPercent / 100,
      effects: 'once',
      // A message of what was done would be a copy of what was asked.
      answer: () => 'done',
    } as const;
    const services = withCompositions(
      defineServices({
        stock: { ...options, effects: 'none' },
        payments: options,
        post: { ...options, effects: 'none' },
        courier: { ...options, effects: 'none', time: constant(serviceMs) },
      }),
      { order },
    );
    return {
      ...services.nodes,
      ...replicate('client', clients, (id) =>
        defineClient(
          services,
          Array.from({ length: orders }, (_, index): Request => {
            const call = `${id}#${index + 1}`;
            return { type: 'REQUEST', service: 'order', call, input: { items } };
          }),
        ),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  scope: { crashes: 0, restarts: 1, partitions: 0 },
  observe: serviceObserver as Observer<Observed>,
  properties: () =>
    [
      ...soundness('order', order),
      alwaysPossible<CompositionView>('every order is answered', settled, {
        description: 'As long as nothing is lost, every client can still be answered.',
        claimedUnder: { faults: 'none' },
      }),
      invariant<CompositionView>(
        'one effect a key',
        ({ observed }) => Object.values(observed.effects).every((count) => count <= 1),
        { description: 'However often a call arrives, its effect happens at most once.' },
      ),
    ] as readonly Property<View>[] as never,
  settled: settled as never,
  blocked: blocked as never,
  spans: { flow: { from: 'flow-started', to: 'flow-ended' } },
  scenarios,
});
