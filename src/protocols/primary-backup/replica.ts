/**
 * What primary and backup both hold: the store, and for each client what its last request was answered, so that a
 * request that comes again is answered and not executed (at most once). The table belongs to the state: a backup
 * that gets the store alone executes again what was executed before.
 */
import type { Address } from '../../model/effects.ts';
import type { PlainData } from '../../model/plain-data.ts';
import { keyValueStore } from '../key-value-store/key-value.ts';
import type { Request, RequestId } from './messages.ts';

export interface Executed {
  readonly life: number;
  readonly sequence: number;
  readonly result: PlainData;
}

export interface Replica {
  readonly store: PlainData;
  /** How many requests it has executed. */
  readonly index: number;
  readonly executed: Readonly<Record<Address, Executed>>;
}

export const emptyReplica: Replica = { store: keyValueStore.initial, index: 0, executed: {} };

/** Whether the client has been answered this request, or has itself gone on to a later one. */
export function isPast(
  { executed }: Pick<Replica, 'executed'>,
  { client, life, sequence }: RequestId,
): boolean {
  const last = executed[client];
  if (last === undefined || last.life < life) return false;
  return last.life > life || last.sequence >= sequence;
}

/** What the request was answered; undefined when it was not executed, or its client has gone on. */
export function answerTo(
  { executed }: Replica,
  { client, life, sequence }: RequestId,
): PlainData | undefined {
  const last = executed[client];
  return last?.life === life && last.sequence === sequence ? last.result : undefined;
}

/** The replica after a request that is not past. Primary and backup do the same with it. */
export function execute(replica: Replica, request: Request): Replica {
  const { client, life, sequence, operation } = request;
  const index = replica.index + 1;
  const { state, result } = keyValueStore.apply(
    replica.store,
    { ...operation },
    { index, client, serial: sequence },
  );
  return {
    store: state,
    index,
    executed: { ...replica.executed, [client]: { life, sequence, result } },
  };
}
