/**
 * A client: it asks the view server who is primary, keeps to the answer as long as it is answered there, and asks
 * anew when it is refused or waits too long. One request is open at a time, and is the same until it is answered.
 */
import { assertEvent, assign, emit, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import {
  type StoreOperation,
  type StoreQuery,
  type StoreWrite,
  storeCommand,
} from '../key-value-store/key-value.ts';
import {
  isSameRequest,
  type LifeRecord,
  type Message,
  type Request,
  type View,
} from './messages.ts';

export interface ClientInput {
  readonly self: Address;
  readonly viewServer: Address;
  readonly life: number;
  /** What it has heard of the view. */
  readonly view: View;
}

export interface ClientContext extends ClientInput {
  readonly sequence: number;
  readonly operation: StoreWrite | StoreQuery | null;
}

function requestOf({ self, life, sequence, operation }: ClientContext): Request {
  if (operation === null) throw new Error('a client asks for an operation, and has none');
  return { client: self, life, sequence, operation };
}

const taken = [
  {
    guard: 'knowsPrimary' as const,
    target: 'asking.primary' as const,
    actions: ['take' as const, 'markProposed' as const],
  },
  { target: 'asking.viewServer' as const, actions: ['take' as const, 'markProposed' as const] },
];

export const client = setup({
  types: {
    context: {} as ClientContext,
    input: {} as ClientInput,
    events: {} as Received<Message> | StoreOperation,
    emitted: {} as Effect<Message, LifeRecord>,
  },
  guards: {
    hasReturned: ({ context }) => context.life > 1,
    knowsPrimary: ({ context }) => context.view.primary !== null,
    isNoOlderView: ({ context, event }) => {
      assertEvent(event, 'VIEW');
      return event.view.primary !== null && event.view.number >= context.view.number;
    },
    isAboutMyRequest: ({ context, event }) => {
      assertEvent(event, ['REPLY', 'NOT_PRIMARY']);
      return isSameRequest(event.to, requestOf(context));
    },
  },
  actions: {
    recordLife: emit(({ context }) => write(context.life, 'forced')),
    take: assign(({ context, event }) => {
      assertEvent(event, ['PUT', 'APPEND', 'GET']);
      return { sequence: context.sequence + 1, operation: storeCommand(event) };
    }),
    markProposed: emit(({ context }) => mark('proposed', { command: requestOf(context) })),
    askForView: emit(({ context }) => send(context.viewServer, { type: 'GET_VIEW' })),
    learnView: assign(({ event }) => {
      assertEvent(event, 'VIEW');
      return { view: event.view };
    }),
    request: emit(({ context }) =>
      send(context.view.primary?.server ?? [], { type: 'REQUEST', request: requestOf(context) }),
    ),
    markReturned: emit(({ event }) => {
      assertEvent(event, 'REPLY');
      return mark('returned', { result: event.result });
    }),
    markRetried: emit(mark('retried')),
    forget: assign({ operation: null }),
  },
  delays: { patience: 150 },
}).createMachine({
  id: 'client',
  context: ({ input }) => ({ ...input, sequence: 0, operation: null }),
  initial: 'starting',
  states: {
    starting: {
      always: [{ guard: 'hasReturned', target: 'idle', actions: 'recordLife' }, { target: 'idle' }],
    },
    idle: {
      on: { PUT: taken, APPEND: taken, GET: taken },
    },
    asking: {
      initial: 'viewServer',
      on: {
        REPLY: {
          guard: 'isAboutMyRequest',
          target: 'idle',
          actions: ['markReturned', 'forget'],
        },
      },
      states: {
        viewServer: {
          entry: 'askForView',
          on: { VIEW: { guard: 'isNoOlderView', target: 'primary', actions: 'learnView' } },
          after: { patience: { target: 'viewServer', reenter: true } },
        },
        primary: {
          entry: 'request',
          on: {
            NOT_PRIMARY: {
              guard: 'isAboutMyRequest',
              target: 'viewServer',
              actions: 'markRetried',
            },
          },
          after: { patience: { target: 'viewServer', actions: 'markRetried' } },
        },
      },
    },
  },
});
