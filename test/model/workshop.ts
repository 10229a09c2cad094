/**
 * A system with a bit of everything, for tests: a node of two processes and a family, local sends, forced
 * and unforced records, a completion, a compaction, timers, choices, operations, recovery, history.
 */
import { assign, emit, setup } from 'xstate';
import { constant, exponential } from '../../src/model/distribution.ts';
import {
  type Effect,
  type Finished,
  mark,
  type Received,
  replaceRecords,
  send,
  start,
  stop,
  write,
} from '../../src/model/effects.ts';
import { defineFamily, defineNode, defineProcess } from '../../src/model/process.ts';
import { defineSystem } from '../../src/model/system.ts';

type Message =
  | { readonly type: 'ORDER'; readonly item: string }
  | { readonly type: 'NOTE'; readonly text: string }
  | { readonly type: 'BILL'; readonly item: string }
  | { readonly type: 'PAID'; readonly item: string }
  | { readonly type: 'GO' };

type WorkshopRecord = { readonly record: string };

/** Takes orders, starts a job for each, and stops it when it is told to. */
const master = setup({
  types: {
    context: {} as {
      readonly started: readonly string[];
      readonly done: readonly string[];
      readonly known: number;
    },
    input: {} as { readonly known: number },
    events: {} as
      | Received<Message>
      | Finished
      | { readonly type: 'TIDY' }
      | { readonly type: 'CANCEL' }
      | { readonly type: 'SAVED' },
    emitted: {} as Effect<Message, WorkshopRecord>,
  },
  delays: { nap: 50 },
}).createMachine({
  id: 'master',
  context: ({ input }) => ({ started: [], done: [], known: input.known }),
  initial: 'awake',
  states: {
    awake: {
      on: {
        ORDER: {
          // A copy of an order must not start its job again.
          guard: ({ context, event }) => !context.started.includes(event.item),
          actions: [
            assign({ started: ({ context, event }) => [...context.started, event.item].sort() }),
            emit(({ event }) => start('job', event.item, { item: event.item })),
            emit(({ event }) => write({ record: `ordered ${event.item}` }, 'unforced')),
            emit(({ event }) => send('clerk', { type: 'NOTE', text: event.item })),
            emit(mark('ordered')),
          ],
        },
        FINISHED: {
          actions: [
            assign({ done: ({ context, event }) => [...context.done, event.key].sort() }),
            emit(({ event }) => write({ record: `done ${event.key}` }, 'forced')),
            emit(({ event }) => send('client', { type: 'BILL', item: event.key })),
          ],
        },
        CANCEL: { actions: emit(stop('job', 'chair')) },
        TIDY: {
          guard: ({ context }) => context.done.length > 0,
          target: 'tidying',
          actions: [
            assign({ done: [] }),
            emit(({ context }) =>
              replaceRecords([{ record: `tidied ${context.done.length}` }], 'SAVED'),
            ),
          ],
        },
      },
      after: { nap: 'asleep' },
    },
    tidying: { on: { SAVED: { target: 'awake', actions: emit(mark('tidy')) } } },
    asleep: { on: { ORDER: 'awake', GO: 'awake' } },
  },
});

/** Notes what it hears, and every second note makes it answer to itself. */
const clerk = setup({
  types: {
    context: {} as { readonly notes: readonly string[] },
    events: {} as Received<Message>,
    emitted: {} as Effect<Message, WorkshopRecord>,
  },
}).createMachine({
  id: 'clerk',
  context: { notes: [] },
  initial: 'idle',
  states: {
    idle: {
      on: {
        NOTE: {
          actions: [
            assign({ notes: ({ context, event }) => [...context.notes, event.text].slice(-2) }),
            emit(({ event }) => write({ record: `noted ${event.text}` }, 'forced')),
            emit(({ event }) => send('job/'.concat(event.text), { type: 'GO' })),
          ],
        },
      },
    },
  },
});

/** A job works when it is let, and ends after its delay. */
const job = setup({
  types: {
    context: {} as { readonly item: string },
    input: {} as { readonly item: string },
    events: {} as Received<Message> | { readonly type: 'HURRY' },
    emitted: {} as Effect<Message, WorkshopRecord>,
    output: {} as { readonly item: string },
  },
  delays: { work: 10 },
}).createMachine({
  id: 'job',
  context: ({ input }) => input,
  initial: 'waiting',
  output: ({ context }) => ({ item: context.item }),
  states: {
    waiting: { on: { GO: 'working' } },
    working: {
      entry: emit(({ context }) => write({ record: `began ${context.item}` }, 'unforced')),
      after: { work: 'finished' },
      on: { HURRY: 'finished' },
    },
    finished: { type: 'final' },
  },
});

/** Orders and pays; it may spare itself the shop for a while, and then goes on where it was. */
const client = setup({
  types: {
    events: {} as
      | Received<Message>
      | { readonly type: 'BUY'; readonly item: string }
      | { readonly type: 'SPARE' },
    emitted: {} as Effect<Message>,
  },
}).createMachine({
  id: 'client',
  initial: 'shop',
  states: {
    shop: {
      initial: 'looking',
      states: {
        looking: {
          on: {
            BUY: {
              target: 'waiting',
              actions: [
                emit(({ event }) => send('shop/master', { type: 'ORDER', item: event.item })),
                emit(mark('bought')),
              ],
            },
          },
        },
        waiting: {
          on: {
            BILL: {
              target: 'looking',
              actions: emit(({ event }) => send(event.from, { type: 'PAID', item: event.item })),
            },
          },
        },
        past: { type: 'history', history: 'deep' },
      },
      on: { SPARE: 'out' },
    },
    out: { on: { SPARE: 'shop.past' } },
  },
});

export const workshop = defineSystem({
  name: 'workshop',
  parameters: { orders: 2 },
  nodes: ({ orders }) => ({
    shop: defineNode({
      processes: {
        master: defineProcess({
          machine: master,
          input: { known: 0 },
          delays: { nap: constant(40) },
          choices: [
            { event: { type: 'TIDY' }, after: exponential(20) },
            { event: { type: 'CANCEL' }, weight: 0.5, after: exponential(30) },
            { event: { type: 'GO', from: 'nobody' }, weight: 0 },
          ],
          recover: (records) => ({ known: records.length }),
        }),
        clerk: defineProcess({ machine: clerk }),
      },
      families: {
        job: defineFamily({
          machine: job,
          choices: [{ event: { type: 'HURRY' }, after: exponential(20) }],
        }),
      },
    }),
    client: defineProcess({
      machine: client,
      operations: ['chair', 'desk', 'bench', 'shelf']
        .slice(0, orders)
        .map((item) => ({ type: 'BUY' as const, item })),
      choices: [{ event: { type: 'SPARE' }, after: exponential(40) }],
    }),
  }),
  network: { order: 'unordered', loss: true, duplication: true },
  observe: {
    initial: {} as Readonly<Record<string, number>>,
    on: (observed, { name }) => ({ ...observed, [name]: (observed[name] ?? 0) + 1 }),
  },
});
