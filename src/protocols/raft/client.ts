/**
 * A client: it sends what it asks to the server that it takes for the leader, follows redirections, and turns to
 * the next server when no answer comes. With a session (dissertation 6.3) a command that was sent twice is
 * executed once; without, it may be executed twice.
 */
import { and, assign, emit, setup } from 'xstate';
import { type Address, type Effect, mark, type Received, send } from '../../model/effects.ts';
import type { PlainData } from '../../model/plain-data.ts';
import { type StoreOperation, storeCommand } from '../key-value-store/key-value.ts';
import type { ClientMessage, Order } from './messages.ts';

export interface ClientInput {
  readonly servers: readonly Address[];
  /** Whether it registers, and numbers its commands for the state machine. */
  readonly sessions: boolean;
}

/** What it asks for: a command to append, or a query of what has been applied. */
type Asked =
  | { readonly type: 'SUBMIT'; readonly command: PlainData }
  | { readonly type: 'QUERY'; readonly query: PlainData }
  /** What an administrator wants of the cluster. */
  | { readonly type: 'ADMINISTER'; readonly order: Order };

export interface ClientContext extends ClientInput {
  /** The server that it asks. */
  readonly server: Address;
  /** The number of the open request, or of the last one; answers to others are stale. */
  readonly serial: number;
  /** Null before it has registered, and without sessions. */
  readonly session: number | null;
  /** Null when nothing is open. */
  readonly asked: Asked | null;
}

/**
 * SUBMIT and QUERY are operations of the environment, of any state machine; what is asked of a key-value store
 * is one or the other, written so that a workload can draw its key and value.
 */
type Event = Received<ClientMessage> | Asked | StoreOperation;

function askedBy(event: Event): Asked | null {
  switch (event.type) {
    case 'SUBMIT':
    case 'QUERY':
    case 'ADMINISTER':
      return event;
    case 'PUT':
    case 'APPEND':
      return { type: 'SUBMIT', command: { ...storeCommand(event) } };
    case 'GET':
      return { type: 'QUERY', query: { ...storeCommand(event) } };
    default:
      return null;
  }
}

const resultOf = (event: Event): PlainData => (event.type === 'Response' ? event.result : null);
/** A field of an answer that is an object. */
const fieldOf = (event: Event, name: string): PlainData | undefined => {
  const result = resultOf(event);
  return typeof result === 'object' && result !== null && !Array.isArray(result)
    ? (result as Readonly<Record<string, PlainData>>)[name]
    : undefined;
};

const submitted = [
  { guard: 'needsSession', target: 'registering', actions: ['open', 'register'] },
  { target: 'waiting', actions: ['open', 'request'] },
] as const;
const queried = { target: 'waiting', actions: ['open', 'request'] } as const;

export const client = setup({
  types: {
    context: {} as ClientContext,
    input: {} as ClientInput,
    events: {} as Event,
    emitted: {} as Effect<ClientMessage>,
  },
  guards: {
    needsSession: ({ context }) => context.sessions && context.session === null,
    isOfOpenRequest: ({ context, event }) => 'serial' in event && event.serial === context.serial,
    knowsLeader: ({ event }) => event.type === 'Redirect' && event.leader !== null,
    /** The servers have forgotten the session, and with it whether the command was executed. */
    isOfUnknownSession: ({ event }) => fieldOf(event, 'unknownSession') === true,
  },
  actions: {
    open: assign({
      serial: ({ context }) => context.serial + 1,
      asked: ({ event }) => askedBy(event),
    }),
    register: emit(({ context: { server, serial } }) =>
      send(server, { type: 'Request', serial, command: { type: 'register' } }),
    ),
    keepSession: assign({
      session: ({ event }) => fieldOf(event, 'session') as number,
      serial: ({ context }) => context.serial + 1,
    }),
    forgetSession: assign({ session: null }),
    request: emit(({ context: { server, serial, session, asked } }) => {
      if (asked?.type === 'QUERY')
        return send(server, { type: 'Read', serial, query: asked.query });
      if (asked?.type === 'ADMINISTER')
        return send(server, { type: 'Order', serial, order: asked.order });
      const command = asked?.command ?? null;
      const numbered = { type: 'command', session, serial, command };
      return send(server, {
        type: 'Request',
        serial,
        command: session === null ? command : numbered,
      });
    }),
    turnToLeader: assign({
      server: ({ context, event }) =>
        event.type === 'Redirect' && event.leader !== null ? event.leader : context.server,
    }),
    turnToNext: assign({
      server: ({ context: { server, servers } }) =>
        servers[(servers.indexOf(server) + 1) % servers.length] as Address,
    }),
    markRetried: emit(mark('retried')),
    markReturned: emit(({ event }) => mark('returned', { result: resultOf(event) })),
    markUnknown: emit(mark('returned', { unknown: true })),
    close: assign({ asked: null }),
  },
  delays: { patience: 300 },
}).createMachine({
  id: 'client',
  context: ({ input }) => ({
    ...input,
    server: input.servers[0] as Address,
    serial: 0,
    session: null,
    asked: null,
  }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        SUBMIT: submitted,
        PUT: submitted,
        APPEND: submitted,
        QUERY: queried,
        GET: queried,
        ADMINISTER: queried,
      },
    },
    registering: {
      on: {
        Response: {
          guard: 'isOfOpenRequest',
          target: 'waiting',
          actions: ['keepSession', 'request'],
        },
        Redirect: {
          guard: and(['isOfOpenRequest', 'knowsLeader']),
          target: 'registering',
          reenter: true,
          actions: ['turnToLeader', 'register'],
        },
      },
      after: {
        patience: {
          target: 'registering',
          reenter: true,
          actions: ['markRetried', 'turnToNext', 'register'],
        },
      },
    },
    waiting: {
      on: {
        Response: [
          {
            guard: and(['isOfOpenRequest', 'isOfUnknownSession']),
            target: 'idle',
            actions: ['markUnknown', 'forgetSession', 'close'],
          },
          { guard: 'isOfOpenRequest', target: 'idle', actions: ['markReturned', 'close'] },
        ],
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
