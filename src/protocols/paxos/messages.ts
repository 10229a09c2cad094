/** Messages and log records of single-decree Paxos, by the names of Lamport's specifications. */

/** A ballot is a number; see ballots.ts for whose it is. */
export type Ballot = number;

/** Values are opaque; the proposers of this system propose v1, v2, ... */
export type Value = string;

/** What an acceptor has voted for last: maxVBal and maxVal. */
export interface Vote {
  readonly ballot: Ballot;
  readonly value: Value;
}

export type Message =
  /** Proposer to acceptor: promise not to take part in lower ballots. */
  | { readonly type: '1a'; readonly ballot: Ballot }
  /** The promise, with the acceptor's last vote. */
  | { readonly type: '1b'; readonly ballot: Ballot; readonly vote: Vote | null }
  /** Proposer to acceptor: vote for this value. */
  | { readonly type: '2a'; readonly ballot: Ballot; readonly value: Value }
  /** Acceptor to learners: I have voted so. */
  | { readonly type: '2b'; readonly ballot: Ballot; readonly value: Value }
  /** Acceptor to proposer: that ballot is too low, I have promised this one. */
  | { readonly type: 'NACK'; readonly ballot: Ballot; readonly promised: Ballot }
  /** Learner to acceptors and other learners: what have you voted for, what do you know? */
  | { readonly type: 'INQUIRE' }
  /** Learner to whoever asks, and to the proposer on its own node: this value is chosen. */
  | { readonly type: 'LEARNT'; readonly value: Value };

/** Records of an acceptor, each forced before the 1b or 2b that depends on it leaves. */
export type AcceptorRecord =
  | { readonly record: 'promise'; readonly ballot: Ballot }
  | ({ readonly record: 'vote' } & Vote);

/** Record of a proposer: a round that no later life of it may use again. */
export interface ProposerRecord {
  readonly record: 'round';
  readonly round: number;
}
