/** A key-value store as a state machine, and what its clients ask: texts under keys, `put`, `append` and `get`. */
import type { PlainData } from '../../model/plain-data.ts';
import type { StateMachine } from './applying.ts';

export interface StoreCommand {
  readonly f: 'put' | 'append';
  readonly key: string;
  readonly value: string;
}

export interface StoreQuery {
  readonly f: 'get';
  readonly key: string;
}

type Texts = Readonly<Record<string, string>>;

export const keyValueStore: StateMachine = {
  initial: {},
  apply(state, command) {
    const texts = state as Texts;
    const { f, key, value } = command as unknown as StoreCommand;
    const text = f === 'append' ? (texts[key] ?? '') + value : value;
    return { state: { ...texts, [key]: text }, result: null };
  },
  read: (state, query) => (state as Texts)[(query as unknown as StoreQuery).key] ?? '',
};

/** What a client asks, one after the other: each key in turn is written, added to, and read. */
export function storeOperations(client: string, count: number, keys: number) {
  return Array.from({ length: count }, (_, index) => {
    const key = `k${(index % keys) + 1}`;
    const value = `${client}.${index + 1} `;
    const kind = (index + Number(client.slice(1))) % 3;
    if (kind === 0) return { type: 'QUERY' as const, query: { f: 'get', key } as PlainData };
    const f = kind === 1 ? 'append' : 'put';
    return { type: 'SUBMIT' as const, command: { f, key, value } as PlainData };
  });
}
