/** The rules of a learner: what is chosen, by what the leader announces or others tell, is applied slot by slot. */
import { mark, send } from '../../model/effects.ts';
import type { Command } from './messages.ts';
import { base, nextSlot, type Seen } from './server-state.ts';
import { firstMissing, voteIn } from './slots.ts';

export const learningGuards = {
  isCurrent: ({ context, event }: Seen) => 'ballot' in event && event.ballot >= context.maxBal,
  /** The leader says that the next slot is chosen, and this server has voted there in its ballot. */
  nextIsAnnounced: ({ context: { log, votes, announced } }: Seen) =>
    log.length < announced.chosen && voteIn(votes, log.length + 1)?.ballot === announced.ballot,
  nextIsTold: ({ context: { log, told } }: Seen) =>
    told.first <= log.length + 1 && log.length + 1 < told.first + told.commands.length,
  hasTold: ({ context }: Seen) => context.told.commands.length > 0,
  hasMore: ({ context, event }: Seen) =>
    event.type === 'CATCH_UP' && event.first <= context.log.length,
};

export const learningActions = {
  noteAnnounced: base.assign({
    announced: ({ context, event }) =>
      event.type === '2a' || event.type === 'HEARTBEAT'
        ? { ballot: event.ballot, chosen: event.chosen }
        : context.announced,
  }),
  /** Laggards catch up by slot. */
  askForMissing: base.emit(({ context: { log, votes, announced }, event }) => {
    const first = firstMissing(log, votes, announced);
    return send(first === undefined ? [] : event.from, { type: 'CATCH_UP', first: first ?? 0 });
  }),
  tellChosen: base.emit(({ context, event }) => {
    const first = event.type === 'CATCH_UP' ? event.first : 1;
    return send(event.from, { type: 'CHOSEN', first, commands: context.log.slice(first - 1) });
  }),
  noteTold: base.assign({
    told: ({ context, event }) =>
      event.type === 'CHOSEN' ? { first: event.first, commands: event.commands } : context.told,
  }),
  forgetTold: base.assign({ told: { first: 0, commands: [] } }),
  applyTold: base.assign({
    log: ({ context: { log, told } }) => [
      ...log,
      told.commands[log.length + 1 - told.first] as Command,
    ],
  }),
  applyVoted: base.assign({
    log: ({ context }) => [
      ...context.log,
      voteIn(context.votes, nextSlot(context))?.command as Command,
    ],
  }),
  markApplied: base.emit(({ context: { log } }) =>
    mark('applied', { index: log.length, command: log.at(-1) }),
  ),
  /** Nothing, where the log is all there is; a state machine on top executes here what was just applied. */
  execute: base.assign({}),
};
