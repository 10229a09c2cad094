/** What view server, servers and clients of primary-backup replication tell each other, and what they keep. */
import type { Address } from '../../model/effects.ts';
import type { PlainData } from '../../model/plain-data.ts';
import type { StoreQuery, StoreWrite } from '../key-value-store/key-value.ts';
import type { Replica } from './replica.ts';

/**
 * A server in one of its lives: what it knew before a crash is gone, so that after it the name alone would stand
 * for somebody who knows nothing. The lives of a server are counted from 1.
 */
export interface Member {
  readonly server: Address;
  readonly life: number;
}

/** Who is primary and who is backup. Views are numbered from 1; view 0 has no primary and is that of the start. */
export interface View {
  readonly number: number;
  readonly primary: Member | null;
  readonly backup: Member | null;
}

/** A request is told from all others by its client, the life of the client, and its number in that life. */
export interface RequestId {
  readonly client: Address;
  readonly life: number;
  readonly sequence: number;
}

export interface Request extends RequestId {
  readonly operation: StoreWrite | StoreQuery;
}

export type Message =
  /** Server to view server, again and again: it is alive, and has begun the view of that number. */
  | { readonly type: 'PING'; readonly life: number; readonly view: number }
  /** Client to view server: who is primary? */
  | { readonly type: 'GET_VIEW' }
  /** View server to whoever pings or asks. */
  | { readonly type: 'VIEW'; readonly view: View }
  /** Client to primary. */
  | { readonly type: 'REQUEST'; readonly request: Request }
  /** Primary to client. */
  | { readonly type: 'REPLY'; readonly to: RequestId; readonly result: PlainData }
  /** Server to client: it is not the primary. */
  | { readonly type: 'NOT_PRIMARY'; readonly to: RequestId }
  /** Primary to a new backup: all that it has executed, with what it has answered. */
  | { readonly type: 'TRANSFER'; readonly view: number; readonly replica: Replica }
  /** Backup to primary: it has that. */
  | { readonly type: 'TRANSFERRED'; readonly view: number }
  /** Primary to backup, before it executes the request itself. */
  | { readonly type: 'FORWARD'; readonly view: number; readonly request: Request }
  /** Backup to primary: it has executed the request. */
  | { readonly type: 'FORWARDED'; readonly view: number; readonly to: RequestId }
  /** Server to one who takes it for the backup of a view: it is not. */
  | { readonly type: 'NOT_BACKUP'; readonly view: number };

/** On the disk of the view server: each view that it has begun. */
export type ViewRecord = View;

/** The one thing on the disk of servers and clients: the number of a life, forced before anything is sent in it. */
export type LifeRecord = number;

/** How a server or client comes back: as somebody new. The first life writes nothing, since nobody precedes it. */
export function nextLife(records: readonly LifeRecord[]): number {
  return (records.at(-1) ?? 1) + 1;
}

export function isSameMember(one: Member | null, other: Member | null): boolean {
  return one?.server === other?.server && one?.life === other?.life;
}

export function isSameRequest(one: RequestId, other: RequestId): boolean {
  return one.client === other.client && one.life === other.life && one.sequence === other.sequence;
}

export function idOf({ client, life, sequence }: RequestId): RequestId {
  return { client, life, sequence };
}
