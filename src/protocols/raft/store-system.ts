/** A replicated key-value store on Raft: linearizable for clients that send again what was not answered. */

import { kv } from '../../histories/key-value.ts';
import { linearizable } from '../../histories/linearizable.ts';
import { constant } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import type { PlainData } from '../../model/plain-data.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import { client } from './client.ts';
import { clusterParameters, raftProperties, raftServers, serverNames } from './cluster.ts';
import { keyValueStore, type StoreCommand, type StoreQuery, storeOperations } from './key-value.ts';
import { observer } from './observing.ts';
import { withSessions } from './sessions.ts';
import { storeScenarios } from './store-scenarios.ts';
import { blocked, settled } from './waiting.ts';

/** What a client asks, as the mark `invoked` has it. */
type Asked = { readonly command?: StoreCommand; readonly query?: StoreQuery };

/** Raft with sessions, ReadIndex and a store on top. */
export const kvRaft = defineSystem({
  name: 'kv-raft',
  description:
    'A key-value store on Raft, with client sessions and linearizable reads (ReadIndex).',
  parameters: {
    ...clusterParameters,
    clients: integer(2, { min: 1, max: 100, description: 'clients, named c1, c2, ...' }),
    operations: integer(4, {
      min: 0,
      max: 1000,
      description: 'operations of each client: appends, puts and gets in turn',
    }),
    keys: integer(1, { min: 1, max: 100, description: 'keys that the operations go through' }),
    sessions: {
      kind: 'parameter',
      default: true,
      description: 'clients register, and what they send again is not executed again',
    },
    sessionsKept: integer(100, {
      min: 1,
      max: 10_000,
      description: 'sessions that the servers remember, those that were used last',
    }),
  },
  nodes: (parameters) => {
    const { servers, clients, operations, keys, sessions, electionMaxMs } = parameters;
    const machine = sessions ? withSessions(keyValueStore, parameters.sessionsKept) : keyValueStore;
    return {
      ...raftServers(parameters, machine),
      ...replicate('c', clients, (self) =>
        defineProcess({
          machine: client,
          input: { servers: serverNames(servers), sessions },
          delays: { patience: constant(electionMaxMs) },
          operations: storeOperations(self, operations, keys),
        }),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  scope: { crashes: 1, duplication: false },
  observe: observer,
  properties: [
    ...raftProperties,
    linearizable('linearizable', {
      model: kv,
      description: 'All answers are those of one store (Herlihy and Wing 1990).',
      operation: (call) => {
        const { command, query } = call as Asked;
        if (query !== undefined) return { f: 'get', key: query.key };
        const { f, key, value } = command as StoreCommand;
        return { f, key, input: value };
      },
      answer: (answer, { f }) => {
        const { unknown, result } = answer as {
          readonly unknown?: true;
          readonly result: PlainData;
        };
        if (unknown === true) return 'unknown';
        return f === 'get' ? { output: result } : {};
      },
    }),
  ],
  settled,
  blocked,
  scenarios: storeScenarios,
  primaries: ({ all }) => all.filter((one) => one.in('leader')).map(({ node }) => node),
});
