/**
 * Two rules against servers that hear no leader and force out the leader that others hear: pre-vote
 * (dissertation 9.6) and check quorum (6.2), each a parameter.
 */
import { mark, send } from '../../model/effects.ts';
import { lastPosition } from './log.ts';
import { base, isMajority, others, type Seen, senderOf, termOf } from './server-state.ts';
import { isByTransfer } from './transfer.ts';

export const stabilityGuards = {
  asksFirst: ({ context }: Seen) => context.preVote,
  /** Of the term that the pre-candidate would stand in, and still could. */
  isPreVoteOfNextTerm: ({ context, event }: Seen) =>
    event.type === 'PreVoted' && event.granted && event.term === context.term + 1,
  isPreVoteRefused: ({ event }: Seen) => event.type === 'PreVoted' && !event.granted,
  /** It has a leader: it is one, or has heard one within the shortest election timeout. */
  hasLeader: ({ context }: Seen) => context.hearsLeader || context.leader === context.self,
  /**
   * Who hears a leader lets nobody force it out, unless it hands over by itself; a leader that loses its quorum
   * steps down by itself. The same is what a lease rests on, which outlasts the leader's will.
   */
  ignoresCandidates: ({ context, event }: Seen) =>
    (context.leaseMs > 0 || (context.checkQuorum && !isByTransfer(event))) &&
    (context.hearsLeader || context.leader === context.self),
  isTooLate: ({ context, event }: Seen) => termOf(event) <= context.term,
  hearsQuorum: ({ context }: Seen) => isMajority(context, [context.self, ...context.heard]),
};

export const stabilityActions = {
  askFirst: base.assign(({ context }) => ({
    votes: [context.self],
    leader: null,
    hearsLeader: false,
  })),
  markPreCandidate: base.emit(({ context }) => mark('pre-candidate', { term: context.term + 1 })),
  requestPreVotes: base.emit(({ context }) =>
    send(others(context), {
      type: 'PreVote' as const,
      term: context.term + 1,
      last: lastPosition(context.log),
    }),
  ),
  grantPreVote: base.emit(({ event }) =>
    send(senderOf(event), { type: 'PreVoted' as const, term: termOf(event), granted: true }),
  ),
  /** Tells a pre-candidate whose term is over which one has begun. */
  refusePreVote: base.emit(({ context, event }) =>
    send(senderOf(event), { type: 'PreVoted' as const, term: context.term, granted: false }),
  ),
  hearLeader: base.enqueueActions(({ context, enqueue }) => {
    if (!context.preVote && !context.checkQuorum && context.leaseMs === 0) return;
    enqueue.assign({ hearsLeader: true });
    enqueue.raise({ type: 'LEADER_SILENT' }, { delay: 'shortestTimeout', id: 'shortestTimeout' });
  }),
  missLeader: base.assign({ hearsLeader: false }),
  watchQuorum: base.enqueueActions(({ context, enqueue }) => {
    if (!context.checkQuorum) return;
    enqueue.assign({ heard: [] });
    enqueue.raise({ type: 'QUORUM_TIMEOUT' }, { delay: 'quorumTimeout', id: 'quorumTimeout' });
  }),
  noteHeard: base.assign(({ context: { checkQuorum, heard }, event }) =>
    checkQuorum && !heard.includes(senderOf(event))
      ? { heard: [...heard, senderOf(event)].sort() }
      : {},
  ),
  stopWatching: base.cancel('quorumTimeout'),
  forgetLeader: base.assign({ leader: null }),
};
