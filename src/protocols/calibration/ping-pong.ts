/**
 * Two actors that count each other's messages (stateright/stateright, actor/model.rs). Counts grow for
 * ever; a boundary ends the search, and steps over it do not even count.
 */
import { assign, emit, setup } from 'xstate';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';

type Message = { readonly type: 'PING' | 'PONG'; readonly value: number };

interface Player {
  readonly count: number;
  /** To whom the player sends the first ball, if it has it. */
  readonly serves: string | null;
}

export const player = setup({
  types: {
    context: {} as Player,
    input: {} as Pick<Player, 'serves'>,
    events: {} as Received<Message>,
    emitted: {} as Effect<Message>,
  },
  guards: {
    hasBall: ({ context }) => context.serves !== null,
    isExpected: ({ context, event }) => event.value === context.count,
  },
  actions: { count: assign({ count: ({ context }) => context.count + 1 }) },
}).createMachine({
  id: 'player',
  context: ({ input }) => ({ ...input, count: 0 }),
  initial: 'ready',
  states: {
    ready: {
      always: [
        {
          guard: 'hasBall',
          target: 'playing',
          actions: emit(({ context }) => send(context.serves ?? '', { type: 'PING', value: 0 })),
        },
        { target: 'playing' },
      ],
    },
    playing: {
      on: {
        PING: {
          guard: 'isExpected',
          actions: [
            'count',
            emit(({ event }) => send(event.from, { type: 'PONG', value: event.value })),
          ],
        },
        PONG: {
          guard: 'isExpected',
          actions: [
            'count',
            emit(({ event }) => send(event.from, { type: 'PING', value: event.value + 1 })),
          ],
        },
      },
    },
  },
});

export const pingPong = defineSystem({
  name: 'calibration/ping-pong',
  description: 'Two counting actors on a lossy network that duplicates.',
  parameters: { maxNat: integer(5, { min: 1, max: 8, description: 'the greatest count' }) },
  nodes: () => ({
    first: defineProcess({ machine: player, input: { serves: 'second' } }),
    second: defineProcess({ machine: player, input: { serves: null } }),
  }),
  network: { order: 'duplicating', loss: true, idle: 'disabled' },
  boundary: ({ processes: { first, second }, parameters: { maxNat } }) =>
    first.up && second.up && first.context.count <= maxNat && second.context.count <= maxNat,
  properties: ({ invariant }) => [
    invariant(
      'counts keep pace',
      ({ processes: { first, second } }) =>
        first.up && second.up && Math.abs(first.context.count - second.context.count) <= 1,
      { description: 'The counts differ by at most 1.' },
    ),
  ],
});

export const losslessPingPong = variant(pingPong, 'lossless', {
  description: 'Two counting actors on a network that duplicates and loses nothing.',
  network: { order: 'duplicating', idle: 'disabled' },
});

export const exactPingPong = variant(pingPong, 'exactly-once', {
  description: 'Two counting actors on a network that delivers each message once.',
  network: { order: 'unordered', idle: 'disabled' },
});
