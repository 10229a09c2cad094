/** Clients of workloads: one that takes an operation at a time, one that takes all at once; and a server. */
import { assign, emit, setup } from 'xstate';
import {
  constant,
  type Distribution,
  defineProcess,
  defineSystem,
  type Effect,
  mark,
  type Received,
  replicate,
  run,
  send,
} from '../../src/index.ts';

type Message = { type: 'ASK'; call: string } | { type: 'ANSWER'; call: string; fails: boolean };
type Operation =
  | { type: 'READ'; key?: string; call?: string }
  | { type: 'WRITE'; key?: string; call?: string };
const types = {
  events: {} as Received<Message> | Operation | { type: 'DONE' },
  emitted: {} as Effect<Message>,
};

/** Busy until it has its answer. */
const single = setup({ types }).createMachine({
  id: 'single',
  initial: 'idle',
  states: {
    idle: {
      on: {
        READ: { target: 'asking', actions: emit(send('server', { type: 'ASK', call: '' })) },
        WRITE: { target: 'asking', actions: emit(send('server', { type: 'ASK', call: '' })) },
      },
    },
    asking: {
      on: {
        ANSWER: [
          {
            guard: ({ event }) => event.fails,
            target: 'idle',
            actions: emit(mark('failed')),
          },
          { target: 'idle', actions: emit(mark('returned')) },
        ],
      },
    },
  },
});

/** Hands every operation on, and tells answers apart by their calls. */
const many = setup({
  types,
  actions: {
    ask: emit(({ event }) =>
      send('server', { type: 'ASK', call: (event as { call?: string }).call ?? '' }),
    ),
  },
}).createMachine({
  id: 'many',
  on: {
    READ: { actions: 'ask' },
    WRITE: { actions: 'ask' },
    ANSWER: {
      actions: emit(({ event }) => mark(event.fails ? 'failed' : 'returned', { call: event.call })),
    },
  },
});

/** Answers at once; the first `failures` answers to a call are failures, and so many calls are ignored. */
const server = setup({
  types: {
    ...types,
    context: {} as { seen: Readonly<Record<string, number>>; failures: number; silences: number },
    input: {} as { failures: number; silences: number },
  },
  guards: {
    isSilent: ({ context, event }) =>
      (context.seen[(event as { call: string }).call] ?? 0) < context.silences,
  },
  actions: {
    count: assign({
      seen: ({ context, event }) => {
        if (context.failures + context.silences === 0) return context.seen;
        const { call } = event as { call: string };
        return { ...context.seen, [call]: (context.seen[call] ?? 0) + 1 };
      },
    }),
    answer: emit(({ context, event }) => {
      const { from, call } = event as Received<Extract<Message, { type: 'ASK' }>>;
      const fails = (context.seen[call] ?? 0) < context.failures;
      return send(from, { type: 'ANSWER', call, fails });
    }),
  },
}).createMachine({
  id: 'server',
  context: ({ input }) => ({ seen: {}, ...input }),
  on: {
    ASK: [{ guard: 'isSilent', actions: 'count' }, { actions: ['answer', 'count'] }],
  },
});

export const clients = defineSystem({
  name: 'clients',
  parameters: { clients: 1, failures: 0, silences: 0, concurrent: false },
  nodes: (given) => ({
    server: defineProcess({
      machine: server,
      input: { failures: given.failures, silences: given.silences },
    }),
    ...replicate('c', given.clients, () =>
      defineProcess({
        machine: given.concurrent ? (many as unknown as typeof single) : single,
        operations: [{ type: 'READ' }, { type: 'WRITE' }],
      }),
    ),
  }),
  properties: ({ invariant }) => [invariant('nothing', () => true)],
});

/** The same system with 10 ms a message, unless told otherwise: an operation takes 20 ms. */
export function asked(
  workload: NonNullable<Parameters<typeof run>[1]['workload']>,
  more: Omit<Parameters<typeof run<typeof clients>>[1], 'seed'> & {
    readonly seed?: number | string;
    readonly latency?: Distribution;
  } = {},
) {
  return run(clients, { seed: 1, latency: constant(10), horizonMs: 1000, workload, ...more });
}

/** When operations were started, in ms, and what they were. */
export function startsOf(done: ReturnType<typeof asked>) {
  return done.trace.flatMap(({ atUs = 0, decision }) =>
    decision.type === 'invoke'
      ? [{ atMs: atUs / 1000, process: decision.process, operation: decision.operation }]
      : [],
  );
}
