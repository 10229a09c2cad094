/**
 * A client that runs transactions one after the other and coordinates their commit: two-phase commit with
 * presumed abort. Every rule is a named guard or action.
 */
import { and, assign, emit, enqueueActions, not, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../../model/effects.ts';
import type { Access, CoordinatorRecord, Message } from './messages.ts';

export interface CoordinatorInput {
  /** A commit that a crash left unfinished; absent at the first start. */
  readonly recovered?: { readonly transaction: string; readonly notify: readonly Address[] };
}

export interface CoordinatorContext {
  /** The transaction that is under way; empty when there is none. */
  readonly transaction: string;
  readonly accesses: readonly Access[];
  /** How many of them are done. */
  readonly done: number;
  /** What it has read, summed up: what an audit is for. */
  readonly sum: number;
  readonly yes: readonly Address[];
  /** Who must acknowledge the commit and has not yet. */
  readonly awaiting: readonly Address[];
}

type Begin = {
  readonly type: 'BEGIN';
  readonly transaction: string;
  readonly accesses: readonly Access[];
};
type Event = Received<Message> | Begin;

const none = {
  ...{ transaction: '', accesses: [], done: 0, sum: 0, yes: [], awaiting: [] },
} as const satisfies CoordinatorContext;

/** The participants of the first so many accesses, each once. */
const among = ({ accesses }: CoordinatorContext, count: number): readonly Address[] => [
  ...new Set(accesses.slice(0, count).map(({ participant }) => participant)),
];
const everybody = (context: CoordinatorContext) => among(context, context.accesses.length);
/** Those that have been asked for anything yet. */
const touched = (context: CoordinatorContext) => among(context, context.done + 1);
const current = (context: CoordinatorContext): Access | undefined => context.accesses[context.done];

export const coordinator = setup({
  types: {
    context: {} as CoordinatorContext,
    input: {} as CoordinatorInput,
    events: {} as Event,
    emitted: {} as Effect<Message, CoordinatorRecord>,
  },
  guards: {
    /** Messages of earlier transactions are still on their way. */
    isCurrent: ({ context, event }) => event.transaction === context.transaction,
    isAnswer: ({ context, event }) =>
      event.type === 'DONE' &&
      event.from === current(context)?.participant &&
      event.row === current(context)?.row,
    isLastStep: ({ context }) => context.done + 1 === context.accesses.length,
    isYes: ({ event }) => event.type === 'VOTE' && event.yes,
    allVotedYes: ({ context }) => context.yes.length === everybody(context).length,
    allAcknowledged: ({ context }) => context.awaiting.length === 0,
    foundCommit: ({ context }) => context.transaction !== '',
  },
  actions: {
    begin: assign(({ event }) =>
      event.type === 'BEGIN'
        ? { ...none, transaction: event.transaction, accesses: event.accesses }
        : {},
    ),
    execute: emit(({ context }) => {
      const { participant = '', row = '', mode = 'read', add = 0 } = current(context) ?? {};
      return send(participant, {
        ...{ type: 'EXECUTE', transaction: context.transaction, row, mode, add },
      } as const);
    }),
    markAsked: emit(mark('asked')),
    markAnswered: emit(mark('answered')),
    noteDone: assign({
      done: ({ context }) => context.done + 1,
      sum: ({ context, event }) =>
        context.sum +
        (event.type === 'DONE' && current(context)?.mode === 'read' ? event.value : 0),
    }),
    /** Each is told how many steps it has done: who lost some in a crash must not agree. */
    requestVotes: enqueueActions(({ context, enqueue }) => {
      const { transaction, accesses } = context;
      for (const to of everybody(context)) {
        const steps = accesses.filter(({ participant }) => participant === to).length;
        enqueue.emit(send(to, { type: 'PREPARE' as const, transaction, steps }));
      }
    }),
    countYes: assign({
      yes: ({ context, event }) =>
        everybody(context).filter((one) => one === senderOf(event) || context.yes.includes(one)),
    }),
    awaitEveryone: assign({ awaiting: ({ context }) => everybody(context) }),
    forceCommit: emit(({ context: { transaction, awaiting } }) =>
      write({ record: 'commit' as const, transaction, notify: awaiting }, 'forced'),
    ),
    markCommit: emit(({ context: { transaction, sum } }) =>
      mark('decided', { transaction, decision: 'commit', sum }),
    ),
    markAbort: emit(({ context: { transaction } }) =>
      mark('decided', { transaction, decision: 'abort' }),
    ),
    markCommitted: emit(mark('committed')),
    markAborted: emit(mark('aborted')),
    returnCommit: emit(mark('returned', { decision: 'commit' })),
    returnAbort: emit(mark('returned', { decision: 'abort' })),
    sendCommit: emit(({ context: { awaiting, transaction } }) =>
      send(awaiting, { type: 'COMMIT', transaction }),
    ),
    sendAbort: emit(({ context }) =>
      send(touched(context), { type: 'ABORT', transaction: context.transaction }),
    ),
    countAcknowledgement: assign({
      awaiting: ({ context, event }) => context.awaiting.filter((one) => one !== senderOf(event)),
    }),
    writeEnd: emit(({ context: { transaction } }) =>
      write({ record: 'end' as const, transaction }, 'unforced'),
    ),
    finish: assign(() => none),
    tellCommit: emit(({ event }) =>
      send(senderOf(event), { type: 'COMMIT', transaction: event.transaction }),
    ),
    /** No record means abort: of what has committed everybody has a record of his own. */
    tellPresumed: emit(({ event }) =>
      send(senderOf(event), { type: 'ABORT', transaction: event.transaction }),
    ),
  },
  delays: { answerTimeout: 300, voteTimeout: 100, resend: 100 },
}).createMachine({
  id: 'coordinator',
  context: ({ input }) => ({
    ...none,
    transaction: input.recovered?.transaction ?? '',
    awaiting: input.recovered?.notify ?? [],
  }),
  initial: 'starting',
  on: {
    INQUIRE: { guard: not('isCurrent'), actions: 'tellPresumed' },
    VOTE: { guard: and([not('isCurrent'), 'isYes']), actions: 'tellPresumed' },
  },
  states: {
    starting: {
      always: [
        { guard: 'foundCommit', target: 'committing', actions: 'markCommit' },
        { target: 'idle' },
      ],
    },
    idle: { on: { BEGIN: { target: 'executing', actions: 'begin' } } },
    /** The growing phase: one step after the other, each under its lock. */
    executing: {
      entry: ['markAsked', 'execute'],
      exit: 'markAnswered',
      on: {
        DONE: [
          {
            guard: and(['isCurrent', 'isAnswer', 'isLastStep']),
            target: 'collecting',
            actions: 'noteDone',
          },
          {
            guard: and(['isCurrent', 'isAnswer']),
            target: 'executing',
            reenter: true,
            actions: 'noteDone',
          },
        ],
        REFUSED: { guard: 'isCurrent', target: 'aborting' },
      },
      after: { answerTimeout: 'aborting' },
    },
    collecting: {
      entry: 'requestVotes',
      always: {
        guard: 'allVotedYes',
        target: 'committing',
        actions: ['awaitEveryone', 'forceCommit', 'markCommit', 'markCommitted', 'returnCommit'],
      },
      on: {
        VOTE: [
          { guard: and(['isCurrent', 'isYes']), actions: 'countYes' },
          { guard: 'isCurrent', target: 'aborting' },
          { guard: 'isYes', actions: 'tellPresumed' },
        ],
        REFUSED: { guard: 'isCurrent', target: 'aborting' },
      },
      after: { voteTimeout: 'aborting' },
    },
    /** Abort is presumed: no record, no acknowledgement; who misses it asks. */
    aborting: {
      entry: ['markAbort', 'markAborted', 'returnAbort', 'sendAbort', 'finish'],
      always: 'idle',
    },
    committing: {
      initial: 'sending',
      always: { guard: 'allAcknowledged', target: 'idle', actions: ['writeEnd', 'finish'] },
      on: {
        ACK: { guard: 'isCurrent', actions: 'countAcknowledgement' },
        INQUIRE: [{ guard: 'isCurrent', actions: 'tellCommit' }, { actions: 'tellPresumed' }],
      },
      states: {
        sending: {
          entry: 'sendCommit',
          after: { resend: { target: 'sending', reenter: true } },
        },
      },
    },
  },
});

function senderOf(event: Event): Address {
  return event.type === 'BEGIN' ? '' : event.from;
}
