/**
 * A client: it sends its command to the server that it takes for the leader, follows redirections, and turns to
 * the next server when no answer comes. What was asked twice may be done twice; that is for sessions to prevent.
 */
import { and, assign, emit, setup } from 'xstate';
import { type Address, type Effect, mark, type Received, send } from '../../model/effects.ts';
import type { PlainData } from '../../model/plain-data.ts';
import type { ClientMessage } from './messages.ts';

export interface ClientInput {
  readonly servers: readonly Address[];
}

export interface ClientContext extends ClientInput {
  /** The server that it asks. */
  readonly server: Address;
  /** The number of the open request, or of the last one; answers to others are stale. */
  readonly serial: number;
  /** What it asks for; null when nothing is open. */
  readonly command: PlainData;
}

/** SUBMIT is an operation of the environment. */
type Event = Received<ClientMessage> | { readonly type: 'SUBMIT'; readonly command: PlainData };

export const client = setup({
  types: {
    context: {} as ClientContext,
    input: {} as ClientInput,
    events: {} as Event,
    emitted: {} as Effect<ClientMessage>,
  },
  guards: {
    isOfOpenRequest: ({ context, event }) => 'serial' in event && event.serial === context.serial,
    knowsLeader: ({ event }) => event.type === 'Redirect' && event.leader !== null,
  },
  actions: {
    open: assign({
      serial: ({ context }) => context.serial + 1,
      command: ({ event }) => (event.type === 'SUBMIT' ? event.command : null),
    }),
    request: emit(({ context: { server, serial, command } }) =>
      send(server, { type: 'Request', serial, command }),
    ),
    turnToLeader: assign({
      server: ({ context, event }) =>
        event.type === 'Redirect' && event.leader !== null ? event.leader : context.server,
    }),
    turnToNext: assign({
      server: ({ context: { server, servers } }) =>
        servers[(servers.indexOf(server) + 1) % servers.length] as Address,
    }),
    markRetried: emit(mark('retried')),
    markReturned: emit(({ event }) =>
      mark('returned', { result: event.type === 'Response' ? event.result : null }),
    ),
    close: assign({ command: null }),
  },
  delays: { patience: 300 },
}).createMachine({
  id: 'client',
  context: ({ input }) => ({
    ...input,
    server: input.servers[0] as Address,
    serial: 0,
    command: null,
  }),
  initial: 'idle',
  states: {
    idle: { on: { SUBMIT: { target: 'waiting', actions: ['open', 'request'] } } },
    waiting: {
      on: {
        Response: {
          guard: 'isOfOpenRequest',
          target: 'idle',
          actions: ['markReturned', 'close'],
        },
        Redirect: {
          guard: and(['isOfOpenRequest', 'knowsLeader']),
          target: 'waiting',
          reenter: true,
          actions: ['turnToLeader', 'request'],
        },
      },
      /** A leader that has died, or one that nobody knows yet. */
      after: {
        patience: {
          target: 'waiting',
          reenter: true,
          actions: ['markRetried', 'turnToNext', 'request'],
        },
      },
    },
  },
});
