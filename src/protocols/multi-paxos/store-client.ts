/**
 * A client of the store on Multi-Paxos: one operation after the other, asked again after a time-out and of
 * another server until it is answered. Every request has a number, and with a session it is executed once.
 */
import { and, assign, emit, setup } from 'xstate';
import { type Address, type Effect, mark, type Received, send } from '../../model/effects.ts';
import { canonical, type PlainData } from '../../model/plain-data.ts';
import { type StoreOperation, storeCommand } from '../key-value-store/key-value.ts';
import type { SessionCommand, UnkeptCommand } from '../key-value-store/sessions.ts';
import type { Message } from './messages.ts';

export interface StoreClientInput {
  readonly self: Address;
  readonly servers: readonly Address[];
  /** Whether it registers, and numbers its commands for the state machine. */
  readonly sessions: boolean;
}

export interface StoreClientContext extends StoreClientInput {
  /** The server that is asked. */
  readonly target: Address;
  /** The number of the open request, or of the last one. */
  readonly serial: number;
  /** The slot of its registration; null before it has registered, and without sessions. */
  readonly session: number | null;
  /** Null when nothing is open. */
  readonly asked: StoreOperation | null;
}

type Event = Received<Message> | StoreOperation;

/** What it wants in the log next: its registration, where it has none, or what it is asked. */
function request({
  self,
  sessions,
  session,
  serial,
  asked,
}: StoreClientContext): SessionCommand | UnkeptCommand {
  if (sessions && session === null) return { type: 'register', client: self, serial };
  if (asked === null) throw new Error('broken promise: a client that asks has an operation');
  const command = { ...storeCommand(asked) };
  if (session === null) return { type: 'unkept', client: self, serial, command };
  return { type: 'command', session, serial, command };
}

const resultOf = (event: Event): PlainData => (event.type === 'REPLY' ? event.result : null);
/** A field of a result that is an object. */
const fieldOf = (event: Event, name: string): PlainData | undefined => {
  const result = resultOf(event);
  return typeof result === 'object' && result !== null && !Array.isArray(result)
    ? (result as Readonly<Record<string, PlainData>>)[name]
    : undefined;
};

const taken = { target: 'asking', actions: ['open', 'markProposed'] } as const;

export const storeClient = setup({
  types: {
    context: {} as StoreClientContext,
    input: {} as StoreClientInput,
    events: {} as Event,
    emitted: {} as Effect<Message>,
  },
  guards: {
    /** Requests differ in their numbers, so that an answer to another one is stale. */
    isAnswer: ({ context, event }) =>
      event.type === 'REPLY' && canonical(event.command) === canonical(request(context)),
    needsSession: ({ context }) => context.sessions && context.session === null,
    /** The servers have forgotten the session, and with it whether the command was executed. */
    isOfUnknownSession: ({ event }) => fieldOf(event, 'unknownSession') === true,
    isNews: ({ context, event }) =>
      event.type === 'REDIRECT' && event.from === context.target && event.leader !== event.from,
  },
  actions: {
    open: assign({
      serial: ({ context }) => context.serial + 1,
      asked: ({ event }) =>
        event.type === 'PUT' || event.type === 'APPEND' || event.type === 'GET' ? event : null,
    }),
    markProposed: emit(({ context }) => mark('proposed', { command: request(context) })),
    request: emit(({ context }) =>
      send(context.target, { type: 'REQUEST', command: request(context) }),
    ),
    keepSession: assign({
      session: ({ event }) => fieldOf(event, 'session') as number,
      serial: ({ context }) => context.serial + 1,
    }),
    forgetSession: assign({ session: null }),
    follow: assign({
      target: ({ context, event }) => (event.type === 'REDIRECT' ? event.leader : context.target),
    }),
    tryNext: assign({
      target: ({ context: { servers, target } }) =>
        servers[(servers.indexOf(target) + 1) % servers.length] as Address,
    }),
    markRetried: emit(mark('retried')),
    markReturned: emit(({ event }) => mark('returned', { result: resultOf(event) })),
    markUnknown: emit(mark('returned', { unknown: true })),
    close: assign({ asked: null }),
  },
  delays: { retry: 200 },
}).createMachine({
  id: 'store-client',
  context: ({ input }) => ({
    ...input,
    target: input.servers[0] as Address,
    serial: 0,
    session: null,
    asked: null,
  }),
  initial: 'idle',
  states: {
    idle: { on: { PUT: taken, APPEND: taken, GET: taken } },
    asking: {
      entry: 'request',
      on: {
        REPLY: [
          {
            guard: and(['isAnswer', 'needsSession']),
            target: 'asking',
            reenter: true,
            actions: ['keepSession', 'markProposed'],
          },
          {
            guard: and(['isAnswer', 'isOfUnknownSession']),
            target: 'idle',
            actions: ['markUnknown', 'forgetSession', 'close'],
          },
          { guard: 'isAnswer', target: 'idle', actions: ['markReturned', 'close'] },
        ],
        REDIRECT: { guard: 'isNews', target: 'asking', reenter: true, actions: 'follow' },
      },
      after: {
        retry: { target: 'asking', reenter: true, actions: ['markRetried', 'tryNext'] },
      },
    },
  },
});
