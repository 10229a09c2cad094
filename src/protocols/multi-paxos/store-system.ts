/** A replicated key-value store on Multi-Paxos: linearizable for clients that send again what was not answered. */
import { constant } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import type { PlainData } from '../../model/plain-data.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import type { View } from '../../model/view.ts';
import { keyValueStore, storeOperations } from '../key-value-store/key-value.ts';
import {
  acknowledgedWritesKept,
  type Disks,
  storeLinearizable,
} from '../key-value-store/properties.ts';
import { withoutSessions, withSessions } from '../key-value-store/sessions.ts';
import {
  multiPaxosProperties,
  multiPaxosServers,
  quorumParameters,
  serverCount,
  serverNames,
} from './cluster.ts';
import type { ServerRecord } from './messages.ts';
import { type MultiPaxosView, observer, quorumsOf } from './observer.ts';
import { recoveredServer } from './slots.ts';
import { storeClient } from './store-client.ts';
import { storeScenarios } from './store-scenarios.ts';
import { storeServerOf } from './store-server.ts';
import { blocked, settled } from './waiting.ts';

type StoreView = MultiPaxosView & Pick<View, 'history'>;

const votedFor = new WeakMap<readonly unknown[], readonly PlainData[]>();

/** The commands that servers have durably voted for, whether or not anybody knows that they are chosen. */
function disksOf(view: StoreView): Disks {
  const { servers, phase2 } = quorumsOf(view.parameters);
  const logs = serverNames(servers).map((server) => {
    const { durable } = view.records(server);
    let commands = votedFor.get(durable);
    if (commands === undefined) {
      const { votes } = recoveredServer(durable as readonly ServerRecord[]);
      commands = votes.map(({ command }) => command);
      votedFor.set(durable, commands);
    }
    return commands;
  });
  return { logs, needed: phase2 };
}

/** Multi-Paxos with sessions and a store on top; every operation, a get too, goes through the log. */
export const kvMultiPaxos = defineSystem({
  name: 'kv-multi-paxos',
  description:
    'A key-value store on Multi-Paxos, with client sessions, and gets that go through the log.',
  parameters: {
    servers: serverCount,
    ...quorumParameters,
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
  nodes: ({ clients, operations, keys, sessions, sessionsKept, ...cluster }) => {
    const machine = sessions
      ? withSessions(keyValueStore, sessionsKept)
      : withoutSessions(keyValueStore);
    const servers = serverNames(cluster.servers);
    return {
      ...multiPaxosServers(cluster, storeServerOf(machine), { initial: machine.initial }),
      ...replicate('c', clients, (self) =>
        defineProcess({
          machine: storeClient,
          input: { self, servers, sessions },
          delays: { retry: constant(200) },
          operations: storeOperations(self, operations, keys),
        }),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  timing: 'asynchronous',
  scope: { crashes: 1, failedWrites: 1, duplication: false },
  observe: observer,
  properties: [...multiPaxosProperties, acknowledgedWritesKept(disksOf), storeLinearizable],
  settled,
  blocked,
  scenarios: storeScenarios,
  primaries: ({ all }) => all.filter((one) => one.in('serving.leading')).map(({ node }) => node),
});
