/** Raft as a system: servers that elect a leader and replicate a log, and clients that append to it. */
import { constant } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';
import { logOnly } from '../key-value-store/state-machine.ts';
import { client } from './client.ts';
import { clusterParameters, raftProperties, raftServers, serverNames } from './cluster.ts';
import { observer } from './observing.ts';
import { scenarios } from './scenarios.ts';
import { blocked, settled } from './waiting.ts';

/** Ongaro's and Ousterhout's Raft. */
export const raft = defineSystem({
  name: 'raft',
  description: 'Raft: leader election, log replication, clients that append commands.',
  parameters: {
    ...clusterParameters,
    clients: integer(1, {
      min: 0,
      max: 100,
      description: 'clients, named c1, c2, ...; with none, each server asks itself when it leads',
    }),
    commands: integer(2, { min: 0, max: 1000, description: 'commands of each who asks' }),
  },
  nodes: (parameters) => {
    const { servers, clients, commands, electionMaxMs } = parameters;
    const asked = (who: string) =>
      Array.from({ length: commands }, (_, index) => `${who}.${index + 1}`);
    return {
      ...raftServers(parameters, logOnly, (server) =>
        clients > 0 ? [] : asked(server).map((command) => ({ type: 'PROPOSE' as const, command })),
      ),
      ...replicate('c', clients, (self) =>
        defineProcess({
          machine: client,
          input: { servers: serverNames(servers), sessions: false },
          delays: { patience: constant(electionMaxMs) },
          operations: asked(self).map((command) => ({ type: 'SUBMIT' as const, command })),
        }),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  scope: { crashes: 1, duplication: false },
  observe: observer,
  properties: [...raftProperties],
  settled,
  blocked,
  scenarios,
  primaries: ({ all }) => all.filter((one) => one.in('leader')).map(({ node }) => node),
});

/**
 * The question that checks ask: over a set of messages that only grows, which is loss, duplication and any order
 * at once, within bounds that can be searched wholly.
 */
export const raftOverSet = variant(raft, 'set', {
  description: 'Raft over a set of messages, which are lost, doubled and late at once; for checks.',
  network: { order: 'set', idle: 'disabled' },
  parameters: {
    clients: 0,
    commands: 0,
    terms: 2,
    standing: 's1 s2',
    heartbeatMs: 0,
    pipelining: false,
  },
  scope: { crashes: 0 },
});
