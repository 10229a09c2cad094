/** What a server knows (figure 2 of the paper), the events that it takes, and the setup that its rules share. */
import { setup } from 'xstate';
import type { Address, Effect, Received } from '../../model/effects.ts';
import type { PlainData } from '../../model/plain-data.ts';
import { isQuorum, membersOf, newestConfiguration } from './configuration.ts';
import type { Durable } from './durable.ts';
import type { Renewals } from './leases.ts';
import type { Change } from './membership.ts';
import type { Command, Message, Order, Read, ServerRecord } from './messages.ts';
import type { Round } from './reads.ts';
import type { Transfer } from './transfer.ts';

export interface ServerInput {
  readonly self: Address;
  /** The voters before any change; who is to join later knows them too, and is not among them. */
  readonly servers: readonly Address[];
  /** The last term in which this server stands for election: a bound that only checks need. */
  readonly lastTerm: number;
  /** Who alone stands in the first term, in the second, and so on; empty: everybody in any. */
  readonly standing: readonly (readonly Address[])[];
  /** Whether leaders send heartbeats; without, a check of what they send when there is something new. */
  readonly heartbeats: boolean;
  /** The entries that one AppendEntries carries at most. */
  readonly batch: number;
  /** Whether the leader sends on before earlier entries are acknowledged. */
  readonly pipelining: boolean;
  /** Whether it asks whether it could win before it stands (9.6). */
  readonly preVote: boolean;
  /** Whether a leader that no majority answers steps down, and who hears a leader ignores candidates (6.2). */
  readonly checkQuorum: boolean;
  /** How long, by its own clock, a leader answers reads by itself; 0: never (6.4.1). */
  readonly leaseMs: number;
  /** After how many applied entries it compacts its log; 0: never. */
  readonly snapshotEvery: number;
  /** In how many rounds a newcomer must catch up (4.2.1). */
  readonly catchUpRounds: number;
  /** What is on its disk. */
  readonly durable: Durable;
  /** Whether it has been up before. */
  readonly isRestarted?: boolean;
  /** The state machine before the first command. */
  readonly initial: PlainData;
}

export interface ServerContext
  extends Omit<ServerInput, 'durable' | 'initial' | 'isRestarted'>,
    Durable {
  /** The highest index known to be committed; volatile. */
  readonly commit: number;
  /** The highest index applied to `state`; volatile, as `state` is. */
  readonly applied: number;
  readonly state: PlainData;
  /** Whom it takes for the leader of its term. */
  readonly leader: Address | null;
  /** Whether it has heard that leader within the shortest election timeout; kept where a rule asks for it. */
  readonly hearsLeader: boolean;
  /** As candidate: who voted for it, sorted; as pre-candidate, who would. */
  readonly votes: readonly Address[];
  /** As leader: the next entry to send to each other server. */
  readonly next: Readonly<Record<Address, number>>;
  /** As leader: the highest index known to be on each other server's disk. */
  readonly match: Readonly<Record<Address, number>>;
  /** As leader: the highest index on its own disk. */
  readonly saved: number;
  /** As leader: who has answered since it last checked its quorum, sorted; kept where it checks. */
  readonly heard: readonly Address[];
  /** As leader: when each other server was sent what it has last answered; kept where there are leases. */
  readonly renewed: Renewals;
  /** As leader: reads that wait for a round to begin, and the round that is under way. */
  readonly reads: readonly Read[];
  readonly round: Round;
  /** As leader: commands that wait for its disk, to be appended as one batch. */
  readonly waiting: readonly Command[];
  /** As leader: the change of membership that is being prepared. */
  readonly change: Change | null;
  /** As leader: to whom it hands over. */
  readonly transfer: Transfer | null;
}

/** SAVED: the leader's disk has what it last wrote. PROPOSE and ADMINISTER are operations of the environment. */
export type ServerEvent =
  | Received<Message>
  | { readonly type: 'ELECTION_TIMEOUT' }
  | { readonly type: 'LEADER_SILENT' }
  | { readonly type: 'QUORUM_TIMEOUT' }
  | { readonly type: 'SAVED' }
  | { readonly type: 'CATCH_UP_TIMEOUT' }
  | { readonly type: 'TRANSFER_TIMEOUT' }
  | { readonly type: 'PROPOSE'; readonly command: PlainData }
  | { readonly type: 'ADMINISTER'; readonly order: Order };

export const base = setup({
  types: {
    context: {} as ServerContext,
    input: {} as ServerInput,
    events: {} as ServerEvent,
    emitted: {} as Effect<Message, ServerRecord>,
  },
  delays: {
    electionTimeout: 150,
    shortestTimeout: 150,
    quorumTimeout: 300,
    heartbeat: 75,
    catchUpTimeout: 150,
    transferTimeout: 300,
  },
});

export interface Seen {
  readonly context: ServerContext;
  readonly event: ServerEvent;
}

/** All others of the newest configuration, and as leader those who are to join it. */
export const others = (context: ServerContext): readonly Address[] => {
  const { self, change } = context;
  const members = membersOf(configurationOf(context).voters);
  const newcomers = change?.newcomers.filter((one) => !members.includes(one)) ?? [];
  return [...members, ...newcomers].filter((one) => one !== self);
};

/** A server uses the newest configuration in its log, committed or not (4.1). */
export const configurationOf = ({ log, servers }: ServerContext) =>
  newestConfiguration(log, servers);

/** The term of a message from a server; 0 for what clients and the environment say. */
export const termOf = (event: ServerEvent): number => ('term' in event ? event.term : 0);

export const senderOf = (event: ServerEvent): Address => ('from' in event ? event.from : '');

/** More than half of the voters: of both sets while the configuration is joint. Who is no voter does not count. */
export const isMajority = (context: ServerContext, servers: readonly Address[]): boolean =>
  isQuorum(configurationOf(context).voters, servers);
