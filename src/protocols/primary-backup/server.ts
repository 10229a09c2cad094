/**
 * A server: idle, backup or primary, as the view says that it has last heard of. It pings the view server whatever it
 * is. The primary executes requests one at a time, each after its backup has executed it: reads too, since this is how
 * it learns that it is the primary no more.
 */
import { and, assertEvent, assign, emit, not, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import {
  idOf,
  isSameMember,
  isSameRequest,
  type LifeRecord,
  type Member,
  type Message,
  type Request,
  type View,
} from './messages.ts';
import { answerTo, emptyReplica, execute, isPast, type Replica } from './replica.ts';

export interface ServerInput {
  readonly self: Address;
  readonly viewServer: Address;
  readonly life: number;
  /** The view in which it begins, with no requests executed yet; a later life begins in none. */
  readonly view: View;
}

export interface ServerContext extends ServerInput {
  /** The view that it tells in its pings: the last that it has begun. A primary begins one by bringing up its backup. */
  readonly begun: number;
  readonly replica: Replica;
  /** Requests that the primary has not executed yet, one of each client, first come first served. */
  readonly waiting: readonly Request[];
}

const me = ({ self, life }: ServerContext): Member => ({ server: self, life });

const first = ({ waiting }: ServerContext): Request => {
  const [request] = waiting;
  if (request === undefined) throw new Error('a primary works on a request, and has none');
  return request;
};

/** What changes when a request is executed. Who waited, and has gone on, waits no longer. */
function executing({ replica, waiting }: ServerContext, request: Request) {
  const after = execute(replica, request);
  return { replica: after, waiting: waiting.filter((one) => !isPast(after, one)) };
}

/** Left right before the execution. */
const applied = ({ replica }: ServerContext, request: Request) =>
  mark('applied', { index: replica.index + 1, command: request });

const reply = (replica: Replica, request: Request) =>
  send<Message>(request.client, {
    type: 'REPLY',
    to: idOf(request),
    result: answerTo(replica, request) ?? null,
  });

export const server = setup({
  types: {
    context: {} as ServerContext,
    input: {} as ServerInput,
    events: {} as Received<Message>,
    emitted: {} as Effect<Message, LifeRecord>,
  },
  guards: {
    hasReturned: ({ context }) => context.life > 1,
    isPrimary: ({ context }) => isSameMember(context.view.primary, me(context)),
    isBackup: ({ context }) => isSameMember(context.view.backup, me(context)),
    isNewerView: ({ context, event }) => {
      assertEvent(event, 'VIEW');
      return event.view.number > context.view.number;
    },
    /** A view names lives: a message from before the crash must not make its next life primary. */
    makesMePrimary: ({ context, event }) => {
      assertEvent(event, 'VIEW');
      return isSameMember(event.view.primary, me(context));
    },
    makesMeBackup: ({ context, event }) => {
      assertEvent(event, 'VIEW');
      return isSameMember(event.view.backup, me(context));
    },
    hasBackup: ({ context }) => context.view.backup !== null,
    hasWaiting: ({ context }) => context.waiting.length > 0,
    /** Alone it may execute at once: nobody can follow it without its state. */
    mayExecuteAlone: ({ context }) => context.view.backup === null,
    isFromMyBackup: ({ context, event }) => {
      assertEvent(event, ['TRANSFERRED', 'FORWARDED', 'NOT_BACKUP']);
      return event.view === context.view.number;
    },
    acknowledgesFirst: ({ context, event }) => {
      assertEvent(event, 'FORWARDED');
      return isSameRequest(event.to, first(context));
    },
    isAnswered: ({ context, event }) => {
      assertEvent(event, 'REQUEST');
      return answerTo(context.replica, event.request) !== undefined;
    },
    /** One of a client that has gone on: nobody waits for it. */
    isForgotten: ({ context, event }) => {
      assertEvent(event, 'REQUEST');
      return isPast(context.replica, event.request);
    },
    isWaiting: ({ context, event }) => {
      assertEvent(event, 'REQUEST');
      return context.waiting.some((one) => isSameRequest(one, event.request));
    },
    isOfMyView: ({ context, event }) => {
      assertEvent(event, ['TRANSFER', 'FORWARD']);
      return event.view === context.view.number;
    },
    /** Whether what is forwarded has been executed before: then it is acknowledged, and no more. */
    isExecuted: ({ context, event }) => {
      assertEvent(event, 'FORWARD');
      return isPast(context.replica, event.request);
    },
  },
  actions: {
    recordLife: emit(({ context }) => write(context.life, 'forced')),
    ping: emit(({ context }) =>
      send(context.viewServer, { type: 'PING', life: context.life, view: context.begun }),
    ),
    adoptView: assign(({ event }) => {
      assertEvent(event, 'VIEW');
      return { view: event.view };
    }),
    beginView: assign({ begun: ({ context }) => context.view.number }),
    markPrimary: emit(({ context: { view, life, replica } }) =>
      mark('primary', { view: view.number, life, executed: replica.executed }),
    ),
    dropWaiting: assign({ waiting: [] }),
    /** The whole of it: the store, and what each client was answered last. */
    transfer: emit(({ context: { view, replica } }) =>
      send(view.backup?.server ?? [], { type: 'TRANSFER', view: view.number, replica }),
    ),
    install: assign(({ event }) => {
      assertEvent(event, 'TRANSFER');
      return { replica: event.replica };
    }),
    markInstalled: emit(({ context }) => mark('installed', { index: context.replica.index })),
    acknowledgeTransfer: emit(({ event }) => {
      assertEvent(event, 'TRANSFER');
      return send(event.from, { type: 'TRANSFERRED', view: event.view });
    }),
    await: assign(({ context, event }) => {
      assertEvent(event, 'REQUEST');
      return { waiting: [...context.waiting, event.request] };
    }),
    forward: emit(({ context }) =>
      send(context.view.backup?.server ?? [], {
        type: 'FORWARD',
        view: context.view.number,
        request: first(context),
      }),
    ),
    markFirst: emit(({ context }) => applied(context, first(context))),
    markAnswer: emit(({ context }) =>
      mark('answered', { view: context.view.number, to: idOf(first(context)) }),
    ),
    answerFirst: emit(({ context }) =>
      reply(execute(context.replica, first(context)), first(context)),
    ),
    executeFirst: assign(({ context }) => executing(context, first(context))),
    answerAgain: emit(({ context, event }) => {
      assertEvent(event, 'REQUEST');
      return reply(context.replica, event.request);
    }),
    refuse: emit(({ event }) => {
      assertEvent(event, 'REQUEST');
      return send(event.from, { type: 'NOT_PRIMARY', to: idOf(event.request) });
    }),
    executeForwarded: assign(({ context, event }) => {
      assertEvent(event, 'FORWARD');
      return executing(context, event.request);
    }),
    markForwarded: emit(({ context, event }) => {
      assertEvent(event, 'FORWARD');
      return applied(context, event.request);
    }),
    acknowledgeForwarded: emit(({ event }) => {
      assertEvent(event, 'FORWARD');
      return send(event.from, { type: 'FORWARDED', view: event.view, to: idOf(event.request) });
    }),
    refuseForwarded: emit(({ event }) => {
      assertEvent(event, 'FORWARD');
      return send(event.from, { type: 'NOT_BACKUP', view: event.view });
    }),
  },
  delays: { ping: 100, retransmit: 60 },
}).createMachine({
  id: 'server',
  context: ({ input }) => ({
    ...input,
    begun: 0,
    replica: emptyReplica,
    waiting: [],
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [
        { guard: 'hasReturned', target: 'running', actions: 'recordLife' },
        { guard: 'isPrimary', target: 'running.role.primary.serving' },
        { guard: 'isBackup', target: 'running.role.backup.ready', actions: 'beginView' },
        { target: 'running' },
      ],
    },
    running: {
      type: 'parallel',
      states: {
        heart: {
          initial: 'beating',
          states: {
            beating: { entry: 'ping', after: { ping: { target: 'beating', reenter: true } } },
          },
        },
        role: {
          initial: 'idle',
          on: {
            VIEW: [
              { guard: not('isNewerView') },
              { guard: 'makesMePrimary', target: '.primary', actions: 'adoptView' },
              {
                guard: 'makesMeBackup',
                target: '.backup',
                actions: ['adoptView', 'beginView', 'dropWaiting', 'ping'],
              },
              { target: '.idle', actions: ['adoptView', 'beginView', 'dropWaiting', 'ping'] },
            ],
            REQUEST: { actions: 'refuse' },
            FORWARD: { actions: 'refuseForwarded' },
          },
          states: {
            idle: {},
            backup: {
              initial: 'empty',
              states: {
                /** What it had in an earlier view may have gone on without it, and does not count. */
                empty: {
                  on: {
                    TRANSFER: {
                      guard: 'isOfMyView',
                      target: 'ready',
                      actions: ['install', 'markInstalled', 'acknowledgeTransfer'],
                    },
                  },
                },
                /** The state is installed once: a copy that comes late would undo what was executed since. */
                ready: {
                  on: {
                    TRANSFER: { guard: 'isOfMyView', actions: 'acknowledgeTransfer' },
                    FORWARD: [
                      { guard: not('isOfMyView'), actions: 'refuseForwarded' },
                      { guard: 'isExecuted', actions: 'acknowledgeForwarded' },
                      { actions: ['markForwarded', 'executeForwarded', 'acknowledgeForwarded'] },
                    ],
                  },
                },
              },
            },
            primary: {
              initial: 'beginning',
              on: {
                REQUEST: [
                  { guard: 'isAnswered', actions: 'answerAgain' },
                  { guard: 'isForgotten' },
                  { guard: 'isWaiting' },
                  { actions: 'await' },
                ],
                /** It has been deposed, perhaps: the view server knows. */
                NOT_BACKUP: { guard: 'isFromMyBackup', actions: 'ping' },
              },
              states: {
                beginning: {
                  always: [{ guard: 'hasBackup', target: 'transferring' }, { target: 'serving' }],
                },
                transferring: {
                  entry: 'transfer',
                  on: { TRANSFERRED: { guard: 'isFromMyBackup', target: 'serving' } },
                  after: { retransmit: { target: 'transferring', reenter: true } },
                },
                serving: {
                  entry: ['beginView', 'markPrimary', 'ping'],
                  initial: 'free',
                  states: {
                    free: {
                      always: [
                        {
                          guard: and(['hasWaiting', 'mayExecuteAlone']),
                          target: 'free',
                          actions: ['markFirst', 'markAnswer', 'answerFirst', 'executeFirst'],
                        },
                        { guard: 'hasWaiting', target: 'forwarding' },
                      ],
                    },
                    forwarding: {
                      entry: 'forward',
                      on: {
                        FORWARDED: {
                          guard: and(['isFromMyBackup', 'acknowledgesFirst']),
                          target: 'free',
                          actions: ['markFirst', 'markAnswer', 'answerFirst', 'executeFirst'],
                        },
                      },
                      after: { retransmit: { target: 'forwarding', reenter: true } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});
