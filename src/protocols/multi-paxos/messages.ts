/** Messages and log records of Multi-Paxos: single-decree Paxos for each slot, under one leader's ballot. */
import type { Address } from '../../model/effects.ts';
import type { PlainData } from '../../model/plain-data.ts';
import type { Ballot } from '../paxos/messages.ts';

/** Opaque; null is the no-op that fills a gap. */
export type Command = PlainData;

/** Slots count from 1. */
export interface Entry {
  readonly slot: number;
  readonly command: Command;
}

/** A vote of an acceptor in one slot. */
export interface SlotVote extends Entry {
  readonly ballot: Ballot;
}

export type Message =
  /** Client to server: append this command. */
  | { readonly type: 'REQUEST'; readonly command: Command }
  /** Leader to client: it is chosen, and applied here; with what a state machine on top makes of it. */
  | { readonly type: 'REPLY'; readonly command: Command; readonly result?: PlainData }
  /** Server to client: ask that one. */
  | { readonly type: 'REDIRECT'; readonly leader: Address }
  /** Candidate to all: promise for all slots from the first one on that I do not know to be chosen. */
  | { readonly type: '1a'; readonly ballot: Ballot; readonly first: number }
  /** The promise, with the last vote in each of these slots. */
  | { readonly type: '1b'; readonly ballot: Ballot; readonly votes: readonly SlotVote[] }
  /** Leader to all: vote for these; slots up to `chosen` are chosen. */
  | {
      readonly type: '2a';
      readonly ballot: Ballot;
      readonly entries: readonly Entry[];
      readonly chosen: number;
    }
  | { readonly type: '2b'; readonly ballot: Ballot; readonly slots: readonly number[] }
  | { readonly type: 'NACK'; readonly ballot: Ballot; readonly promised: Ballot }
  /** Leader to all, in its spare time. */
  | { readonly type: 'HEARTBEAT'; readonly ballot: Ballot; readonly chosen: number }
  /** A server that has missed slots, to whoever leads. */
  | { readonly type: 'CATCH_UP'; readonly first: number }
  | { readonly type: 'CHOSEN'; readonly first: number; readonly commands: readonly Command[] };

/** Records of a server, each forced before the 1b or 2b that depends on it leaves. */
export type ServerRecord =
  | { readonly record: 'promise'; readonly ballot: Ballot }
  | { readonly record: 'votes'; readonly ballot: Ballot; readonly entries: readonly Entry[] };
