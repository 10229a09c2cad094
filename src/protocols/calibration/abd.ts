/**
 * The linearizable register of Attiya, Bar-Noy and Dolev (Sharing Memory Robustly in Message-Passing
 * Systems, 1995; stateright/stateright, linearizable-register.rs): each operation asks a majority for the
 * newest value and then records the value, a read too, at a majority.
 */
import { assign, emit, setup } from 'xstate';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess } from '../../model/process.ts';
import type { Reply, Request } from './register-clients.ts';
import { allHaveFinished, registerSystem } from './register-system.ts';

/** Ordered by the counter, then by the server. */
type Seq = readonly [counter: number, server: number];

interface Versioned {
  readonly seq: Seq;
  readonly value: string | null;
}

type Peer =
  | { readonly type: 'Query'; readonly request: number }
  | ({ readonly type: 'AckQuery'; readonly request: number } & Versioned)
  | ({ readonly type: 'Record'; readonly request: number } & Versioned)
  | { readonly type: 'AckRecord'; readonly request: number };

/** The operation under way: what it writes, or else that it reads. */
interface Task {
  readonly request: number;
  readonly client: string;
  readonly write: string | null;
  /** Of the first phase: by server, itself included. */
  readonly responses: Readonly<Record<string, Versioned>>;
  /** Of the second phase: what a read returns, and who has acknowledged, sorted. */
  readonly read: string | null;
  readonly acks: readonly string[];
}

interface Server extends Versioned {
  readonly id: number;
  readonly name: string;
  readonly others: readonly string[];
  readonly task: Task | null;
}

function isNewer([counter, server]: Seq, [thanCounter, thanServer]: Seq): boolean {
  return counter > thanCounter || (counter === thanCounter && server > thanServer);
}

function majority({ others }: Server): number {
  return Math.floor((others.length + 1) / 2) + 1;
}

type AckQuery = Extract<Received<Peer>, { readonly type: 'AckQuery' }>;

/** The task with one response more. */
function responded(task: Task | null, { from, seq, value }: AckQuery): Task {
  if (task === null) throw new Error('broken promise: there is no operation under way');
  return { ...task, responses: { ...task.responses, [from]: { seq, value } } };
}

/**
 * What the second phase records, once the last response is in: the newest response, or what is to be
 * written, as newer than that.
 */
function toRecord({ id, task }: Server, last: AckQuery): Versioned {
  const { write, responses } = responded(task, last);
  const newest = Object.values(responses).reduce((a, b) => (isNewer(b.seq, a.seq) ? b : a));
  return write === null ? newest : { seq: [newest.seq[0] + 1, id], value: write };
}

export const abdServer = setup({
  types: {
    context: {} as Server,
    input: {} as Pick<Server, 'id' | 'name' | 'others'>,
    events: {} as Received<Request> | Received<Peer>,
    emitted: {} as Effect<Peer | Reply>,
  },
  guards: {
    isAwaited: ({ context: { task }, event }) => event.request === task?.request,
    completesQuery: ({ context, event: { request, from } }) => {
      const { task } = context;
      if (task === null || request !== task.request) return false;
      return new Set([...Object.keys(task.responses), from]).size === majority(context);
    },
    isNewAck: ({ context: { task }, event: { request, from } }) =>
      request === task?.request && !task.acks.includes(from),
    completesRecord: ({ context, event: { request, from } }) => {
      const { task } = context;
      return (
        request === task?.request &&
        !task.acks.includes(from) &&
        task.acks.length + 1 === majority(context)
      );
    },
    isNewer: ({ context, event }) => event.type === 'Record' && isNewer(event.seq, context.seq),
  },
  actions: {
    begin: assign(({ context: { name, seq, value }, event }) => {
      if (event.type !== 'Put' && event.type !== 'Get') return {};
      const write = event.type === 'Put' ? event.value : null;
      const responses = { [name]: { seq, value } };
      const { request, from: client } = event;
      return { task: { request, client, write, responses, read: null, acks: [] } };
    }),
    record: emit(({ context, event }) =>
      send(context.others, {
        type: 'Record',
        request: event.request,
        ...toRecord(context, event as AckQuery),
      }),
    ),
    adopt: assign(({ context, event }) => {
      const { name, task: before, seq, value } = context;
      const recorded = toRecord(context, event as AckQuery);
      const task = { ...(before as Task), responses: {}, acks: [name] };
      return {
        ...(isNewer(recorded.seq, seq) ? recorded : { seq, value }),
        task: task.write === null ? { ...task, read: recorded.value } : task,
      };
    }),
    acknowledge: emit(({ event }) =>
      send(event.from, { type: 'AckRecord', request: event.request }),
    ),
  },
}).createMachine({
  id: 'abd-server',
  context: ({ input }) => ({ ...input, seq: [0, input.id], value: null, task: null }),
  initial: 'idle',
  on: {
    Query: {
      actions: emit(({ context: { seq, value }, event: { from, request } }) =>
        send(from, { type: 'AckQuery', request, seq, value }),
      ),
    },
    Record: [
      {
        guard: 'isNewer',
        actions: ['acknowledge', assign(({ event: { seq, value } }) => ({ seq, value }))],
      },
      { actions: 'acknowledge' },
    ],
  },
  states: {
    idle: {
      on: {
        Put: { target: 'querying', actions: 'begin' },
        Get: { target: 'querying', actions: 'begin' },
      },
    },
    querying: {
      entry: emit(({ context: { others, task } }) =>
        send(others, { type: 'Query', request: task?.request ?? 0 }),
      ),
      on: {
        AckQuery: [
          {
            guard: 'completesQuery',
            target: 'recording',
            actions: ['record', 'adopt'],
          },
          {
            guard: 'isAwaited',
            actions: assign(({ context, event }) => ({
              task: responded(context.task, event),
            })),
          },
        ],
      },
    },
    recording: {
      on: {
        AckRecord: [
          {
            guard: 'completesRecord',
            target: 'idle',
            actions: [
              emit(({ context: { task } }) => {
                const { client, request, write, read } = task as Task;
                return write === null
                  ? send(client, { type: 'GetOk', request, value: read })
                  : send(client, { type: 'PutOk', request });
              }),
              assign({ task: null }),
            ],
          },
          {
            guard: 'isNewAck',
            actions: assign(({ context, event }) => {
              const task = context.task as Task;
              return { task: { ...task, acks: [...task.acks, event.from].sort() } };
            }),
          },
        ],
      },
    },
  },
});

export const abd = registerSystem({
  name: 'calibration/abd',
  description: 'The register of Attiya, Bar-Noy and Dolev, with clients and history.',
  servers: integer(2, { min: 1, max: 5 }),
  server: (input) => defineProcess({ machine: abdServer, input }),
  reaches: allHaveFinished,
});
