/**
 * Messages and log records of Raft. Every message carries its sender's term, by which stale ones are
 * recognised. Clients speak with servers in the three messages at the end.
 */
import type { Address } from '../../model/effects.ts';
import type { PlainData } from '../../model/plain-data.ts';

/** What a leader appends. Commands are opaque: only the state machine on top looks into them. */
export type Entry =
  /** At the start of a term: the entry by which everything before it can be committed (3.6.2). */
  | { readonly term: number; readonly type: 'no-op' }
  | ({ readonly term: number; readonly type: 'command' } & Command)
  /** Who votes from here on, in force as soon as a log has it; see configuration.ts. */
  | {
      readonly term: number;
      readonly type: 'configuration';
      readonly voters: Voters;
      /** The administrator who is told once it is committed. */
      readonly client: Address | null;
      readonly serial: number;
    };

/** One set of servers, or two while the configuration is joint (C_old,new): each must have a majority. */
export type Voters = readonly (readonly Address[])[];

/** What an administrator may ask of a leader. */
export type Order =
  | { readonly kind: 'add' | 'remove'; readonly server: Address }
  /** Any other set of servers, by joint consensus. */
  | { readonly kind: 'replace'; readonly voters: readonly Address[] }
  | { readonly kind: 'transfer'; readonly to: Address };

/** A command with what its answer needs. */
export interface Command {
  readonly command: PlainData;
  /** The client that is told the answer; null where a server was asked itself. */
  readonly client: Address | null;
  /** The client's number of the request. */
  readonly serial: number;
}

/** The state machine after the entry at `index`, in place of all entries up to it (7; dissertation 5.1). */
export interface Snapshot {
  readonly type: 'snapshot';
  readonly index: number;
  /** The term of that entry. */
  readonly term: number;
  /** With all that answers depend on: the table of client sessions is a part of it. */
  readonly state: PlainData;
  /** The newest configuration up to there; left out where it is the first one, which all know. */
  readonly voters?: Voters;
}

/** A query that waits for its answer. */
export interface Read {
  readonly client: Address;
  readonly serial: number;
  readonly query: PlainData;
}

/** The index and the term of an entry; 0 and 0 is what comes before the first. */
export interface Position {
  readonly index: number;
  readonly term: number;
}

/** Where a follower's log and a refused message part, so that the leader need not back up one by one. */
export interface Conflict {
  /** The first index that the leader should try: of the conflicting term, or behind the log's end. */
  readonly index: number;
  /** The term that the follower has instead; 0 where its log is too short. */
  readonly term: number;
}

/** What servers send each other. */
export type ServerMessage =
  /** Candidate to all others: vote for me; the end of my log is `last`. */
  | {
      readonly type: 'RequestVote';
      readonly term: number;
      readonly last: Position;
      /** The leader itself wants the candidate to take over: who hears that leader may vote (4.2.3). */
      readonly transfer?: true;
    }
  /** Voter to candidate. */
  | { readonly type: 'Vote'; readonly term: number; readonly granted: boolean }
  /** Pre-candidate to all others: would you vote for me in that term? Nobody's term changes by it. */
  | { readonly type: 'PreVote'; readonly term: number; readonly last: Position }
  /** The answer: yes, in that term; or no, and here is a term as high. */
  | { readonly type: 'PreVoted'; readonly term: number; readonly granted: boolean }
  /** Leader to the follower that is to take over: stand at once (3.10). */
  | { readonly type: 'TimeoutNow'; readonly term: number }
  /** Leader to follower: entries behind `previous`, or none as a heartbeat; all up to `commit` is committed. */
  | {
      readonly type: 'AppendEntries';
      readonly term: number;
      readonly previous: Position;
      readonly entries: readonly Entry[];
      readonly commit: number;
      /** The round of heartbeats that confirms leadership for reads; answers carry it back. */
      readonly round: number;
      /** The leader's clock, where it holds leases; answers carry it back. */
      readonly sentAt?: number;
    }
  /** Leader to a follower that lacks entries which the leader has no more: their outcome, whole. */
  | {
      readonly type: 'InstallSnapshot';
      readonly term: number;
      readonly snapshot: Snapshot;
      readonly round: number;
      readonly sentAt?: number;
    }
  /** Follower to leader: my log is yours up to `match`, and durable. */
  | {
      readonly type: 'Appended';
      readonly term: number;
      readonly match: number;
      readonly round: number;
      readonly sentAt?: number;
    }
  /** Follower to leader: I have no such `previous`, or your term is over. */
  | {
      readonly type: 'Refused';
      readonly term: number;
      readonly previous: number;
      readonly conflict: Conflict;
      readonly round: number;
      readonly sentAt?: number;
    };

/** What clients and servers say to each other. */
export type ClientMessage =
  /** Client to the server that it takes for the leader. */
  | { readonly type: 'Request'; readonly serial: number; readonly command: PlainData }
  /** The same, for a query that changes nothing and is not appended. */
  | { readonly type: 'Read'; readonly serial: number; readonly query: PlainData }
  /** An administrator to the server that it takes for the leader. */
  | { readonly type: 'Order'; readonly serial: number; readonly order: Order }
  /** Leader to client: the command is applied, or the query answered, and this is what came out. */
  | { readonly type: 'Response'; readonly serial: number; readonly result: PlainData }
  /** Any other server to client: ask the leader, if I know it. */
  | { readonly type: 'Redirect'; readonly serial: number; readonly leader: Address | null };

export type Message = ServerMessage | ClientMessage;

/** What a server keeps on its disk; see durable.ts. */
export type ServerRecord =
  | { readonly record: 'term'; readonly term: number; readonly votedFor: Address | null }
  /** What the log begins with: all records before it are replaced with it. */
  | { readonly record: 'snapshot'; readonly snapshot: Snapshot }
  /** The log from behind `after` on; what was there before is gone. */
  | { readonly record: 'entries'; readonly after: number; readonly entries: readonly Entry[] };
