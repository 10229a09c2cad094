/** Messages and log records of Paxos Commit. One transaction a system, so none carries its id. */
import type { Address } from '../../model/effects.ts';

/** What an instance of consensus decides about its participant. */
export type Value = 'prepared' | 'aborted';

/** Values by instance, and an instance by its participant; one that is left out has none. */
export type Values = Readonly<Record<Address, Value>>;

/** What an acceptor last voted for: values of one ballot, which is `nothing` before the first vote. */
export interface Voted {
  readonly maxVBal: number;
  readonly values: Values;
}

/** The ballot of who has not voted: below all others. */
export const nothing = -1;

export type Message =
  /** The initiating participant to the first leader: somebody wants to commit. */
  | { readonly type: 'BEGIN_COMMIT' }
  /** The first leader to the other participants: vote. */
  | { readonly type: 'PREPARE' }
  /** Ballot 0: a participant's vote, straight to the acceptors. Above: a leader's, for all instances. */
  | { readonly type: 'PHASE_2A'; readonly ballot: number; readonly values: Values }
  /** Acceptor to whoever learns the ballot: these values are accepted. */
  | { readonly type: 'PHASE_2B'; readonly ballot: number; readonly values: Values }
  /** A leader to the acceptors: promise to accept nothing below this ballot. */
  | { readonly type: 'PHASE_1A'; readonly ballot: number }
  /** The promise, with what was accepted last. */
  | ({ readonly type: 'PHASE_1B'; readonly ballot: number } & Voted)
  /** Acceptor to the leader of a lower ballot. */
  | { readonly type: 'NACK'; readonly maxBal: number }
  /** The decision, from a leader. */
  | { readonly type: 'COMMIT' }
  | { readonly type: 'ABORT' }
  /** A participant in doubt to a leader: there may be nobody who works on the decision. */
  | { readonly type: 'INQUIRE' };

/** `prepared` is forced before the vote; the decision needs no force, since the acceptors know it. */
export type ParticipantRecord =
  | { readonly record: 'prepared' }
  | { readonly record: 'commit' }
  | { readonly record: 'abort' };

/** Forced before 1b and before 2b; either says all that an acceptor must remember. */
export type AcceptorRecord = {
  readonly record: 'promised' | 'accepted';
  readonly maxBal: number;
} & Voted;

/** Forced before 1a, so that no ballot is used twice. */
export type LeaderRecord = { readonly record: 'ballot'; readonly ballot: number };
