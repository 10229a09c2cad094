/** A client of Multi-Paxos: one command after the other, asked again until it is answered. */
import { assign, emit, setup } from 'xstate';
import { type Address, type Effect, mark, type Received, send } from '../../model/effects.ts';
import { canonical } from '../../model/plain-data.ts';
import type { Command, Message } from './messages.ts';

export interface ClientInput {
  readonly servers: readonly Address[];
}

export interface ClientContext extends ClientInput {
  readonly command: Command;
  /** The server that is asked. */
  readonly target: Address;
}

type Event = Received<Message> | { readonly type: 'SUBMIT'; readonly command: Command };

export const client = setup({
  types: {
    context: {} as ClientContext,
    input: {} as ClientInput,
    events: {} as Event,
    emitted: {} as Effect<Message>,
  },
  guards: {
    isAnswer: ({ context, event }) =>
      event.type === 'REPLY' && canonical(event.command) === canonical(context.command),
    isNews: ({ context, event }) =>
      event.type === 'REDIRECT' && event.from === context.target && event.leader !== event.from,
  },
  actions: {
    take: assign({
      command: ({ context, event }) => (event.type === 'SUBMIT' ? event.command : context.command),
    }),
    markProposed: emit(({ context }) => mark('proposed', { command: context.command })),
    request: emit(({ context }) =>
      send(context.target, { type: 'REQUEST', command: context.command }),
    ),
    follow: assign({
      target: ({ context, event }) => (event.type === 'REDIRECT' ? event.leader : context.target),
    }),
    tryNext: assign({
      target: ({ context: { servers, target } }) =>
        servers[(servers.indexOf(target) + 1) % servers.length] as Address,
    }),
    returnCommand: emit(({ context }) => mark('returned', { command: context.command })),
    forget: assign({ command: null }),
  },
  delays: { retry: 200 },
}).createMachine({
  id: 'client',
  context: ({ input }) => ({ ...input, command: null, target: input.servers[0] as Address }),
  initial: 'idle',
  states: {
    idle: { on: { SUBMIT: { target: 'asking', actions: ['take', 'markProposed'] } } },
    asking: {
      entry: 'request',
      on: {
        REPLY: { guard: 'isAnswer', target: 'idle', actions: ['returnCommand', 'forget'] },
        REDIRECT: { guard: 'isNews', target: 'asking', reenter: true, actions: 'follow' },
      },
      after: { retry: { target: 'asking', reenter: true, actions: 'tryNext' } },
    },
  },
});
