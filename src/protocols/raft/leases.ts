/**
 * Reads within a lease (dissertation 6.4.1): a leader that a majority has answered knows that none of these votes for
 * another one before the shortest election timeout is over, and so answers reads by itself for almost as long, by
 * its own clock, from the moment at which it sent what they answered. Almost: its clock may be slow and theirs fast.
 *
 * A lease rests on a promise: who has heard a leader ignores candidates for that timeout, whatever happens to it in
 * the meantime. It must not forget that when a higher term is mentioned, nor when it restarts.
 */
import type { Address } from '../../model/effects.ts';
import { send } from '../../model/effects.ts';
import type { StateMachine } from '../key-value-store/state-machine.ts';
import { reachedByQuorum } from './configuration.ts';
import { readOf } from './reads.ts';
import {
  base,
  configurationOf,
  type Seen,
  type ServerContext,
  type ServerEvent,
  senderOf,
} from './server-state.ts';

/**
 * How long a lease lasts by the clock of who holds it, where clocks run at most `driftPercent` fast or slow: the
 * election timeout by the ratio of the slowest clock to the fastest one (the clock drift bound of 6.4.1).
 */
export function leaseMs(electionMinMs: number, driftPercent: number): number {
  return Math.floor((electionMinMs * (100 - driftPercent)) / (100 + driftPercent));
}

/** What the server's clock shows, where it looks at it. */
const readingOf = (event: ServerEvent): number =>
  (event as { readonly now?: number }).now ?? Number.POSITIVE_INFINITY;

/** When the leader sent what a majority, itself included, has answered since; undefined before that. */
export function renewedAt(context: ServerContext): number | undefined {
  const { self, renewed } = context;
  const at = reachedByQuorum(configurationOf(context).voters, (voter) =>
    voter === self ? Number.POSITIVE_INFINITY : (renewed[voter] ?? Number.NEGATIVE_INFINITY),
  );
  return at === Number.NEGATIVE_INFINITY ? undefined : at;
}

export const leaseGuards = {
  holdsLease: ({ context, event }: Seen) => {
    const since = renewedAt(context);
    return context.leaseMs > 0 && since !== undefined && readingOf(event) < since + context.leaseMs;
  },
};

export const leaseActions = {
  /** The latest of what each has answered: answers may overtake each other. */
  noteRenewal: base.assign(({ context: { renewed }, event }) => {
    const sentAt = 'sentAt' in event ? event.sentAt : undefined;
    if (sentAt === undefined || sentAt <= (renewed[senderOf(event)] ?? -1)) return {};
    return { renewed: { ...renewed, [senderOf(event)]: sentAt } };
  }),
  /** After a restart it may have promised what it does not remember. */
  waitOutLeases: base.enqueueActions(({ context, enqueue }) => {
    if (context.leaseMs > 0 && context.hearsLeader)
      enqueue.raise({ type: 'LEADER_SILENT' }, { delay: 'shortestTimeout', id: 'shortestTimeout' });
  }),
};

/** Answers a read from the state that is applied, which is all that is committed. */
export const leaseReading = ({ read }: StateMachine) => ({
  answerRead: base.emit(({ context, event }) => {
    const { client, serial, query } = readOf(event);
    return send(client, {
      type: 'Response' as const,
      serial,
      result: read(context.state, query),
    });
  }),
});

type Stamp = { readonly sentAt?: number };

/** What a leader writes on each message, so that the answer says how old the promise is. */
export const stamp = ({ leaseMs: held }: ServerContext, event: ServerEvent): Stamp =>
  held > 0 ? { sentAt: readingOf(event) } : {};

/** What its receiver copies from it. */
export const copied = (event: ServerEvent): Stamp =>
  'sentAt' in event && event.sentAt !== undefined ? { sentAt: event.sentAt } : {};

/** When each other server was sent what it has last answered, by the leader's clock. */
export type Renewals = Readonly<Record<Address, number>>;
