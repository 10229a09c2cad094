/**
 * An acceptor of Paxos Commit (Gray and Lamport 2006), which serves the instances of all participants at once:
 * one promise, one forced record and one 2b message for all. Every rule is a named guard or action.
 */
import { and, assign, emit, setup } from 'xstate';
import { type Address, type Effect, type Received, send, write } from '../../model/effects.ts';
import { type AcceptorRecord, type Message, nothing, type Values, type Voted } from './messages.ts';

export interface AcceptorInput {
  readonly participants: readonly Address[];
  /** Who is sent the votes of ballot 0: the first leader, or all participants. */
  readonly learners: readonly Address[];
  /** Whether all instances share a 2b message and a forced record. */
  readonly bundled: boolean;
  /** A leader on the same node that takes the initiator's vote for BEGIN_COMMIT. */
  readonly beginsAt: readonly Address[];
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: { readonly maxBal: number } & Voted;
}

export interface AcceptorContext extends Omit<AcceptorInput, 'recovered'>, Voted {
  /** The highest ballot that it has promised to or accepted in. */
  readonly maxBal: number;
}

type Event = Received<Message>;

/** What it has voted for in that ballot once it accepts these values. */
const afterVote = (context: AcceptorContext, ballot: number, values: Values): Values =>
  ballot === context.maxVBal ? { ...context.values, ...values } : values;

export const acceptor = setup({
  types: {
    context: {} as AcceptorContext,
    input: {} as AcceptorInput,
    events: {} as Event,
    emitted: {} as Effect<Message, AcceptorRecord>,
  },
  guards: {
    isAbovePromise: ({ context, event }) => ballotOf(event) > context.maxBal,
    isPromised: ({ context, event }) => ballotOf(event) === context.maxBal,
    /** Phase 2: nothing is accepted below a promise. */
    mayAccept: ({ context, event }) => ballotOf(event) >= context.maxBal,
    /** A leader must hear that it is pre-empted; a participant will hear the decision. */
    isOfLeader: ({ event }) => ballotOf(event) > 0,
    /** Enough for a decision: a vote for each instance, or one for aborted. */
    completesBundle: ({ context, event }) => {
      const values = afterVote(context, ballotOf(event), valuesOf(event));
      return (
        !context.bundled ||
        context.participants.every((instance) => values[instance] !== undefined) ||
        Object.values(values).includes('aborted')
      );
    },
    isRepeated: ({ context, event }) =>
      ballotOf(event) === context.maxVBal &&
      Object.keys(valuesOf(event)).every((instance) => context.values[instance] !== undefined),
  },
  actions: {
    promise: assign({ maxBal: ({ event }) => ballotOf(event) }),
    /** Force before 1b: the promise holds after a crash, and so does what it reports. */
    forcePromise: emit(({ context: { maxBal, maxVBal, values } }) =>
      write({ record: 'promised' as const, maxBal, maxVBal, values }, 'forced'),
    ),
    sendPromise: emit(({ context: { maxBal, maxVBal, values }, event }) =>
      send(event.from, { type: 'PHASE_1B', ballot: maxBal, maxVBal, values }),
    ),
    accept: assign(({ context, event }) => ({
      maxBal: ballotOf(event),
      maxVBal: ballotOf(event),
      values: afterVote(context, ballotOf(event), valuesOf(event)),
    })),
    /** Force before 2b: what is chosen is what a quorum has on disk. */
    forceAccepted: emit(({ context: { maxBal, maxVBal, values } }) =>
      write({ record: 'accepted' as const, maxBal, maxVBal, values }, 'forced'),
    ),
    sendAccepted: emit(({ context, event }) =>
      send(ballotOf(event) === 0 ? context.learners : event.from, {
        type: 'PHASE_2B',
        ballot: context.maxVBal,
        values: context.bundled ? context.values : valuesOf(event),
      }),
    ),
    /** The vote of the initiator, the first participant, says that the transaction is to be committed. */
    announceBegin: emit(({ context, event }) =>
      send(event.from === context.participants[0] ? context.beginsAt : [], {
        type: 'BEGIN_COMMIT',
      }),
    ),
    refuse: emit(({ context, event }) =>
      send(event.from, { type: 'NACK', maxBal: context.maxBal }),
    ),
  },
}).createMachine({
  id: 'acceptor',
  context: ({ input: { recovered, ...input } }) => ({
    ...input,
    maxBal: recovered?.maxBal ?? 0,
    maxVBal: recovered?.maxVBal ?? nothing,
    values: recovered?.values ?? {},
  }),
  initial: 'accepting',
  states: {
    accepting: {
      on: {
        PHASE_1A: [
          { guard: 'isAbovePromise', actions: ['promise', 'forcePromise', 'sendPromise'] },
          { guard: 'isPromised', actions: 'sendPromise' },
          { actions: 'refuse' },
        ],
        PHASE_2A: [
          { guard: and(['mayAccept', 'isRepeated', 'completesBundle']), actions: 'sendAccepted' },
          {
            guard: and(['mayAccept', 'completesBundle']),
            actions: ['accept', 'announceBegin', 'forceAccepted', 'sendAccepted'],
          },
          { guard: 'mayAccept', actions: ['accept', 'announceBegin'] },
          { guard: 'isOfLeader', actions: 'refuse' },
        ],
      },
    },
  },
});

function ballotOf(event: Event): number {
  return 'ballot' in event ? event.ballot : 0;
}

function valuesOf(event: Event): Values {
  return event.type === 'PHASE_2A' ? event.values : {};
}
