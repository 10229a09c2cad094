/**
 * 9. Clients and marks: what the environment asks of clients, what they see as a history, what an observer keeps of the
 * past, and when a run may stand still. A register that clients ask again when no answer comes.
 *
 *     node --conditions=counterpoint-source --import tsx docs/examples/9-clients-and-marks.ts
 *     npm run -s counterpoint -- check docs/examples/9-clients-and-marks.ts
 *     npm run -s counterpoint -- fuzz docs/examples/9-clients-and-marks.ts --runs 20
 */
import { fileURLToPath } from 'node:url';
import type { Effect, Received } from 'counterpoint';
import {
  check,
  constant,
  defineProcess,
  defineSystem,
  integer,
  linearizable,
  mark,
  register,
  replicate,
  run,
  send,
  swarm,
  variant,
  write,
} from 'counterpoint';
import { assertEvent, assign, emit, setup } from 'xstate';

/** What the environment asks for. Its type and value are what the history says of the call. */
type Operation = { type: 'WRITE'; value: number } | { type: 'READ' };
type Message =
  | { type: 'REQUEST'; serial: number; operation: Operation }
  | { type: 'ANSWER'; serial: number; result: number | null };

const client = setup({
  types: {
    context: {} as { serial: number; operation: Operation },
    input: {} as { serial: number },
    events: {} as Received<Message> | Operation,
    emitted: {} as Effect<Message, number>,
  },
  guards: {
    isMine: ({ context, event }) => {
      assertEvent(event, 'ANSWER');
      return event.serial === context.serial;
    },
  },
  actions: {
    take: assign(({ context, event }) => {
      assertEvent(event, ['WRITE', 'READ']);
      return { serial: context.serial + 1, operation: event };
    }),
    forceSerial: emit(({ context }) => write(context.serial, 'forced')),
    ask: emit(({ context }) => send('server', { type: 'REQUEST', ...context })),
    // The call is marked `invoked` by itself, when the environment asks.
    markReturned: emit(({ event }) => {
      assertEvent(event, 'ANSWER');
      return mark('returned', { result: event.result });
    }),
  },
  delays: { patience: 100 },
}).createMachine({
  id: 'client',
  context: ({ input }) => ({ ...input, operation: { type: 'READ' } }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        WRITE: { target: 'asking', actions: ['take', 'forceSerial'] },
        READ: { target: 'asking', actions: ['take', 'forceSerial'] },
      },
    },
    asking: {
      entry: 'ask',
      on: { ANSWER: { guard: 'isMine', target: 'idle', actions: 'markReturned' } },
      after: { patience: { target: 'asking', reenter: true } },
    },
  },
});

/** What is on the disk, and what the server knows: the value, and the last answer to each client. */
interface Kept {
  value: number | null;
  answered: Record<string, { serial: number; result: number | null }>;
}

const server = setup({
  types: {
    context: {} as Kept,
    input: {} as Kept,
    events: {} as Received<Extract<Message, { type: 'REQUEST' }>>,
    emitted: {} as Effect<Message, Kept>,
  },
  guards: {
    isNew: ({ context, event }) => event.serial > (context.answered[event.from]?.serial ?? 0),
  },
  actions: {
    execute: assign(({ context, event: { operation, serial, from } }) => {
      const value = operation.type === 'WRITE' ? operation.value : context.value;
      const answer = { serial, result: operation.type === 'WRITE' ? null : value };
      return { value, answered: { ...context.answered, [from]: answer } };
    }),
    force: emit(({ context }) => write(context, 'forced')),
    markExecuted: emit(({ event }) => mark('executed', { by: event.from, serial: event.serial })),
    answer: emit(({ context, event }) => {
      const { serial, result } = context.answered[event.from] ?? { serial: 0, result: null };
      // Inline, `type` keeps its type; a helper that makes the message would say send<Message>(...).
      return send(event.from, { type: 'ANSWER', serial, result });
    }),
  },
}).createMachine({
  id: 'server',
  context: ({ input }) => input,
  initial: 'open',
  states: {
    open: {
      on: {
        REQUEST: [
          { guard: 'isNew', actions: ['execute', 'force', 'markExecuted', 'answer'] },
          { actions: 'answer' },
        ],
      },
    },
  },
});

const nothing: Kept = { value: null, answered: {} };

export const system = defineSystem({
  name: 'asked-again',
  parameters: { clients: integer(1, { min: 1, max: 9, description: 'clients c1, c2, ...' }) },
  nodes: ({ clients }) => ({
    server: defineProcess({
      machine: server,
      input: nothing,
      recover: (records) => records.at(-1) ?? nothing,
    }),
    // Whoever may crash says how it recovers: a serial number that is used twice would be taken for the same request.
    ...replicate('c', clients, (_, index) =>
      defineProcess({
        machine: client,
        input: { serial: 0 },
        recover: (records) => ({ serial: records.at(-1) ?? 0 }),
        delays: { patience: constant(100) },
        operations: [{ type: 'WRITE', value: index }, { type: 'READ' }],
      }),
    ),
  }),
  network: { order: 'unordered', loss: true },
  scope: { crashes: 1 },
  /** Ghost state, folded from the marks: as little as the properties need, since it is a part of each state. */
  observe: {
    initial: { last: {} as Record<string, number>, twice: null as string | null },
    on: (observed, { name, data }) => {
      if (name !== 'executed') return observed;
      const { by, serial } = data as { by: string; serial: number };
      const twice = observed.last[by] === serial ? by : observed.twice;
      return { last: { ...observed.last, [by]: serial }, twice };
    },
  },
  properties: [
    // A function of the constructors would know the types of `processes`; this list needs none of them.
    linearizable('linearizable', { model: register }),
    {
      kind: 'invariant',
      name: 'executed once',
      holds: ({ observed }) => observed.twice === null,
    },
    {
      kind: 'alwaysPossible',
      name: 'answered',
      goal: ({ all }) => all.every((one) => !one.in('asking')),
    },
  ],
  /** Asked at the end of a run: is there nothing left to wait for, and if there is, why may it wait? */
  settled: ({ all }) => all.every((one) => !one.in('asking')),
  blocked: ({ all, isUp, isConnected }) =>
    !isUp('server') || all.some(({ node }) => !isConnected(node, 'server'))
      ? 'the server cannot be reached'
      : undefined,
  scenarios: {
    'no-faults': { description: 'Nothing fails.' },
    crash: {
      description: 'The server dies before its first answer, and comes back.',
      faults: [
        {
          fault: 'crash',
          node: 'server',
          point: { moment: 'before', nth: 1, message: 'ANSWER' },
          forMs: 80,
        },
      ],
    },
  },
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const forgetful = variant(system, 'forgetful', {
    provide: { server: { guards: { isNew: () => true } } },
  });
  for (const one of [system, forgetful]) {
    const { verdict, distinct, properties } = check(one);
    const broken = properties.filter((property) => property.verdict === 'violated');
    console.log(`${one.name}: ${[verdict, ...broken.map(({ name }) => name)].join(', ')}`);
    if (verdict === 'holds') console.log(`  in ${distinct} states`);
  }
  const outcomes = [1, 2, 3, 4, 5].map((seed) => run(system, { seed, ...swarm(system, seed) }));
  console.log(
    `five swarms: ${outcomes.map(({ verdict, outcome }) => `${verdict} ${outcome}`).join(', ')}`,
  );
  console.log(`crash: ${run(system, { seed: 1, scenario: 'crash' }).outcome}`);
}
