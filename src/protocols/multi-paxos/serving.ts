/** What clients are told: the outcome of their command, or whom to ask. */
import { send } from '../../model/effects.ts';
import type { Command } from './messages.ts';
import { base, isSame, knownBallot, leaderOf, open, requested, type Seen } from './server-state.ts';

export const servingGuards = {
  isApplied: ({ context, event }: Seen) => context.log.some((one) => isSame(one, requested(event))),
  /** Clients tell their commands apart, so an equal one is the same one asked again. */
  isOpen: ({ context, event }: Seen) =>
    open(context).some(({ command }) => isSame(command, requested(event))),
  knowsLeader: ({ context }: Seen) =>
    knownBallot(context) > 0 && leaderOf(context, knownBallot(context)) !== context.self,
};

export const servingActions = {
  /** To the client that waits for the slot that was just applied. */
  replyToClient: base.emit(({ context: { log, clients } }) =>
    send(clients[log.length] ?? [], { type: 'REPLY', command: log.at(-1) as Command }),
  ),
  replyAgain: base.emit(({ event }) =>
    send(event.from, { type: 'REPLY', command: requested(event) }),
  ),
  redirect: base.emit(({ context, event }) =>
    send(event.from, { type: 'REDIRECT', leader: leaderOf(context, knownBallot(context)) }),
  ),
  noteClient: base.assign({
    clients: ({ context, event }) => {
      const slot = open(context).find(({ command }) => isSame(command, requested(event)))?.slot;
      return slot === undefined ? context.clients : { ...context.clients, [slot]: event.from };
    },
  }),
};
