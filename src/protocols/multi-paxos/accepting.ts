/** The rules of an acceptor of all slots (Paxos Made Simple 2.2, 3): promises and votes, forced before they are told. */
import { mark, send, write } from '../../model/effects.ts';
import { base, isSame, type Seen } from './server-state.ts';
import { voteIn, withVotes } from './slots.ts';

export const acceptingGuards = {
  /** The promise rule: a ballot higher than any promised, for all slots at once. */
  mayPromise: ({ context, event }: Seen) => event.type === '1a' && event.ballot > context.maxBal,
  hasPromised: ({ context, event }: Seen) => event.type === '1a' && event.ballot === context.maxBal,
  /** The accept rule: no higher ballot has been promised. */
  mayVote: ({ context, event }: Seen) => event.type === '2a' && event.ballot >= context.maxBal,
  hasVotedSo: ({ context: { votes }, event }: Seen) =>
    event.type === '2a' &&
    event.entries.every(({ slot, command }) => {
      const vote = voteIn(votes, slot);
      return vote?.ballot === event.ballot && isSame(vote.command, command);
    }),
  hasVotes: ({ context }: Seen) => context.votes.length > 0,
};

export const acceptingActions = {
  promise: base.assign({
    maxBal: ({ context, event }) => ('ballot' in event ? event.ballot : context.maxBal),
  }),
  /** Force before send: the promise must outlive a crash. */
  forcePromise: base.emit(({ context }) =>
    write({ record: 'promise' as const, ballot: context.maxBal }, 'forced'),
  ),
  send1b: base.emit(({ context, event }) => {
    const first = event.type === '1a' ? event.first : 1;
    const votes = context.votes.filter(({ slot }) => slot >= first);
    return send(event.from, { type: '1b', ballot: context.maxBal, votes });
  }),
  vote: base.assign(({ context, event }) =>
    event.type === '2a'
      ? { maxBal: event.ballot, votes: withVotes(context.votes, event.ballot, event.entries) }
      : {},
  ),
  /** Force before send: the votes must outlive a crash. */
  forceVotes: base.emit(({ context, event }) =>
    write(
      {
        record: 'votes' as const,
        ballot: context.maxBal,
        entries: event.type === '2a' ? event.entries : [],
      },
      'forced',
    ),
  ),
  markVoted: base.emit(({ context }) => mark('voted', { votes: context.votes })),
  send2b: base.emit(({ event }) => {
    const slots = event.type === '2a' ? event.entries.map(({ slot }) => slot) : [];
    return send(event.from, { type: '2b', ballot: 'ballot' in event ? event.ballot : 0, slots });
  }),
  refuse: base.emit(({ context, event }) =>
    send(event.from, {
      type: 'NACK',
      ballot: 'ballot' in event ? event.ballot : 0,
      promised: context.maxBal,
    }),
  ),
};
