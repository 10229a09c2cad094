/** Multi-Paxos as a system: servers that replicate a log, and clients whose commands are appended to it. */
import { constant } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';
import { client } from './client.ts';
import {
  multiPaxosProperties,
  multiPaxosServers,
  quorumParameters,
  serverCount,
  serverNames,
} from './cluster.ts';
import { observer } from './observer.ts';
import { scenarios } from './scenarios.ts';
import { blocked, settled } from './waiting.ts';

/** Multi-Paxos: one leader, one phase 1 for all open slots, gaps filled with no-ops, laggards catch up by slot. */
export const multiPaxos = defineSystem({
  name: 'multi-paxos',
  description:
    'Multi-Paxos: a log of commands under one leader, with leader change, gap filling and catch-up.',
  parameters: {
    servers: serverCount,
    clients: integer(1, { min: 0, max: 20, description: 'clients, named c1, c2, ...' }),
    commands: integer(2, { min: 1, max: 1000, description: 'commands of each client' }),
    ...quorumParameters,
  },
  nodes: ({ clients, commands, ...cluster }) => {
    const names = serverNames(cluster.servers);
    return {
      ...multiPaxosServers(cluster),
      ...replicate('c', clients, (id) =>
        defineProcess({
          machine: client,
          input: { servers: names },
          delays: { retry: constant(200) },
          operations: Array.from({ length: commands }, (_, index) => ({
            type: 'SUBMIT' as const,
            command: `${id}.${index + 1}`,
          })),
          recover: () => ({ servers: names }),
        }),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  timing: 'asynchronous',
  scope: { crashes: 1 },
  observe: observer,
  properties: multiPaxosProperties,
  settled,
  blocked,
  primaries: ({ all }) => all.filter((one) => one.in('serving.leading')).map(({ node }) => node),
  scenarios,
});

/** The same over a set of messages, which never leave it: loss, copies and reordering with the fewest states. */
export const multiPaxosOverSet = variant(multiPaxos, 'set', {
  description: 'Multi-Paxos over a set of messages that never leave it, for exhaustive checks.',
  network: { order: 'set', idle: 'disabled' },
  parameters: { ballots: 2, commands: 1 },
});
