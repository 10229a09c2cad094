/**
 * The view server: it says who is primary and who is backup, and goes on to another view when one of them is dead or
 * missing, but not before the primary has begun the view that is. It forces a view before it tells anybody: it may stop
 * for a while, and then goes on where it was. (The labs say that it never fails.)
 */
import { and, assertEvent, assign, emit, setup } from 'xstate';
import { type Effect, mark, type Received, send, write } from '../../model/effects.ts';
import { isSameMember, type Message, type View, type ViewRecord } from './messages.ts';
import { checked, nextView, type Servers } from './views.ts';

export interface ViewServerContext {
  readonly view: View;
  /** Whether the primary of the view has said that it has begun it. */
  readonly acknowledged: boolean;
  readonly servers: Servers;
  /** A server that has not pinged between so many checks, and the one before, is dead. */
  readonly patience: number;
  /** The last view that it begins; checks need a small one. */
  readonly views: number;
}

export const viewServer = setup({
  types: {
    context: {} as ViewServerContext,
    input: {} as ViewServerContext,
    events: {} as Received<Message>,
    emitted: {} as Effect<Message, ViewRecord>,
  },
  guards: {
    /** A ping that was on its way while its sender died and came back. */
    isFromFormerLife: ({ context, event }) => {
      assertEvent(event, 'PING');
      return event.life < (context.servers[event.from]?.life ?? 0);
    },
    isAcknowledgement: ({ context: { view }, event }) => {
      assertEvent(event, 'PING');
      return (
        event.view === view.number &&
        isSameMember(view.primary, { server: event.from, life: event.life })
      );
    },
    /** Without it the view server could run ahead of the servers, and make one primary that has no state yet. */
    isAcknowledged: ({ context }) => context.acknowledged,
    isAnotherViewDue: ({ context: { view, servers } }) => nextView(view, servers) !== undefined,
    hasView: ({ context }) => context.view.number > 0,
    hasViewsLeft: ({ context }) => context.view.number < context.views,
    isAsked: ({ event }) => event.type === 'PING' || event.type === 'GET_VIEW',
  },
  actions: {
    hearServer: assign(({ context, event }) => {
      assertEvent(event, 'PING');
      const heard = { life: event.life, checksLeft: context.patience };
      return { servers: { ...context.servers, [event.from]: heard } };
    }),
    checkServers: assign({ servers: ({ context }) => checked(context.servers) }),
    acknowledge: assign({ acknowledged: true }),
    beginNextView: assign(({ context: { view, servers } }) => ({
      view: nextView(view, servers) ?? view,
      acknowledged: false,
    })),
    recordView: emit(({ context }) => write(context.view, 'forced')),
    markView: emit(({ context }) => mark('view', context.view)),
    answer: emit(({ context, event }) => send(event.from, { type: 'VIEW', view: context.view })),
  },
  delays: { check: 200 },
}).createMachine({
  id: 'view-server',
  context: ({ input }) => input,
  initial: 'starting',
  states: {
    starting: {
      always: [{ guard: 'hasView', target: 'open', actions: 'markView' }, { target: 'open' }],
    },
    open: {
      initial: 'waiting',
      on: {
        PING: [
          { guard: 'isFromFormerLife' },
          {
            guard: 'isAcknowledgement',
            target: '.deciding',
            actions: ['hearServer', 'acknowledge'],
          },
          { target: '.deciding', actions: 'hearServer' },
        ],
        GET_VIEW: { actions: 'answer' },
      },
      after: { check: { target: 'open.deciding', reenter: true, actions: 'checkServers' } },
      states: {
        waiting: {},
        deciding: {
          always: [
            {
              guard: and(['isAcknowledged', 'isAnotherViewDue', 'hasViewsLeft']),
              target: 'deciding',
              actions: ['beginNextView', 'recordView', 'markView'],
            },
            { guard: 'isAsked', target: 'waiting', actions: 'answer' },
            { target: 'waiting' },
          ],
        },
      },
    },
  },
});
