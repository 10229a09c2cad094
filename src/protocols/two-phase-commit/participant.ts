/**
 * A participant of two-phase commit (Bernstein, Hadzilacos and Goodman 1987, section 7.4), with
 * cooperative termination and the vote READ (Mohan, Lindsay and Obermarck 1986) as options. Every rule is a
 * named guard or action.
 */
import { emit, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import type { Message, ParticipantRecord } from './messages.ts';

export interface ParticipantInput {
  readonly coordinator: Address;
  /** The other participants, asked when in doubt; empty without cooperative termination. */
  readonly peers: readonly Address[];
  /** Whether its part of the transaction only reads. Default: it updates. */
  readonly reads?: boolean;
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: 'prepared' | 'commit' | 'abort' | 'none';
}

export interface ParticipantContext {
  readonly coordinator: Address;
  readonly peers: readonly Address[];
  readonly reads: boolean;
  readonly recovered: 'prepared' | 'commit' | 'abort' | 'none' | 'fresh';
}

/** CAN_COMMIT and CANNOT_COMMIT are the answer of the participant's own resources: a choice. */
type Event =
  | Received<Message>
  | { readonly type: 'CAN_COMMIT' }
  | { readonly type: 'CANNOT_COMMIT' };

export const participant = setup({
  types: {
    context: {} as ParticipantContext,
    input: {} as ParticipantInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ParticipantRecord>,
  },
  guards: {
    foundPrepared: ({ context }) => context.recovered === 'prepared',
    foundCommit: ({ context }) => context.recovered === 'commit',
    /** Rule 5: no `prepared` record means that no yes was ever sent, so it may abort. */
    foundAbortOrNothing: ({ context }) =>
      context.recovered === 'abort' || context.recovered === 'none',
    /** Nothing on the disk is also what a READ leaves there, so that it proves nothing about the vote. */
    mayHaveVotedRead: ({ context }) => context.reads && context.recovered === 'none',
    hasOnlyRead: ({ context }) => context.reads,
    /** Rule 3: who has voted yes may no longer decide alone, whatever timers say. */
    mayDecideAlone: () => false,
  },
  actions: {
    /** Force before send: the vote promises what the record remembers. */
    forcePrepared: emit(write({ record: 'prepared' as const }, 'forced')),
    markUncertain: emit(mark('uncertain')),
    markCertain: emit(mark('certain')),
    voteYes: emit(({ context }) => send(context.coordinator, { type: 'VOTE', yes: true })),
    voteNo: emit(({ context }) => send(context.coordinator, { type: 'VOTE', yes: false })),
    voteRead: emit(({ context }) => send(context.coordinator, { type: 'READ' })),
    markVotedRead: emit(mark('voted', { yes: true, reads: true })),
    markVotedYes: emit(mark('voted', { yes: true })),
    markVotedNo: emit(mark('voted', { yes: false })),
    forceCommit: emit(write({ record: 'commit' as const }, 'forced')),
    forceAbort: emit(write({ record: 'abort' as const }, 'forced')),
    markCommit: emit(mark('decided', { decision: 'commit' })),
    markAbort: emit(mark('decided', { decision: 'abort' })),
    /** Rule 5: the coordinator may forget what all have on disk; presumptions need fewer of these. */
    acknowledgeCommit: emit(({ context }) => send(context.coordinator, { type: 'ACK' })),
    acknowledgeAbort: emit(({ context }) => send(context.coordinator, { type: 'ACK' })),
    /** An informed peer's decision is acknowledged too: the coordinator need not tell it again. */
    inquire: emit(({ context }) =>
      send([context.coordinator, ...context.peers], { type: 'INQUIRE' }),
    ),
    tellCommit: emit(({ event }) => send(senderOf(event), { type: 'COMMIT' })),
    tellAbort: emit(({ event }) => send(senderOf(event), { type: 'ABORT' })),
  },
  delays: { patience: 200, doubt: 150 },
}).createMachine({
  id: 'participant',
  context: ({ input }) => ({
    coordinator: input.coordinator,
    peers: input.peers,
    reads: input.reads ?? false,
    recovered: input.recovered ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [
        { guard: 'foundPrepared', target: 'prepared', actions: ['markVotedYes', 'markUncertain'] },
        { guard: 'foundCommit', target: 'committed', actions: ['markCertain', 'markCommit'] },
        { guard: 'mayHaveVotedRead', target: 'released' },
        { guard: 'foundAbortOrNothing', target: 'aborted', actions: ['markCertain', 'markAbort'] },
        { target: 'working' },
      ],
    },
    working: {
      on: {
        PREPARE: 'voting',
        /** The coordinator gave up waiting for a vote that was never asked for. */
        ABORT: { target: 'aborted', actions: ['markAbort', 'acknowledgeAbort'] },
        /** Cooperative termination: who has not voted aborts now, and says so. */
        INQUIRE: { target: 'aborted', actions: ['markAbort', 'tellAbort'] },
      },
      /** Rule 2: before voting it may abort alone. */
      after: { patience: { target: 'aborted', actions: 'markAbort' } },
    },
    voting: {
      on: {
        CAN_COMMIT: [
          { guard: 'hasOnlyRead', target: 'released', actions: ['markVotedRead', 'voteRead'] },
          {
            target: 'prepared',
            actions: ['forcePrepared', 'markVotedYes', 'markUncertain', 'voteYes'],
          },
        ],
        CANNOT_COMMIT: { target: 'aborted', actions: ['markVotedNo', 'markAbort', 'voteNo'] },
        ABORT: { target: 'aborted', actions: ['markAbort', 'acknowledgeAbort'] },
        INQUIRE: { target: 'aborted', actions: ['markAbort', 'tellAbort'] },
      },
    },
    /** In doubt: it has promised to commit, so it holds its locks until it learns the decision. */
    prepared: {
      on: {
        COMMIT: {
          target: 'committed',
          actions: ['markCertain', 'forceCommit', 'markCommit', 'acknowledgeCommit'],
        },
        ABORT: {
          target: 'aborted',
          actions: ['markCertain', 'forceAbort', 'markAbort', 'acknowledgeAbort'],
        },
        /** The vote was lost, or this is a copy: say it again. */
        PREPARE: { actions: 'voteYes' },
      },
      after: {
        doubt: [
          { guard: 'mayDecideAlone', target: 'aborted', actions: ['markCertain', 'markAbort'] },
          { target: 'prepared', reenter: true, actions: 'inquire' },
        ],
      },
    },
    /**
     * It has only read: it holds nothing, needs no decision and never learns one. So it leaves an inquiry
     * unanswered: those who updated may have committed. ABORT comes from a coordinator that has not heard its
     * READ, or that has lost all votes in a crash, and is acknowledged, since somebody waits for that.
     */
    released: {
      on: {
        PREPARE: [
          /** What it had read was unlocked by the crash, so that it can no longer stand for it. */
          { guard: 'mayHaveVotedRead', actions: 'voteNo' },
          { actions: 'voteRead' },
        ],
        ABORT: { actions: 'acknowledgeAbort' },
      },
    },
    committed: {
      on: {
        COMMIT: { actions: 'acknowledgeCommit' },
        INQUIRE: { actions: 'tellCommit' },
      },
    },
    aborted: {
      on: {
        ABORT: { actions: 'acknowledgeAbort' },
        /** Rule 2: a request that arrives later gets no; it never re-opens the transaction. */
        PREPARE: { actions: 'voteNo' },
        INQUIRE: { actions: 'tellAbort' },
      },
    },
  },
});

function senderOf(event: Event): Address {
  return 'from' in event ? event.from : '';
}
