/**
 * A site of tree (hierarchical) two-phase commit, presumed nothing (Mohan, Lindsay and Obermarck 1986): towards
 * its parent a participant, towards its children a coordinator; the root is the coordinator of all. Every rule
 * is a named guard or action.
 */
import { and, assign, emit, not, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../../model/effects.ts';
import { including } from '../../atomic-commitment/votes.ts';
import type { Message, SiteRecord } from './messages.ts';

export interface SiteInput {
  /** None for the root. */
  readonly parent: readonly Address[];
  /** None for a leaf. */
  readonly children: readonly Address[];
  /** Whom it asks when in doubt. */
  readonly asks: readonly Address[];
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: {
    readonly found: 'prepared' | 'commit' | 'abort' | 'none';
    readonly notify: readonly Address[];
  };
}

export interface SiteContext extends Omit<SiteInput, 'recovered'> {
  /** Whether its own resources can commit; the root has none. */
  readonly able: boolean;
  /** The children whose subtrees have voted. */
  readonly yes: readonly Address[];
  readonly no: readonly Address[];
  /** Which children must acknowledge the decision and have not yet. */
  readonly awaiting: readonly Address[];
  readonly found: 'prepared' | 'commit' | 'abort' | 'none' | 'fresh';
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
    isRoot: ({ context }) => context.parent.length === 0,
    isLeaf: ({ context }) => context.children.length === 0,
    isYes: ({ event }) => event.type === 'VOTE' && event.yes,
    isFromChild: ({ context, event }) => context.children.includes(senderOf(event)),
    /** At most one vote counts per child. */
    isFirstVote: ({ context, event }) =>
      !context.yes.includes(senderOf(event)) && !context.no.includes(senderOf(event)),
    isAble: ({ context }) => context.able,
    allVotesIn: ({ context }) => context.yes.length + context.no.length === context.children.length,
    /** A yes speaks for the whole subtree: it comes only after all children said yes. */
    allVotedYes: ({ context }) => context.yes.length === context.children.length,
    allAcknowledged: ({ context }) => context.awaiting.length === 0,
    foundPrepared: ({ context }) => context.found === 'prepared',
    foundCommit: ({ context }) => context.found === 'commit',
    /** No `prepared` record means that no yes was ever sent, so it may abort; the root has decided nothing. */
    foundAbortOrNothing: ({ context }) => context.found === 'abort' || context.found === 'none',
    /** Who has voted yes may no longer decide alone, whatever timers say. */
    mayDecideAlone: () => false,
  },
  actions: {
    requestVotes: emit(({ context }) => send(context.children, { type: 'PREPARE' })),
    noteAble: assign({ able: true }),
    countYes: assign({
      yes: ({ context, event }) => including(context.yes, senderOf(event), context.children),
    }),
    countNo: assign({
      no: ({ context, event }) => including(context.no, senderOf(event), context.children),
    }),
    /** Force before send: the vote promises what the record remembers. */
    forcePrepared: emit(write({ record: 'prepared' as const }, 'forced')),
    voteYes: emit(({ context }) => send(context.parent, { type: 'VOTE', yes: true })),
    voteNo: emit(({ context }) => send(context.parent, { type: 'VOTE', yes: false })),
    awaitChildren: assign({ awaiting: ({ context }) => context.children }),
    /** ABORT goes to the children that voted yes and to those not heard from; who voted no has aborted. */
    awaitAllButNoVoters: assign({
      awaiting: ({ context }) => context.children.filter((one) => !context.no.includes(one)),
    }),
    forceCommit: emit(({ context }) =>
      write({ record: 'commit' as const, notify: context.awaiting }, 'forced'),
    ),
    forceAbort: emit(({ context }) =>
      write({ record: 'abort' as const, notify: context.awaiting }, 'forced'),
    ),
    markUncertain: emit(mark('uncertain')),
    markCertain: emit(mark('certain')),
    markVotedYes: emit(mark('voted', { yes: true })),
    markVotedNo: emit(mark('voted', { yes: false })),
    markCommit: emit(mark('decided', { decision: 'commit' })),
    markAbort: emit(mark('decided', { decision: 'abort' })),
    returnCommit: emit(mark('returned', { decision: 'commit' })),
    returnAbort: emit(mark('returned', { decision: 'abort' })),
    /** Its own record answers for it from now on, so the parent need not wait for the subtree (R*). */
    acknowledgeCommit: emit(({ context }) => send(context.parent, { type: 'ACK' })),
    acknowledgeAbort: emit(({ context }) => send(context.parent, { type: 'ACK' })),
    sendCommit: emit(({ context }) => send(context.awaiting, { type: 'COMMIT' })),
    sendAbort: emit(({ context }) => send(context.awaiting, { type: 'ABORT' })),
    countAcknowledgement: assign({
      awaiting: ({ context, event }) => context.awaiting.filter((one) => one !== senderOf(event)),
    }),
    writeEnd: emit(write({ record: 'end' as const }, 'unforced')),
    inquire: emit(({ context }) => send(context.asks, { type: 'INQUIRE' })),
    tellCommit: emit(({ event }) => send(senderOf(event), { type: 'COMMIT' })),
    tellAbort: emit(({ event }) => send(senderOf(event), { type: 'ABORT' })),
  },
  delays: { patience: 200, voteTimeout: 100, doubt: 150, resend: 100 },
}).createMachine({
  id: 'site',
  context: ({ input }) => ({
    parent: input.parent,
    children: input.children,
    asks: input.asks,
    able: input.parent.length === 0,
    yes: [],
    no: [],
    awaiting: input.recovered?.notify ?? [],
    found: input.recovered?.found ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    /** What a restart does is decided by the log alone: a decision is told until all children have it. */
    starting: {
      always: [
        { guard: 'foundPrepared', target: 'prepared', actions: ['markVotedYes', 'markUncertain'] },
        { guard: 'foundCommit', target: 'committed', actions: ['markCertain', 'markCommit'] },
        { guard: 'foundAbortOrNothing', target: 'aborted', actions: ['markCertain', 'markAbort'] },
        { guard: 'isRoot', target: 'idle' },
        { target: 'working' },
      ],
    },
    /** The root before the transaction. */
    idle: { on: { BEGIN: { target: 'collecting', actions: 'requestVotes' } } },
    working: {
      on: {
        PREPARE: { target: 'collecting', actions: 'requestVotes' },
        ABORT: {
          target: 'aborted',
          actions: ['markAbort', 'awaitAllButNoVoters', 'acknowledgeAbort'],
        },
        /** Cooperative termination: who has not voted aborts now, and says so. */
        INQUIRE: { target: 'aborted', actions: ['markAbort', 'awaitAllButNoVoters', 'tellAbort'] },
      },
      /** Before voting it may abort alone. */
      after: {
        patience: { target: 'aborted', actions: ['markAbort', 'awaitAllButNoVoters'] },
      },
    },
    /** The children are asked, and so are its own resources. */
    collecting: {
      always: [
        {
          guard: and(['isRoot', 'allVotesIn', 'allVotedYes']),
          target: 'committed',
          actions: ['awaitChildren', 'forceCommit', 'markCommit', 'returnCommit'],
        },
        {
          guard: and(['isRoot', 'allVotesIn']),
          target: 'aborted',
          actions: ['awaitAllButNoVoters', 'forceAbort', 'markAbort', 'returnAbort'],
        },
        {
          guard: and(['isAble', 'allVotesIn', 'allVotedYes']),
          target: 'prepared',
          actions: ['forcePrepared', 'markVotedYes', 'markUncertain', 'voteYes'],
        },
        {
          guard: and(['isAble', 'allVotesIn']),
          target: 'aborted',
          actions: ['awaitAllButNoVoters', 'markAbort', 'voteNo'],
        },
      ],
      on: {
        CAN_COMMIT: { guard: not('isAble'), actions: 'noteAble' },
        CANNOT_COMMIT: {
          guard: not('isAble'),
          target: 'aborted',
          actions: ['awaitAllButNoVoters', 'markVotedNo', 'markAbort', 'voteNo'],
        },
        VOTE: [
          { guard: and(['isFirstVote', 'isYes']), actions: 'countYes' },
          { guard: 'isFirstVote', actions: 'countNo' },
        ],
        ABORT: {
          target: 'aborted',
          actions: ['markAbort', 'awaitAllButNoVoters', 'acknowledgeAbort'],
        },
        INQUIRE: [
          /** A child in doubt waits for the others as this site does. */
          { guard: 'isFromChild' },
          /** The root may not abort for the asking: its timer decides. */
          { guard: 'isRoot' },
          {
            target: 'aborted',
            actions: ['awaitAllButNoVoters', 'markAbort', 'tellAbort', 'voteNo'],
          },
        ],
      },
      after: {
        voteTimeout: [
          {
            guard: 'isRoot',
            target: 'aborted',
            actions: ['awaitAllButNoVoters', 'forceAbort', 'markAbort', 'returnAbort'],
          },
          { target: 'aborted', actions: ['awaitAllButNoVoters', 'markAbort', 'voteNo'] },
        ],
      },
    },
    /** In doubt, and all below it too: it has promised to commit for them. */
    prepared: {
      on: {
        COMMIT: {
          target: 'committed',
          actions: [
            'markCertain',
            'awaitChildren',
            'forceCommit',
            'markCommit',
            'acknowledgeCommit',
          ],
        },
        ABORT: {
          target: 'aborted',
          actions: ['markCertain', 'awaitChildren', 'forceAbort', 'markAbort', 'acknowledgeAbort'],
        },
        /** The vote was lost, or this is a copy: say it again. */
        PREPARE: { actions: 'voteYes' },
      },
      after: {
        doubt: [
          {
            guard: 'mayDecideAlone',
            target: 'aborted',
            actions: ['markCertain', 'awaitChildren', 'markAbort'],
          },
          { target: 'prepared', reenter: true, actions: 'inquire' },
        ],
      },
    },
    committed: {
      initial: 'telling',
      on: {
        COMMIT: { actions: 'acknowledgeCommit' },
        ACK: { actions: 'countAcknowledgement' },
        VOTE: { guard: 'isYes', actions: 'tellCommit' },
        INQUIRE: { actions: 'tellCommit' },
      },
      states: {
        telling: {
          entry: 'sendCommit',
          always: [
            { guard: 'isLeaf', target: 'done' },
            { guard: 'allAcknowledged', target: 'done', actions: 'writeEnd' },
          ],
          after: { resend: { target: 'telling', reenter: true } },
        },
        done: {},
      },
    },
    aborted: {
      initial: 'telling',
      on: {
        /** The client comes after the crash that ended the transaction. */
        BEGIN: { actions: 'returnAbort' },
        ABORT: { actions: 'acknowledgeAbort' },
        ACK: { actions: 'countAcknowledgement' },
        /** A request that arrives later gets no; it never re-opens the transaction. */
        PREPARE: { actions: 'voteNo' },
        VOTE: { guard: 'isYes', actions: 'tellAbort' },
        INQUIRE: { actions: 'tellAbort' },
      },
      states: {
        telling: {
          entry: 'sendAbort',
          always: [
            { guard: 'isLeaf', target: 'done' },
            { guard: 'allAcknowledged', target: 'done', actions: 'writeEnd' },
          ],
          after: { resend: { target: 'telling', reenter: true } },
        },
        done: {},
      },
    },
  },
});

function senderOf(event: Event): Address {
  return 'from' in event ? event.from : '';
}
