/**
 * Clients that contend for one row under optimistic concurrency (Brooker, Exponential Backoff and Jitter, 2015;
 * aws-samples/aws-arch-backoff-simulator): each reads the row's version and writes with it, and whoever is not the
 * first to do so waits by the policy `retry` and reads again.
 */
import { assign, emit, setup } from 'xstate';
import { constant, empirical } from '../model/distribution.ts';
import { type Effect, type Received, send } from '../model/effects.ts';
import { defineNode, defineProcess, type Process, replicate } from '../model/process.ts';
import { defineSystem } from '../model/system.ts';
import type { Backoff } from '../patterns/resilience/backoff.ts';
import { defineCaller } from '../patterns/resilience/caller.ts';
import { asked, callOf, type Place, type Policy } from '../patterns/resilience/policy.ts';
import { retry } from '../patterns/resilience/retry.ts';
import {
  attemptOf,
  type Call,
  type Failed,
  type Reply,
  type ServiceMessage,
} from '../patterns/services/messages.ts';
import type { Services } from '../patterns/services/services.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { normalQuantiles } from '../statistics/normal.ts';

/** The algorithms of the article. Its exponents count failures from 1, so the first wait is twice its base. */
export const algorithms = {
  none: { kind: 'constant', ms: 0 },
  exponential: { kind: 'exponential', ms: 10, capMs: 2000 },
  decorrelatedJitter: { kind: 'decorrelated', ms: 5, capMs: 2000 },
  equalJitter: { kind: 'exponential', ms: 10, capMs: 2000, jitter: 'equal' },
  fullJitter: { kind: 'exponential', ms: 10, capMs: 2000, jitter: 'full' },
} as const satisfies Readonly<Record<string, Backoff>>;

export type Algorithm = keyof typeof algorithms;
export const algorithmNames = Object.keys(algorithms) as readonly Algorithm[];

/** Each message takes |Normal(10, 2)| ms: the law in a thousand equally likely values, all above zero. */
const latency = empirical(normalQuantiles(10, 2, 1000));

/** What came of one trial. */
export interface Trial {
  /** Until the last client has written. */
  readonly completionMs: number;
  readonly writeCalls: number;
}

interface Write {
  readonly version: number;
}

type Asked = Received<ServiceMessage>;

/** The row: a call without an input reads its version, one with a version writes if that is still current. */
const row = setup({
  types: {
    context: {} as { readonly version: number },
    events: {} as Asked,
    emitted: {} as Effect<ServiceMessage>,
  },
  guards: {
    isRead: ({ event }) => (event as Call).input === undefined,
    isCurrent: ({ context, event }) => ((event as Call).input as Write).version === context.version,
  },
  actions: {
    write: assign({ version: ({ context }) => context.version + 1 }),
    answer: emit(({ context, event }) => {
      const { key, from, attempt } = event as Received<Call>;
      const reply: Reply = {
        type: 'reply',
        key,
        output: context.version,
        ...attemptOf({ attempt }),
      };
      return send(from, reply);
    }),
    refuse: emit(({ event }) => {
      const { key, from, attempt } = event as Received<Call>;
      const failed: Failed = { type: 'failed', key, error: 'conflict', ...attemptOf({ attempt }) };
      return send(from, failed);
    }),
  },
}).createMachine({
  id: 'row',
  context: { version: 0 },
  on: {
    call: [
      { guard: 'isRead', actions: 'answer' },
      { guard: 'isCurrent', actions: ['write', 'answer'] },
      { actions: 'refuse' },
    ],
  },
});

/** An attempt: a read, and a write with what was read. It is what the retry makes again. */
function readThenWrite(place: Place) {
  return setup({
    types: {
      context: {} as { readonly call: ReturnType<typeof asked> | null },
      events: {} as Asked,
      emitted: {} as Effect<ServiceMessage>,
    },
    actions: {
      hold: assign(({ event }) => ({ call: asked(event as Received<Call>) })),
      read: emit(({ context }) => place.below(callOf(held(context)))),
      write: emit(({ context, event }) => {
        const input: Write = { version: (event as Reply).output as number };
        return place.below(callOf({ ...held(context), input }));
      }),
      passOn: emit(({ context, event }) => {
        const { from: _, ...answer } = event as Received<Reply> | Received<Failed>;
        return send(held(context).from, answer);
      }),
    },
  }).createMachine({
    id: 'read-then-write',
    context: { call: null },
    initial: 'idle',
    states: {
      idle: { on: { call: { target: 'reading', actions: ['hold', 'read'] } } },
      reading: { on: { reply: { target: 'writing', actions: 'write' } } },
      writing: {
        on: {
          reply: { target: 'idle', actions: 'passOn' },
          failed: { target: 'idle', actions: 'passOn' },
        },
      },
    },
  });
}

function held({ call }: { readonly call: ReturnType<typeof asked> | null }) {
  if (call === null) throw new Error('broken promise: an attempt without a call');
  return call;
}

const optimistic: Policy = {
  kind: 'optimistic',
  options: {},
  parts: (place) => ({ process: defineProcess({ machine: readThenWrite(place) }) as Process }),
};

const services: Services<'row'> = {
  ids: ['row'],
  nodes: { row: defineNode({ processes: { desk: defineProcess({ machine: row }) as Process } }) },
  call: (service, key, input) =>
    send('row/desk', { type: 'call', service, key, ...(input === undefined ? {} : { input }) }),
  cancel: (service, key) => send('row/desk', { type: 'cancel', service, key }),
  effects: () => 'every',
};

/** The row, and clients c1, c2, ... that back off so. */
function contention(clients: number, backoff: Backoff) {
  const policies = [retry({ attempts: null, on: ['conflict'], backoff, levels: 20 }), optimistic];
  return defineSystem({
    name: 'contended-row',
    nodes: () => ({
      ...services.nodes,
      ...replicate('c', clients, (id) =>
        defineCaller(services, {
          policies,
          operations: [{ type: 'REQUEST', service: 'row', call: id }],
        }),
      ),
    }),
  });
}

/** All clients begin at once, and each writes the row once. */
export function contend(algorithm: Algorithm, clients: number, seed: Seed): Trial {
  const done = run(contention(clients, algorithms[algorithm]), {
    seed,
    latency,
    forceLatency: constant(0),
    think: constant(0),
    horizonMs: 1e7,
  });
  const { returned, attempts, latency: taken } = done.metrics.operations;
  if (returned !== clients || taken.maxMs === null)
    throw new Error(`broken promise: ${returned} of ${clients} clients have written`);
  return { completionMs: taken.maxMs, writeCalls: attempts };
}
