/**
 * A register of which each server has a copy of its own (stateright/stateright, single-copy-register.rs).
 * With one server it is linearizable; with two it is not, and the checker shows how.
 */
import { assign, emit, setup } from 'xstate';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess } from '../../model/process.ts';
import type { Reply, Request } from './register-clients.ts';
import { allHaveFinished, registerSystem } from './register-system.ts';

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

export const singleCopy = registerSystem({
  name: 'calibration/single-copy',
  description: 'A register with one copy on each server, with clients and history.',
  servers: integer(1, { min: 1, max: 5 }),
  server: () => defineProcess({ machine: singleCopyServer }),
  reaches: allHaveFinished,
});
