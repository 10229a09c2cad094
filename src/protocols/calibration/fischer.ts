/**
 * Fischer's mutual exclusion (M. Fischer, 1985, by way of L. Lamport, *A Fast Mutual Exclusion Algorithm*,
 * ACM TOCS 1987): the classic of timed model checking, whose safety is nothing but a matter of time. Who
 * finds the shared variable free writes its own name within `write` ticks, waits `wait` ticks, and enters
 * when its name still stands there. With closed bounds it excludes exactly when `wait` exceeds `write`.
 *
 * Reading and writing the variable are instants, so the threads and the variable share a node, within
 * which sends take no time.
 */
import { assign, emit, setup } from 'xstate';
import { constant, exponential, uniform } from '../../model/distribution.ts';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineNode, defineProcess } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';

type Message =
  | { readonly type: 'READ' }
  | { readonly type: 'WRITE'; readonly value: string }
  | { readonly type: 'VALUE'; readonly value: string };

const free = 'nobody';

const variable = setup({
  types: {
    context: {} as { readonly value: string },
    events: {} as Received<Message>,
    emitted: {} as Effect<Message>,
  },
}).createMachine({
  id: 'variable',
  context: { value: free },
  on: {
    READ: {
      actions: emit(({ context, event }) => send(event.from, { type: 'VALUE', ...context })),
    },
    WRITE: { actions: assign({ value: ({ event }) => event.value }) },
  },
});

const thread = setup({
  types: {
    context: {} as { readonly name: string },
    input: {} as { readonly name: string },
    events: {} as Received<Message> | { readonly type: 'ASK' } | { readonly type: 'LEAVE' },
    emitted: {} as Effect<Message>,
  },
  guards: {
    isFree: ({ event }) => event.type === 'VALUE' && event.value === free,
    isMine: ({ context, event }) => event.type === 'VALUE' && event.value === context.name,
  },
  actions: {
    read: emit(send('variable', { type: 'READ' })),
    writeName: emit(({ context }) => send('variable', { type: 'WRITE', value: context.name })),
    writeFree: emit(send('variable', { type: 'WRITE', value: free })),
  },
  delays: { write: 10, wait: 20 },
}).createMachine({
  id: 'thread',
  context: ({ input }) => input,
  initial: 'idle',
  states: {
    idle: { on: { ASK: { actions: 'read' }, VALUE: { guard: 'isFree', target: 'writing' } } },
    writing: { after: { write: { target: 'waiting', actions: 'writeName' } } },
    waiting: {
      after: { wait: { actions: 'read' } },
      on: { VALUE: [{ guard: 'isMine', target: 'critical' }, { target: 'idle' }] },
    },
    critical: { on: { LEAVE: { target: 'idle', actions: 'writeFree' } } },
  },
});

const tickMs = 10;

/** A thread asks, and leaves, whenever it likes. */
const whenever = exponential(100);

export const fischer = defineSystem({
  name: 'calibration/fischer',
  description:
    'Fischer’s mutual exclusion by waiting; it excludes when the wait exceeds the write.',
  parameters: {
    threads: integer(2, { min: 1, max: 6 }),
    write: integer(1, { min: 0, max: 20, description: 'ticks within which a name is written' }),
    wait: integer(2, { min: 0, max: 20, description: 'ticks from the write to the second read' }),
  },
  nodes: ({ threads, write, wait }) => {
    const process = (name: string) =>
      defineProcess({
        machine: thread,
        input: { name },
        delays: { write: uniform(0, write * tickMs), wait: constant(wait * tickMs) },
        choices: [
          { event: { type: 'ASK' }, after: whenever },
          { event: { type: 'LEAVE' }, after: whenever },
        ],
      });
    const names = Array.from({ length: threads }, (_, index) => `t${index + 1}`);
    return {
      machine: defineNode({
        processes: {
          variable: defineProcess({ machine: variable }),
          ...Object.fromEntries(names.map((name) => [name, process(name)])),
        },
      }),
    };
  },
  timing: 'timed',
  scope: { tickMs },
  properties: ({ invariant, alwaysPossible }) => [
    invariant(
      'mutual exclusion',
      ({ all }) => all.filter((one) => one.in('critical')).length <= 1,
      { description: 'At most one thread is in its critical section.' },
    ),
    alwaysPossible('a thread can enter', ({ all }) => all.some((one) => one.in('critical'))),
  ],
});
