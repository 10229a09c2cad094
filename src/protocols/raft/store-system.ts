/** A replicated key-value store on Raft: linearizable for clients that send again what was not answered. */
import { constant } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import type { View } from '../../model/view.ts';
import { keyValueStore, storeOperations } from '../key-value-store/key-value.ts';
import {
  acknowledgedWritesKept,
  type Disks,
  storeLinearizable,
} from '../key-value-store/properties.ts';
import { withSessions } from '../key-value-store/sessions.ts';
import { client } from './client.ts';
import { clusterParameters, raftProperties, raftServers, serverNames } from './cluster.ts';
import { type Log, snapshotOf } from './log.ts';
import { type Observed, observer, type RaftView, serversOf } from './observing.ts';
import { durableLog } from './properties.ts';
import { storeScenarios } from './store-scenarios.ts';
import { blocked, settled } from './waiting.ts';

type StoreView = RaftView & Pick<View<Record<never, never>, Observed>, 'history'>;

const commands = new WeakMap<Log, Disks['logs'][number]>();

/** The commands of the entries that a log has. */
function commandsIn(log: Log): Disks['logs'][number] {
  let held = commands.get(log);
  if (held === undefined) {
    held = log.flatMap((entry) => (entry.type === 'command' ? [entry.command] : []));
    commands.set(log, held);
  }
  return held;
}

/** The commands that a snapshot stands for: what was applied up to its last entry, if it was that one. */
function commandsCovered({ observed }: StoreView, log: Log): Disks['logs'][number] {
  const snapshot = snapshotOf(log);
  if (snapshot === undefined || observed.entries[snapshot.index]?.term !== snapshot.term) return [];
  return Object.entries(observed.entries).flatMap(([index, { command }]) =>
    Number(index) <= snapshot.index && command !== null ? [command] : [],
  );
}

/** The commands in the logs that are on disks. */
function disksOf(view: StoreView): Disks {
  const servers = serversOf(view);
  const logs = servers.map(({ address }) => {
    const log = durableLog(view, address);
    const covered = commandsCovered(view, log);
    return covered.length === 0 ? commandsIn(log) : [...covered, ...commandsIn(log)];
  });
  return { logs, needed: Math.floor(servers.length / 2) + 1 };
}

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
  scope: { crashes: 1, failedWrites: 1, duplication: false },
  observe: observer,
  properties: [...raftProperties, acknowledgedWritesKept(disksOf), storeLinearizable],
  settled,
  blocked,
  scenarios: storeScenarios,
  primaries: ({ all }) => all.filter((one) => one.in('leader')).map(({ node }) => node),
});
