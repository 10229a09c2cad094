/**
 * A register of which each server has a copy of its own (stateright/stateright, single-copy-register.rs).
 * With one server it is linearizable; with two it is not, and the checker shows how.
 */
import { assign, emit, setup } from 'xstate';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import {
  clientsParameter,
  type Reply,
  type Request,
  registerClients,
  registerNetwork,
  registerScope,
  serverNames,
} from './register-clients.ts';
import { historyObserver, isLinearizable } from './register-history.ts';

export const singleCopyServer = setup({
  types: {
    context: {} as { readonly value: string | null },
    events: {} as Received<Request>,
    emitted: {} as Effect<Reply>,
  },
}).createMachine({
  id: 'single-copy-server',
  context: { value: null },
  on: {
    Put: {
      actions: [
        assign({ value: ({ event }) => event.value }),
        emit(({ event }) => send(event.from, { type: 'PutOk', request: event.request })),
      ],
    },
    Get: {
      actions: emit(({ context: { value }, event: { from, request } }) =>
        send(from, { type: 'GetOk', request, value }),
      ),
    },
  },
});

export const singleCopy = defineSystem({
  name: 'calibration/single-copy',
  description: 'A register with one copy on each server, with clients and history.',
  parameters: { servers: integer(1, { min: 1, max: 5 }), clients: clientsParameter },
  nodes: ({ servers, clients }) => ({
    ...replicate('server', servers, () => defineProcess({ machine: singleCopyServer })),
    ...registerClients(clients, serverNames(servers)),
  }),
  network: registerNetwork,
  scope: registerScope,
  observe: historyObserver,
  properties: ({ invariant, reachable }) => [
    invariant('linearizable', ({ observed }) => isLinearizable(observed), {
      description: 'The clients’ history is that of one register.',
    }),
    reachable('all have finished', ({ all }) =>
      all.every((one) => !one.address.startsWith('client') || one.in('finished')),
    ),
  ],
});
