/**
 * A participant that holds rows under locks: strict two-phase locking below, presumed abort above. What is in
 * doubt keeps its locks, whoever else waits for them. Every rule is a named guard or action.
 */
import { and, assign, emit, enqueueActions, not, setup } from 'xstate';
import { type Effect, mark, type Received, send, write } from '../../../model/effects.ts';
import {
  applied,
  executed,
  nextToGrant,
  type Open,
  type Request,
  type Table,
  without,
} from './locking.ts';
import type { Message, ParticipantRecord } from './messages.ts';

export interface ParticipantInput {
  /** What the log says after a crash: committed values, and what is in doubt with its locks. */
  readonly recovered?: Pick<Table, 'rows' | 'open'>;
}

export interface ParticipantContext extends Table {
  /** The request whose waiting is timed: the oldest. */
  readonly timed: string;
  /** Requests that have just been granted, with what they saw; told before anything else happens. */
  readonly granted: readonly { readonly request: Request; readonly value: number }[];
  readonly restarted: boolean;
}

type Event = Received<Message>;

const nameOf = (request: Request | undefined): string =>
  request === undefined ? '' : `${request.transaction} ${request.row}`;
const openOf = (context: ParticipantContext, event: Event): Open | undefined =>
  context.open[event.transaction];
const names = (context: ParticipantContext, isWanted: (open: Open) => boolean): string[] =>
  Object.entries(context.open).flatMap(([name, open]) => (isWanted(open) ? [name] : []));
/** Who has neither voted nor been heard of for a whole period of `doubt`. */
const isForsaken = ({ prepared, aged }: Open): boolean => !prepared && aged;
const withoutAll = (table: Table, transactions: readonly string[]): Table =>
  transactions.reduce(without, table);

export const participant = setup({
  types: {
    context: {} as ParticipantContext,
    input: {} as ParticipantInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ParticipantRecord>,
  },
  guards: {
    isOpen: ({ context, event }) => openOf(context, event) !== undefined,
    isPrepared: ({ context, event }) => openOf(context, event)?.prepared === true,
    /** A crash forgets what was not prepared: who has lost a step of it votes no. */
    hasEveryStep: ({ context, event }) =>
      event.type === 'PREPARE' &&
      Object.keys(openOf(context, event)?.locks ?? {}).length === event.steps,
    isWaitedFor: ({ context, event }) =>
      context.queue.some(({ transaction }) => transaction === event.transaction),
    nobodyWaits: ({ context }) => context.queue.length === 0,
    oldestHasChanged: ({ context }) => nameOf(context.queue[0]) !== context.timed,
    nothingIsOpen: ({ context }) => Object.keys(context.open).length === 0,
    hasRestarted: ({ context }) => context.restarted,
  },
  actions: {
    queueUp: assign({
      queue: ({ context, event }) =>
        event.type === 'EXECUTE' ? [...context.queue, requestOf(event)] : context.queue,
    }),
    /** Grants whatever is free now, the oldest first. */
    grantWaiting: assign(({ context }) => {
      let table: Table = context;
      const granted = [...context.granted];
      for (let next = nextToGrant(table); next !== undefined; next = nextToGrant(table)) {
        const request = next;
        const done = executed(table, request);
        granted.push({ request, value: done.value });
        table = { ...done.table, queue: table.queue.filter((one) => one !== request) };
      }
      return { open: table.open, queue: table.queue, granted };
    }),
    tellGranted: enqueueActions(({ context, enqueue }) => {
      for (const { request, value } of context.granted) {
        const { transaction, row, mode, coordinator } = request;
        enqueue.emit(mark('accessed', { transaction, row, mode }));
        enqueue.emit(send(coordinator, { type: 'DONE' as const, transaction, row, value }));
      }
      enqueue.assign({ granted: [] });
    }),
    timeOldest: assign({ timed: ({ context }) => nameOf(context.queue[0]) }),
    timeNobody: assign({ timed: '' }),
    /** A deadlock, or somebody in doubt who holds the row: either way this transaction gives up. */
    refuseOldest: enqueueActions(({ context, enqueue }) => {
      const [oldest] = context.queue;
      if (oldest === undefined) return;
      const { transaction, coordinator } = oldest;
      enqueue.assign(({ context: table }) => without(table, transaction));
      enqueue.emit(mark('ended', { transaction, decision: 'abort' }));
      enqueue.emit(send(coordinator, { type: 'REFUSED' as const, transaction }));
    }),
    forcePrepared: emit(({ context, event }) => {
      const { coordinator = event.from, locks = {}, writes = {} } = openOf(context, event) ?? {};
      const { transaction } = event;
      const work = { coordinator, locks, writes };
      return write({ record: 'prepared' as const, transaction, ...work }, 'forced');
    }),
    notePrepared: assign({
      open: ({ context, event }) => {
        const open = openOf(context, event);
        return open === undefined
          ? context.open
          : { ...context.open, [event.transaction]: { ...open, prepared: true } };
      },
    }),
    markUncertain: emit(mark('uncertain')),
    markCertain: emit(mark('certain')),
    voteYes: emit(({ event }) =>
      send(event.from, { type: 'VOTE', transaction: event.transaction, yes: true }),
    ),
    voteNo: emit(({ event }) =>
      send(event.from, { type: 'VOTE', transaction: event.transaction, yes: false }),
    ),
    forceCommit: emit(({ event }) =>
      write({ record: 'commit' as const, transaction: event.transaction }, 'forced'),
    ),
    /** Presumed abort: who finds himself prepared asks again, and is told the same. */
    writeAbort: emit(({ event }) =>
      write({ record: 'abort' as const, transaction: event.transaction }, 'unforced'),
    ),
    putInPlace: assign(({ context, event }) => applied(context, event.transaction)),
    /** Strictness: only with the decision are the locks free. */
    release: assign(({ context, event }) => without(context, event.transaction)),
    markCommitted: emit(({ event }) =>
      mark('ended', { transaction: event.transaction, decision: 'commit' }),
    ),
    markAborted: emit(({ event }) =>
      mark('ended', { transaction: event.transaction, decision: 'abort' }),
    ),
    markRestarted: emit(({ context }) => mark('restarted', { open: names(context, () => true) })),
    acknowledge: emit(({ event }) =>
      send(event.from, { type: 'ACK', transaction: event.transaction }),
    ),
    /** Who has voted may only ask; who has not, and is not heard of, aborts alone. */
    inquire: enqueueActions(({ context, enqueue }) => {
      for (const transaction of names(context, ({ prepared }) => prepared)) {
        const { coordinator = '' } = context.open[transaction] ?? {};
        enqueue.emit(send(coordinator, { type: 'INQUIRE' as const, transaction }));
      }
    }),
    abortForsaken: enqueueActions(({ context, enqueue }) => {
      const forsaken = names(context, isForsaken);
      enqueue.assign(({ context: table }) => withoutAll(table, forsaken));
      for (const transaction of forsaken) {
        const { coordinator = '' } = context.open[transaction] ?? {};
        enqueue.emit(mark('ended', { transaction, decision: 'abort' }));
        enqueue.emit(send(coordinator, { type: 'REFUSED' as const, transaction }));
      }
    }),
    growOlder: assign({
      open: ({ context }) =>
        Object.fromEntries(
          Object.entries(context.open).map(([name, open]) => [name, { ...open, aged: true }]),
        ),
    }),
  },
  delays: { lockTimeout: 150, doubt: 250 },
}).createMachine({
  id: 'participant',
  context: ({ input }) => ({
    rows: input.recovered?.rows ?? {},
    open: input.recovered?.open ?? {},
    queue: [],
    timed: '',
    granted: [],
    restarted: input.recovered !== undefined,
  }),
  type: 'parallel',
  on: {
    EXECUTE: { actions: ['queueUp', 'grantWaiting', 'tellGranted'] },
    PREPARE: [
      { guard: and(['isPrepared', 'hasEveryStep']), actions: 'voteYes' },
      {
        guard: 'hasEveryStep',
        actions: ['forcePrepared', 'notePrepared', 'markUncertain', 'voteYes'],
      },
      { actions: ['release', 'markAborted', 'voteNo', 'grantWaiting', 'tellGranted'] },
    ],
    COMMIT: [
      {
        guard: 'isPrepared',
        actions: [
          'forceCommit',
          'putInPlace',
          'release',
          'markCommitted',
          'markCertain',
          'acknowledge',
          'grantWaiting',
          'tellGranted',
        ],
      },
      /** Done already: say so again. */
      { guard: not('isOpen'), actions: 'acknowledge' },
    ],
    ABORT: [
      {
        guard: 'isPrepared',
        actions: [
          'writeAbort',
          'release',
          'markAborted',
          'markCertain',
          'grantWaiting',
          'tellGranted',
        ],
      },
      { guard: 'isOpen', actions: ['release', 'markAborted', 'grantWaiting', 'tellGranted'] },
      { guard: 'isWaitedFor', actions: ['release', 'markAborted', 'grantWaiting', 'tellGranted'] },
    ],
  },
  states: {
    /** Who waits for a lock, and how long the oldest has. */
    locks: {
      initial: 'starting',
      states: {
        starting: {
          always: [
            { guard: 'hasRestarted', target: 'free', actions: 'markRestarted' },
            { target: 'free' },
          ],
        },
        free: { always: { guard: not('nobodyWaits'), target: 'waiting' } },
        waiting: {
          entry: 'timeOldest',
          exit: 'timeNobody',
          always: [
            { guard: 'nobodyWaits', target: 'free' },
            { guard: 'oldestHasChanged', target: 'waiting', reenter: true },
          ],
          after: {
            lockTimeout: { actions: ['refuseOldest', 'grantWaiting', 'tellGranted'] },
          },
        },
      },
    },
    /** Who is open, and for how long. */
    transactions: {
      initial: 'none',
      states: {
        none: { always: { guard: not('nothingIsOpen'), target: 'some' } },
        some: {
          always: { guard: 'nothingIsOpen', target: 'none' },
          after: {
            doubt: {
              target: 'some',
              reenter: true,
              actions: ['abortForsaken', 'inquire', 'growOlder', 'grantWaiting', 'tellGranted'],
            },
          },
        },
      },
    },
  },
});

function requestOf(event: Extract<Event, { readonly type: 'EXECUTE' }>): Request {
  const { transaction, row, mode, add, from } = event;
  return { coordinator: from, transaction, row, mode, add };
}
