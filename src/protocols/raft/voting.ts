/** The rules of terms and votes (Raft 5.1, 5.2, 5.4.1), each by its name. */
import { mark, replaceRecords, send } from '../../model/effects.ts';
import { recordsOf } from './durable.ts';
import { isAtLeastAsUpToDate, lastPosition } from './log.ts';
import { noRound } from './reads.ts';
import { base, isMajority, others, type Seen, senderOf, termOf } from './server-state.ts';

export const votingGuards = {
  /** Whoever sees a higher term adopts it and becomes a follower. */
  isHigherTerm: ({ context, event }: Seen) => termOf(event) > context.term,
  isCurrentTerm: ({ context, event }: Seen) => termOf(event) === context.term,
  isLowerTerm: ({ context, event }: Seen) => termOf(event) < context.term,
  /** The bounds of a check: the last term, and whose turn a term is. A run has neither. */
  mayStand: ({ context: { self, term, lastTerm, standing } }: Seen) =>
    term < lastTerm && (standing.length === 0 || standing[term]?.includes(self) === true),
  /** At most one vote in a term, first come first served. */
  hasVoteLeft: ({ context }: Seen) => context.votedFor === null,
  /** The request came again: the answer may have been lost. */
  hasVotedForSender: ({ context, event }: Seen) => context.votedFor === senderOf(event),
  /** The election restriction: no vote for a log that lacks what the voter's own may have committed. */
  isUpToDate: ({ context, event }: Seen) =>
    (event.type === 'RequestVote' || event.type === 'PreVote') &&
    isAtLeastAsUpToDate(event.last, lastPosition(context.log)),
  isGranted: ({ event }: Seen) => event.type === 'Vote' && event.granted,
  /** A vote of an earlier term was for an earlier candidacy. */
  isVoteOfThisTerm: ({ context, event }: Seen) =>
    event.type === 'Vote' && event.term === context.term,
  hasMajority: ({ context }: Seen) => isMajority(context, context.votes),
};

export const votingActions = {
  resetElectionTimer: base.raise(
    { type: 'ELECTION_TIMEOUT' },
    { delay: 'electionTimeout', id: 'electionTimeout' },
  ),
  stopElectionTimer: base.cancel('electionTimeout'),
  adoptTerm: base.assign(({ context, event }) => ({
    term: termOf(event),
    votedFor: null,
    leader: null,
    // A lease that rests on this server is not over because some term is.
    hearsLeader: context.leaseMs > 0 && context.hearsLeader,
  })),
  /** What only candidates and leaders know. */
  stepDown: base.assign({
    votes: [],
    next: {},
    match: {},
    saved: 0,
    heard: [],
    renewed: {},
    reads: [],
    round: noRound,
    waiting: [],
    change: null,
    transfer: null,
  }),
  /** The candidate's vote for itself counts once it is durable: until then the node takes no answers. */
  startElection: base.assign(({ context: { self, term } }) => ({
    term: term + 1,
    votedFor: self,
    leader: null,
    hearsLeader: false,
    votes: [self],
  })),
  markCandidate: base.emit(({ context: { term } }) => mark('candidate', { term })),
  requestVotes: base.emit(({ context }) =>
    send(others(context), {
      type: 'RequestVote' as const,
      term: context.term,
      last: lastPosition(context.log),
    }),
  ),
  recordVote: base.assign(({ event }) => ({ votedFor: senderOf(event) })),
  /** Force before send: an answer in a term, above all a vote, promises what the disk remembers. */
  forceState: base.emit(({ context }) => replaceRecords(recordsOf(context))),
  grantVote: base.emit(({ context, event }) =>
    send(senderOf(event), { type: 'Vote' as const, term: context.term, granted: true }),
  ),
  /** Only to tell a higher term: what else a refusal says, nobody acts upon, so it is left out. */
  refuseVote: base.emit(({ context, event }) =>
    send(senderOf(event), { type: 'Vote' as const, term: context.term, granted: false }),
  ),
  /** A set: what is delivered twice counts once. */
  countVote: base.assign(({ context: { votes }, event }) => ({
    votes: votes.includes(senderOf(event)) ? votes : [...votes, senderOf(event)].sort(),
  })),
};
