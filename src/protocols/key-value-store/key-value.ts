/** A key-value store as a state machine, and what its clients ask: texts under keys, `put`, `append` and `get`. */
import type { StateMachine } from './state-machine.ts';

export interface StoreWrite {
  readonly f: 'put' | 'append';
  readonly key: string;
  readonly value: string;
}

export interface StoreQuery {
  readonly f: 'get';
  readonly key: string;
}

/** What the environment asks of a client. Flat, so that a workload can draw the key and the value. */
export type StoreOperation =
  | { readonly type: 'PUT' | 'APPEND'; readonly key: string; readonly value: string }
  | { readonly type: 'GET'; readonly key: string };

type Texts = Readonly<Record<string, string>>;

/** A `get` may be read from a state, or go through the log like a write. */
export const keyValueStore: StateMachine = {
  initial: {},
  apply(state, command) {
    const texts = state as Texts;
    const asked = command as unknown as StoreWrite | StoreQuery;
    const text = textUnder(texts, asked.key);
    if (asked.f === 'get') return { state, result: text };
    const next = asked.f === 'append' ? text + asked.value : asked.value;
    return { state: { ...texts, [asked.key]: next }, result: null };
  },
  read: (state, query) => textUnder(state as Texts, (query as unknown as StoreQuery).key),
};

function textUnder(texts: Texts, key: string): string {
  return Object.hasOwn(texts, key) ? (texts[key] as string) : '';
}

/** What an operation asks of the store. */
export function storeCommand(operation: StoreOperation): StoreWrite | StoreQuery {
  const { key } = operation;
  switch (operation.type) {
    case 'GET':
      return { f: 'get', key };
    case 'PUT':
      return { f: 'put', key, value: operation.value };
    case 'APPEND':
      return { f: 'append', key, value: operation.value };
  }
}

/** What a client asks, one after the other: each key in turn is written, added to, and read. */
export function storeOperations(
  client: string,
  count: number,
  keys: number,
): readonly StoreOperation[] {
  return Array.from({ length: count }, (_, index): StoreOperation => {
    const key = `k${(index % keys) + 1}`;
    const value = `${client}.${index + 1} `;
    const kind = (index + Number(client.slice(1))) % 3;
    if (kind === 0) return { type: 'GET', key };
    return { type: kind === 1 ? 'APPEND' : 'PUT', key, value };
  });
}
