/** What a server of Multi-Paxos knows, the events that it takes, and the setup that its rules share. */
import { setup } from 'xstate';
import type { Address, Effect, Received } from '../../model/effects.ts';
import { canonical, type PlainData } from '../../model/plain-data.ts';
import { ballotOf, ownerOf, roundAfter } from '../paxos/ballots.ts';
import type { Ballot } from '../paxos/messages.ts';
import type { Command, Entry, Message, ServerRecord } from './messages.ts';
import type { Reports, Votes } from './slots.ts';

export interface ServerInput {
  readonly self: Address;
  readonly servers: readonly Address[];
  /** Promises and votes needed. */
  readonly phase1: number;
  readonly phase2: number;
  /** The highest ballot there is: a bound that makes checks finite. */
  readonly ballots: Ballot;
  /** The state machine on top before the first command; absent where there is none. */
  readonly initial?: PlainData;
  /** What the log says after a crash; absent at the first start. */
  readonly recovered?: { readonly maxBal: Ballot; readonly votes: Votes };
}

export interface ServerContext extends Omit<ServerInput, 'recovered' | 'initial'> {
  readonly maxBal: Ballot;
  readonly votes: Votes;
  /** What is applied: the commands of the first slots, in order. Chosen stays chosen, so it is not forced. */
  readonly log: readonly Command[];
  /** What the log has made of the state machine on top; null where there is none. */
  readonly state: PlainData;
  /** What the leader of a ballot has said is chosen. */
  readonly announced: { readonly ballot: Ballot; readonly chosen: number };
  /** What somebody has told of missed slots. */
  readonly told: { readonly first: number; readonly commands: readonly Command[] };
  /** As candidate: who has promised, with the votes that it reported. */
  readonly reports: Reports;
  /** As leader: who has voted in each open slot. */
  readonly counts: Readonly<Record<number, readonly Address[]>>;
  /** As leader: which client waits for which slot. */
  readonly clients: Readonly<Record<number, Address>>;
}

export type ServerEvent = Received<Message>;

export const base = setup({
  types: {
    context: {} as ServerContext,
    input: {} as ServerInput,
    events: {} as ServerEvent,
    emitted: {} as Effect<Message, ServerRecord>,
  },
  delays: { suspicion: 200, heartbeat: 50, resend: 100 },
});

/** What a guard sees. */
export interface Seen {
  readonly context: ServerContext;
  readonly event: ServerEvent;
}

export const others = ({ self, servers }: ServerContext): readonly Address[] =>
  servers.filter((one) => one !== self);
export const leaderOf = ({ servers }: ServerContext, ballot: Ballot): Address =>
  servers[ownerOf(ballot, servers.length) - 1] as Address;
/** The highest ballot that it knows of: heartbeats tell of one that it has not been asked to promise. */
export const knownBallot = ({ maxBal, announced }: ServerContext): Ballot =>
  Math.max(maxBal, announced.ballot);
export const nextSlot = ({ log }: ServerContext): number => log.length + 1;
export const lastSlot = ({ log, votes }: ServerContext): number =>
  Math.max(log.length, votes.at(-1)?.slot ?? 0);

/** A ballot of its own above all it has promised. It promises it to itself first, so no life uses it twice. */
export function ownBallotAbove({ self, servers, maxBal }: ServerContext): Ballot {
  const index = servers.indexOf(self) + 1;
  return ballotOf(roundAfter(0, maxBal, index, servers.length), index, servers.length);
}

/** The entries that a leader has proposed and that are not yet applied. */
export const open = ({ votes, maxBal, log }: ServerContext): readonly Entry[] =>
  votes
    .filter(({ slot, ballot }) => ballot === maxBal && slot > log.length)
    .map(({ slot, command }) => ({ slot, command }));

/** What a client asks for; of any other message null. */
export const requested = (event: ServerEvent): Command =>
  event.type === 'REQUEST' ? event.command : null;
export const isSame = (a: Command, b: Command): boolean => canonical(a) === canonical(b);
