/**
 * A site of linear two-phase commit (Gray 1978, "nested" two-phase commit; Bernstein, Hadzilacos and Goodman
 * 1987, section 7.4). The vote passes down the chain, the last site decides, and the decision passes back.
 * Every rule is a named guard or action.
 */
import { emit, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../../model/effects.ts';
import type { Message, SiteRecord } from './messages.ts';

export interface SiteInput {
  /** The neighbour before it in the chain; none for the coordinator, which begins. */
  readonly previous: readonly Address[];
  /** The neighbour after it; none for the last site, which decides. */
  readonly next: readonly Address[];
  /** Whom it asks when in doubt. */
  readonly asks: readonly Address[];
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: 'prepared' | 'commit' | 'abort' | 'none';
}

export interface SiteContext extends Omit<SiteInput, 'recovered'> {
  readonly recovered: 'prepared' | 'commit' | 'abort' | 'none' | 'fresh';
}

/** CAN_COMMIT and CANNOT_COMMIT are the answer of the site's own resources: a choice. */
type Event =
  | Received<Message>
  | { readonly type: 'BEGIN' }
  | { readonly type: 'CAN_COMMIT' }
  | { readonly type: 'CANNOT_COMMIT' };

export const site = setup({
  types: {
    context: {} as SiteContext,
    input: {} as SiteInput,
    events: {} as Event,
    emitted: {} as Effect<Message, SiteRecord>,
  },
  guards: {
    isFirst: ({ context }) => context.previous.length === 0,
    /** All before it have voted yes, so its own yes is the commit point. */
    decides: ({ context }) => context.next.length === 0,
    foundPrepared: ({ context }) => context.recovered === 'prepared',
    foundCommit: ({ context }) => context.recovered === 'commit',
    /** No `prepared` record means that no yes was ever sent, so it may abort. */
    foundAbortOrNothing: ({ context }) =>
      context.recovered === 'abort' || context.recovered === 'none',
    /** Who has voted yes may no longer decide alone, whatever timers say. */
    mayDecideAlone: () => false,
  },
  actions: {
    /** Force before send: the vote promises what the record remembers. */
    forcePrepared: emit(write({ record: 'prepared' as const }, 'forced')),
    forceCommit: emit(write({ record: 'commit' as const }, 'forced')),
    forceAbort: emit(write({ record: 'abort' as const }, 'forced')),
    markUncertain: emit(mark('uncertain')),
    markCertain: emit(mark('certain')),
    markVotedYes: emit(mark('voted', { yes: true })),
    markVotedNo: emit(mark('voted', { yes: false })),
    markCommit: emit(mark('decided', { decision: 'commit' })),
    markAbort: emit(mark('decided', { decision: 'abort' })),
    returnCommit: emit(mark('returned', { decision: 'commit' })),
    returnAbort: emit(mark('returned', { decision: 'abort' })),
    passVote: emit(({ context }) => send(context.next, { type: 'VOTE' })),
    /** To the neighbours that it did not come from: back up the chain when it comes from the end. */
    passCommit: emit(({ context, event }) => send(onwards(context, event), { type: 'COMMIT' })),
    /** A no is told both ways: those before it are in doubt, those after it wait for a vote. */
    passAbort: emit(({ context, event }) => send(onwards(context, event), { type: 'ABORT' })),
    inquire: emit(({ context }) => send(context.asks, { type: 'INQUIRE' })),
    tellCommit: emit(({ event }) => send(senderOf(event), { type: 'COMMIT' })),
    tellAbort: emit(({ event }) => send(senderOf(event), { type: 'ABORT' })),
  },
  delays: { patience: 200, doubt: 150 },
}).createMachine({
  id: 'site',
  context: ({ input }) => ({
    previous: input.previous,
    next: input.next,
    asks: input.asks,
    recovered: input.recovered ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    /** What a restart does is decided by the log alone; who is in doubt asks, so nothing is sent. */
    starting: {
      always: [
        { guard: 'foundPrepared', target: 'prepared', actions: ['markVotedYes', 'markUncertain'] },
        {
          guard: 'foundCommit',
          target: 'committed',
          // The last site's yes is in no other record.
          actions: ['markVotedYes', 'markCertain', 'markCommit'],
        },
        { guard: 'foundAbortOrNothing', target: 'aborted', actions: ['markCertain', 'markAbort'] },
        { guard: 'isFirst', target: 'idle' },
        { target: 'working' },
      ],
    },
    /** The coordinator before the transaction: it has no vote of its own and begins with a yes. */
    idle: {
      on: {
        BEGIN: {
          target: 'prepared',
          actions: ['forcePrepared', 'markVotedYes', 'markUncertain', 'passVote'],
        },
        /** Somebody down the chain was not willing to wait so long. */
        ABORT: { target: 'aborted', actions: 'markAbort' },
      },
    },
    working: {
      on: {
        VOTE: 'voting',
        ABORT: { target: 'aborted', actions: ['markAbort', 'passAbort'] },
        /** Who has not voted aborts now, and says so; the neighbours hear of it too. */
        INQUIRE: { target: 'aborted', actions: ['markAbort', 'tellAbort', 'passAbort'] },
      },
      /** Before voting it may abort alone. */
      after: { patience: { target: 'aborted', actions: ['markAbort', 'passAbort'] } },
    },
    voting: {
      on: {
        CAN_COMMIT: [
          {
            guard: 'decides',
            target: 'committed',
            actions: ['forceCommit', 'markVotedYes', 'markCommit', 'passCommit'],
          },
          {
            target: 'prepared',
            actions: ['forcePrepared', 'markVotedYes', 'markUncertain', 'passVote'],
          },
        ],
        CANNOT_COMMIT: { target: 'aborted', actions: ['markVotedNo', 'markAbort', 'passAbort'] },
        ABORT: { target: 'aborted', actions: ['markAbort', 'passAbort'] },
        INQUIRE: { target: 'aborted', actions: ['markAbort', 'tellAbort', 'passAbort'] },
      },
    },
    /** In doubt: those after it may have committed, and it holds its locks until it hears of it. */
    prepared: {
      on: {
        COMMIT: [
          {
            guard: 'isFirst',
            target: 'committed',
            actions: ['markCertain', 'forceCommit', 'markCommit', 'returnCommit', 'passCommit'],
          },
          {
            target: 'committed',
            actions: ['markCertain', 'forceCommit', 'markCommit', 'passCommit'],
          },
        ],
        ABORT: [
          {
            guard: 'isFirst',
            target: 'aborted',
            actions: ['markCertain', 'forceAbort', 'markAbort', 'returnAbort', 'passAbort'],
          },
          {
            target: 'aborted',
            actions: ['markCertain', 'forceAbort', 'markAbort', 'passAbort'],
          },
        ],
      },
      after: {
        doubt: [
          { guard: 'mayDecideAlone', target: 'aborted', actions: ['markCertain', 'markAbort'] },
          { target: 'prepared', reenter: true, actions: 'inquire' },
        ],
      },
    },
    /** No acknowledgement says that all know, so that a decision is kept for ever and told on demand. */
    committed: {
      on: {
        VOTE: { actions: 'tellCommit' },
        INQUIRE: { actions: 'tellCommit' },
      },
    },
    aborted: {
      on: {
        /** The client comes after the transaction has ended. */
        BEGIN: { actions: 'returnAbort' },
        /** A vote that arrives later never re-opens the transaction. */
        VOTE: { actions: 'tellAbort' },
        INQUIRE: { actions: 'tellAbort' },
      },
    },
  },
});

/** The neighbours except the one that the news came from. */
function onwards({ previous, next }: SiteContext, event: Event): readonly Address[] {
  const from = senderOf(event);
  return [...previous, ...next].filter((neighbour) => neighbour !== from);
}

function senderOf(event: Event): Address {
  return 'from' in event ? event.from : '';
}
