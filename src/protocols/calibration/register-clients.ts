/**
 * The clients of the register models (stateright/stateright, actor/register.rs): each writes its letter
 * at its server, then reads at the next one. Servers have the numbers from 0, clients those after them;
 * all have started, and what they sent at their start is in flight, in the first state.
 */
import { assign, emit, setup } from 'xstate';
import { type Effect, mark, type Received, send } from '../../model/effects.ts';
import type { NetworkOptions } from '../../model/network.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import type { Scope } from '../../model/scope.ts';

export type Request =
  | { readonly type: 'Put'; readonly request: number; readonly value: string }
  | { readonly type: 'Get'; readonly request: number };

export type Reply =
  | { readonly type: 'PutOk'; readonly request: number }
  | { readonly type: 'GetOk'; readonly request: number; readonly value: string | null };

export interface Client {
  readonly id: number;
  readonly servers: readonly string[];
  readonly letter: string;
  /** The request whose reply is awaited; null when it has finished. */
  readonly awaited: number | null;
  /** Operations begun so far. */
  readonly operations: number;
}

/** The server of the client's k-th operation, counted from 0. */
function serverOf({ id, servers }: Client, k: number): string {
  return servers[(id + k) % servers.length] ?? '';
}

export const registerClient = setup({
  types: {
    context: {} as Client,
    input: {} as Pick<Client, 'id' | 'servers' | 'letter'>,
    events: {} as Received<Reply>,
    emitted: {} as Effect<Request>,
  },
  guards: { isAwaited: ({ context, event }) => event.request === context.awaited },
}).createMachine({
  id: 'register-client',
  context: ({ input }) => ({ ...input, awaited: input.id, operations: 1 }),
  initial: 'writing',
  states: {
    writing: {
      entry: [
        emit(({ context }) => mark('invoked', { type: 'write', value: context.letter })),
        emit(({ context }) =>
          send(serverOf(context, 0), {
            type: 'Put',
            request: context.id,
            value: context.letter,
          }),
        ),
      ],
      on: {
        PutOk: {
          guard: 'isAwaited',
          target: 'reading',
          actions: [
            emit(mark('returned')),
            emit(mark('invoked', { type: 'read' })),
            emit(({ context }) =>
              send(serverOf(context, context.operations), {
                type: 'Get',
                request: (context.operations + 1) * context.id,
              }),
            ),
            assign(({ context: { id, operations } }) => ({
              awaited: (operations + 1) * id,
              operations: operations + 1,
            })),
          ],
        },
      },
    },
    reading: {
      on: {
        GetOk: {
          guard: 'isAwaited',
          target: 'finished',
          actions: [
            emit(({ event }) => mark('returned', { result: event.value })),
            assign(({ context }) => ({ awaited: null, operations: context.operations + 1 })),
          ],
        },
      },
    },
    finished: {},
  },
});

/** The nodes of the clients, to stand after those of the servers. */
export function registerClients(clients: number, servers: readonly string[]) {
  return replicate('client', clients, (_, index) =>
    defineProcess({
      machine: registerClient,
      input: {
        id: servers.length + index - 1,
        servers,
        letter: String.fromCharCode('A'.charCodeAt(0) + index - 1),
      },
    }),
  );
}

/** A bag without loss; a delivery that changes nothing is no transition, and the message stays. */
export const registerNetwork: NetworkOptions = { order: 'unordered', idle: 'disabled' };

/** Equal envelopes are kept with their number, of which this is more than there can be. */
export const registerScope: Scope = { copies: 9 };
