/**
 * The alternating-bit protocol over lossy queues (Bartlett, Scantlebury and Wilkinson, A Note on Reliable
 * Full-Duplex Transmission, 1969; tlaplus/Examples, AlternatingBit.tla). Any message of a queue may be lost,
 * one step for each place. A constraint bounds the queues: sending into a full one counts as a step that
 * goes no further.
 */
import { assign, emit, setup } from 'xstate';
import { constant } from '../../model/distribution.ts';
import { type Effect, type Received, send } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';

type Bit = 0 | 1;
type Datum = { readonly type: 'DATUM'; readonly bit: Bit; readonly datum: number };
type Ack = { readonly type: 'ACK'; readonly bit: Bit };

interface Sender {
  readonly bit: Bit;
  /** The bit that was acknowledged last. */
  readonly ack: Bit;
  readonly sent: number;
}

export const bitSender = setup({
  types: {
    context: {} as Sender,
    input: {} as Pick<Sender, 'bit' | 'sent'>,
    events: {} as
      | Received<Ack>
      | { readonly type: 'SEND_NEW'; readonly datum: number }
      | { readonly type: 'RESEND' },
    emitted: {} as Effect<Datum>,
  },
  guards: { isAcknowledged: ({ context }) => context.ack === context.bit },
  actions: {
    transmit: emit(({ context: { bit, sent } }) =>
      send('receiver', { type: 'DATUM', bit, datum: sent }),
    ),
  },
}).createMachine({
  id: 'bit-sender',
  context: ({ input }) => ({ ...input, ack: input.bit }),
  on: {
    ACK: { actions: assign({ ack: ({ event }) => event.bit }) },
    SEND_NEW: {
      guard: 'isAcknowledged',
      actions: [
        assign(({ context, event }) => ({
          bit: context.bit === 0 ? (1 as const) : (0 as const),
          sent: event.datum,
        })),
        'transmit',
      ],
    },
    RESEND: { guard: ({ context }) => context.ack !== context.bit, actions: 'transmit' },
  },
});

interface Receiver {
  readonly bit: Bit;
  readonly received: number;
}

export const bitReceiver = setup({
  types: {
    context: {} as Receiver,
    input: {} as Receiver,
    events: {} as Received<Datum> | { readonly type: 'SEND_ACK' },
    emitted: {} as Effect<Ack>,
  },
}).createMachine({
  id: 'bit-receiver',
  context: ({ input }) => input,
  on: {
    DATUM: { actions: assign(({ event }) => ({ bit: event.bit, received: event.datum })) },
    SEND_ACK: {
      actions: emit(({ context }) => send('sender', { type: 'ACK', bit: context.bit })),
    },
  },
});

/** In a run both go on for ever, so that time has to. */
const pause = constant(20);

export const alternatingBit = defineSystem({
  name: 'calibration/alternating-bit',
  description: 'The alternating-bit protocol over lossy queues of bounded length.',
  parameters: {
    values: integer(2, { min: 1, max: 4, description: 'different data' }),
    capacity: integer(2, { min: 1, max: 6, description: 'the greatest length of a queue' }),
  },
  nodes: ({ values }) => ({
    sender: defineProcess({
      machine: bitSender,
      input: { bit: 0, sent: 0 },
      choices: [
        ...Array.from({ length: values }, (_, datum) => ({
          event: { type: 'SEND_NEW' as const, datum },
          after: pause,
        })),
        { event: { type: 'RESEND' }, after: pause },
      ],
    }),
    receiver: defineProcess({
      machine: bitReceiver,
      input: { bit: 0, received: 0 },
      choices: [{ event: { type: 'SEND_ACK' }, after: pause }],
    }),
  }),
  starts: ({ values }) =>
    ([0, 1] as const).flatMap((bit) =>
      Array.from({ length: values ** 2 }, (_, i) => ({
        sender: { bit, sent: i % values },
        receiver: { bit, received: Math.floor(i / values) },
      })),
    ),
  network: { order: 'fifo', loss: true, loses: 'any' },
  // A queue may hold the same message as often as it has room.
  scope: { copies: 7 },
  constraint: ({ inFlight, parameters: { capacity } }) =>
    ['sender', 'receiver'].every(
      (node) => inFlight.filter(({ to }) => to === node).length <= capacity,
    ),
  properties: ({ invariant, leadsTo }) => [
    invariant(
      'what is acknowledged was received',
      ({ processes: { sender, receiver } }) =>
        !sender.up ||
        !receiver.up ||
        sender.context.ack !== sender.context.bit ||
        receiver.context.bit === sender.context.bit,
      { description: 'A sender that has its acknowledgement has the receiver’s bit.' },
    ),
    leadsTo(
      'what is sent is received',
      ({ processes: { sender } }) => sender.up && sender.context.ack !== sender.context.bit,
      ({ processes: { sender, receiver } }) =>
        sender.up && receiver.up && receiver.context.received === sender.context.sent,
      { description: 'A datum that waits for its acknowledgement is received at last.' },
    ),
  ],
});
