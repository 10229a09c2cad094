/** A till that customers pay into and take out of: their operations decide what can happen. */
import {
  defineProcess,
  defineSystem,
  type Effect,
  type Received,
  replicate,
  send,
} from 'counterpoint';
import { assign, emit, setup } from 'xstate';

type Message = { type: 'PAY' } | { type: 'TAKE' } | { type: 'DONE' };
const types = { events: {} as Received<Message>, emitted: {} as Effect<Message> };

const customer = setup({
  types: { ...types, events: {} as Received<Message> | { type: 'PAY_IN' } | { type: 'TAKE_OUT' } },
}).createMachine({
  id: 'customer',
  initial: 'idle',
  states: {
    idle: {
      on: {
        PAY_IN: { target: 'waiting', actions: emit(send('till', { type: 'PAY' })) },
        TAKE_OUT: { target: 'waiting', actions: emit(send('till', { type: 'TAKE' })) },
      },
    },
    waiting: { on: { DONE: 'idle' } },
  },
});

const till = setup({
  types: { ...types, context: {} as { coins: number } },
  guards: { isBroken: () => false },
  actions: {
    add: assign({ coins: ({ context }) => context.coins + 1 }),
    remove: assign({ coins: ({ context }) => context.coins - 1 }),
    answer: emit(({ event }) => send(event.from, { type: 'DONE' })),
  },
}).createMachine({
  id: 'till',
  context: { coins: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        PAY: [{ guard: 'isBroken', actions: 'answer' }, { actions: ['add', 'answer'] }],
        TAKE: { actions: ['remove', 'answer'] },
      },
    },
    // Nothing leads here: what coverage has to tell.
    closed: {},
  },
});

/** Each customer pays in before taking out, so that the till never lacks a coin. */
export const tillSystem = defineSystem({
  name: 'till',
  parameters: { customers: 2 },
  nodes: ({ customers }) => ({
    till: defineProcess({ machine: till }),
    ...replicate('c', customers, () =>
      defineProcess({
        machine: customer,
        operations: [{ type: 'PAY_IN' }, { type: 'TAKE_OUT' }, { type: 'PAY_IN' }],
      }),
    ),
  }),
  properties: ({ invariant }) => [
    invariant(
      'no debt',
      ({ processes }) => !processes.till.up || processes.till.context.coins >= 0,
    ),
  ],
});
