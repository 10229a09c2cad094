/**
 * The coordinator of two-phase commit, presumed nothing (Bernstein, Hadzilacos and Goodman 1987,
 * section 7.4; Mohan, Lindsay and Obermarck 1986). Every rule is a named guard or action.
 */
import { and, assign, emit, setup } from 'xstate';
import type { Address } from '../../model/effects.ts';
import { type Effect, mark, type Received, send, write } from '../../model/effects.ts';
import type { Decision } from '../atomic-commitment/properties.ts';
import { including } from '../atomic-commitment/votes.ts';
import type { CoordinatorRecord, Message } from './messages.ts';

export interface CoordinatorInput {
  readonly participants: readonly Address[];
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: {
    readonly decision: Decision | 'none' | 'ended';
    readonly notify: readonly Address[];
  };
}

export interface CoordinatorContext {
  readonly participants: readonly Address[];
  readonly yes: readonly Address[];
  readonly no: readonly Address[];
  /** Who voted READ: it has agreed, and takes no part in phase 2. */
  readonly read: readonly Address[];
  /** Who must acknowledge the decision and has not yet. */
  readonly awaiting: readonly Address[];
  readonly recovered: Decision | 'none' | 'ended' | 'fresh';
}

type Event = Received<Message> | { readonly type: 'BEGIN' };

export const coordinator = setup({
  types: {
    context: {} as CoordinatorContext,
    input: {} as CoordinatorInput,
    events: {} as Event,
    emitted: {} as Effect<Message, CoordinatorRecord>,
  },
  guards: {
    isYes: ({ event }) => event.type === 'VOTE' && event.yes,
    /** Rule 2: at most one vote counts per participant. */
    isFirstVote: ({ context, event }) => !hasVoted(context, senderOf(event)),
    allVotesIn: ({ context }) => context.participants.every((one) => hasVoted(context, one)),
    /** Rule 3, AC3: commit only if all voted yes; READ agrees too. */
    allVotedYes: ({ context }) =>
      context.yes.length + context.read.length === context.participants.length,
    /** Nobody has updated anything, so there is nothing to decide: phase 2 falls away. */
    allOnlyRead: ({ context }) => context.read.length === context.participants.length,
    /** Rule 5: forget only when all required acknowledgements are in. */
    allAcknowledged: ({ context }) => context.awaiting.length === 0,
    foundCommit: ({ context }) => context.recovered === 'commit',
    foundAbort: ({ context }) => context.recovered === 'abort',
    foundEnd: ({ context }) => context.recovered === 'ended',
    foundNothing: ({ context }) => context.recovered === 'none',
  },
  actions: {
    requestVotes: emit(({ context }) => send(context.participants, { type: 'PREPARE' })),
    countYes: assign({
      yes: ({ context, event }) =>
        event.type === 'VOTE'
          ? including(context.yes, event.from, context.participants)
          : context.yes,
    }),
    countNo: assign({
      no: ({ context, event }) =>
        event.type === 'VOTE'
          ? including(context.no, event.from, context.participants)
          : context.no,
    }),
    countRead: assign({
      read: ({ context, event }) =>
        event.type === 'READ'
          ? including(context.read, event.from, context.participants)
          : context.read,
    }),
    /** Rule 3: COMMIT goes to every yes voter, and all but the readers voted yes. */
    awaitEveryone: assign({
      awaiting: ({ context }) => context.participants.filter((one) => !context.read.includes(one)),
    }),
    /** Rule 4: ABORT goes to yes voters and to those not heard from; a no voter has aborted. */
    awaitAllButNoVoters: assign({
      awaiting: ({ context }) =>
        context.participants.filter(
          (one) => !context.no.includes(one) && !context.read.includes(one),
        ),
    }),
    forceCommit: emit(({ context }) =>
      write({ record: 'commit' as const, notify: context.awaiting }, 'forced'),
    ),
    forceAbort: emit(({ context }) =>
      write({ record: 'abort' as const, notify: context.awaiting }, 'forced'),
    ),
    markCommit: emit(mark('decided', { decision: 'commit' })),
    markAbort: emit(mark('decided', { decision: 'abort' })),
    returnCommit: emit(mark('returned', { decision: 'commit' })),
    returnAbort: emit(mark('returned', { decision: 'abort' })),
    sendCommit: emit(({ context }) => send(context.awaiting, { type: 'COMMIT' })),
    sendAbort: emit(({ context }) => send(context.awaiting, { type: 'ABORT' })),
    tellCommit: emit(({ event }) => send(senderOf(event), { type: 'COMMIT' })),
    tellAbort: emit(({ event }) => send(senderOf(event), { type: 'ABORT' })),
    /** Rule 6: who asks about a transaction without a record is told what the variant presumes. */
    tellPresumed: emit(({ event }) => send(senderOf(event), { type: 'ABORT' })),
    countAcknowledgement: assign({
      awaiting: ({ context, event }) =>
        event.type === 'ACK'
          ? context.awaiting.filter((one) => one !== event.from)
          : context.awaiting,
    }),
    writeEnd: emit(write({ record: 'end' as const }, 'unforced')),
  },
  delays: { voteTimeout: 100, resend: 100 },
}).createMachine({
  id: 'coordinator',
  context: ({ input }) => ({
    participants: input.participants,
    yes: [],
    no: [],
    read: [],
    awaiting: input.recovered?.notify ?? [],
    recovered: input.recovered?.decision ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    /** Rule 7: what a restart does is decided by the log alone. */
    starting: {
      always: [
        { guard: 'foundCommit', target: 'committing', actions: 'markCommit' },
        { guard: 'foundAbort', target: 'aborting', actions: 'markAbort' },
        { guard: 'foundEnd', target: 'forgotten' },
        { guard: 'foundNothing', target: 'presuming' },
        { target: 'idle' },
      ],
    },
    idle: {
      on: { BEGIN: { target: 'collecting', actions: 'requestVotes' } },
    },
    collecting: {
      always: [
        {
          guard: and(['allVotesIn', 'allVotedYes']),
          target: 'committing',
          actions: ['awaitEveryone', 'forceCommit', 'markCommit', 'returnCommit'],
        },
        {
          guard: 'allVotesIn',
          target: 'aborting',
          actions: ['awaitAllButNoVoters', 'forceAbort', 'markAbort', 'returnAbort'],
        },
      ],
      on: {
        VOTE: [
          { guard: and(['isFirstVote', 'isYes']), actions: 'countYes' },
          { guard: 'isFirstVote', actions: 'countNo' },
        ],
        READ: { guard: 'isFirstVote', actions: 'countRead' },
      },
      after: {
        voteTimeout: {
          target: 'aborting',
          actions: ['awaitAllButNoVoters', 'forceAbort', 'markAbort', 'returnAbort'],
        },
      },
    },
    committing: {
      initial: 'sending',
      on: {
        ACK: { actions: 'countAcknowledgement' },
        VOTE: { guard: 'isYes', actions: 'tellCommit' },
        INQUIRE: { actions: 'tellCommit' },
      },
      always: { guard: 'allAcknowledged', target: 'forgotten', actions: 'writeEnd' },
      states: {
        sending: {
          entry: 'sendCommit',
          after: { resend: { target: 'sending', reenter: true } },
        },
      },
    },
    aborting: {
      initial: 'sending',
      on: {
        ACK: { actions: 'countAcknowledgement' },
        VOTE: { guard: 'isYes', actions: 'tellAbort' },
        INQUIRE: { actions: 'tellAbort' },
      },
      always: { guard: 'allAcknowledged', target: 'forgotten', actions: 'writeEnd' },
      states: {
        sending: {
          entry: 'sendAbort',
          after: { resend: { target: 'sending', reenter: true } },
        },
      },
    },
    /**
     * A restart with an empty log: the crash came before any decision, so nobody can have committed.
     * Presumed nothing keeps commit and abort until every acknowledgement is in, hence an inquirer
     * may be told abort (the hidden presumption of Lampson and Lomet 1993).
     */
    presuming: {
      on: {
        BEGIN: { actions: ['markAbort', 'returnAbort'] },
        VOTE: { guard: 'isYes', actions: 'tellPresumed' },
        INQUIRE: { actions: 'tellPresumed' },
      },
    },
    /**
     * Everyone has the decision on disk, so nothing is remembered. Whoever asks now is a stale copy, and
     * is answered as any unknown transaction is: by the presumption. Forget too early, and this kills.
     */
    forgotten: {
      on: {
        VOTE: { guard: 'isYes', actions: 'tellPresumed' },
        INQUIRE: { actions: 'tellPresumed' },
      },
    },
  },
});

/** Whether its vote has come, whichever it was. */
export const hasVoted = (
  { yes, no, read }: Pick<CoordinatorContext, 'yes' | 'no' | 'read'>,
  participant: Address,
): boolean => yes.includes(participant) || no.includes(participant) || read.includes(participant);

function senderOf(event: Event): Address {
  return event.type === 'BEGIN' ? '' : event.from;
}
