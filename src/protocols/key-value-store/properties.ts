/** What a replicated store promises its clients, whatever replicates it. */
import { kv } from '../../histories/key-value.ts';
import { linearizable } from '../../histories/linearizable.ts';
import type { ClientHistory } from '../../model/client-history.ts';
import { canonical, type PlainData } from '../../model/plain-data.ts';
import { type Invariant, invariant } from '../../model/property.ts';
import type { View } from '../../model/view.ts';
import { type StoreOperation, storeCommand } from './key-value.ts';
import { commandWithin } from './sessions.ts';

/** The operations and answers are read as they are marked: `{ type, key, value }`, and `{ result }` or unknown. */
export const storeLinearizable = linearizable('linearizable', {
  model: kv,
  description: 'All answers are those of one store (Herlihy and Wing 1990).',
});

/** What the servers have on their disks, and on how many of them an acknowledged write has to be. */
export interface Disks {
  readonly logs: readonly (readonly PlainData[])[];
  readonly needed: number;
}

/**
 * No acknowledged write is lost, as somebody sees it who can read every disk: it is on those of a quorum, of
 * servers up or down. Linearizability says it only of what a later read returns.
 */
export function acknowledgedWritesKept<V extends Pick<View, 'history'>>(
  disksOf: (view: V) => Disks,
): Invariant<V> {
  return invariant<V>(
    'acknowledged writes are kept',
    (view) => {
      const writes = acknowledgedWrites(view.history);
      if (writes.length === 0) return true;
      const { logs, needed } = disksOf(view);
      const held = logs.map(writesIn);
      return writes.every((write) => held.filter((disk) => disk.has(write)).length >= needed);
    },
    {
      description: 'Every write that a client was told of is on the disks of a quorum, durably.',
      premise: ({ history }) => acknowledgedWrites(history).length > 0,
    },
  );
}

const acknowledged = new WeakMap<ClientHistory, readonly string[]>();

/** The writes that were answered, as canonical texts. */
export function acknowledgedWrites(history: ClientHistory): readonly string[] {
  let writes = acknowledged.get(history);
  if (writes === undefined) {
    writes = Object.values(history)
      .flatMap(({ returned }) => returned)
      .filter(({ answer }) => (answer as { readonly unknown?: true }).unknown !== true)
      .map(({ call }) => call as StoreOperation)
      .filter(({ type }) => type !== 'GET')
      .map((operation) => canonical(storeCommand(operation)));
    acknowledged.set(history, writes);
  }
  return writes;
}

const written = new WeakMap<readonly PlainData[], ReadonlySet<string>>();

/** The commands of a log that a state machine executes, as canonical texts. */
export function writesIn(log: readonly PlainData[]): ReadonlySet<string> {
  let writes = written.get(log);
  if (writes === undefined) {
    writes = new Set(
      log.flatMap((logged) => {
        const command = commandWithin(logged);
        return command === undefined ? [] : [canonical(command)];
      }),
    );
    written.set(log, writes);
  }
  return writes;
}
