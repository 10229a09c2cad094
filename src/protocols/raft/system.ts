/** Raft as a system: servers that elect a leader and replicate a log, and clients that append to it. */
import { constant, uniform } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';
import { logOnly } from './applying.ts';
import { client } from './client.ts';
import { recovered } from './durable.ts';
import { observer } from './observing.ts';
import {
  durability,
  electionSafety,
  leaderAppendOnly,
  leaderCompleteness,
  logMatching,
  progress,
  stateMachineSafety,
} from './properties.ts';
import { scenarios } from './scenarios.ts';
import { server } from './server.ts';
import { initialDisks, namedServers } from './text-parameters.ts';
import { blocked, settled } from './waiting.ts';

/** Ongaro's and Ousterhout's Raft. */
export const raft = defineSystem({
  name: 'raft',
  description: 'Raft: leader election, log replication, clients that append commands.',
  parameters: {
    servers: integer(3, { min: 1, max: 31, description: 'servers, named s1, s2, ...' }),
    clients: integer(1, {
      min: 0,
      max: 100,
      description: 'clients, named c1, c2, ...; with none, each server asks itself when it leads',
    }),
    commands: integer(2, { min: 0, max: 1000, description: 'commands of each who asks' }),
    terms: integer(1_000_000, {
      min: 1,
      max: 1_000_000,
      description: 'the last term in which a server stands for election; checks need a small one',
    }),
    standing: {
      kind: 'parameter',
      default: '' as string,
      description: 'who alone stands in each term, such as "s1 s2,s3 s1"; empty: everybody in any',
    },
    electionMinMs: integer(150, { min: 1, max: 600_000, description: 'shortest election timeout' }),
    electionMaxMs: integer(300, { min: 1, max: 600_000, description: 'longest election timeout' }),
    heartbeatMs: integer(75, {
      min: 0,
      max: 600_000,
      description: 'time between heartbeats; 0: none, for checks in which nothing is lost',
    }),
    batch: integer(100, { min: 1, max: 1000, description: 'entries in one message at most' }),
    preVote: {
      kind: 'parameter',
      default: false,
      description: 'who times out asks first whether it could win',
    },
    checkQuorum: {
      kind: 'parameter',
      default: false,
      description: 'a leader that no majority answers steps down; who hears one ignores candidates',
    },
    pipelining: {
      kind: 'parameter',
      default: true,
      description: 'the leader sends on before earlier entries are acknowledged',
    },
    logs: {
      kind: 'parameter',
      default: '' as string,
      description:
        'terms of the entries that each server begins with, such as "1.1 - 1.2"; empty: none',
    },
  },
  nodes: (parameters) => {
    const { servers, clients, commands, terms, batch, pipelining } = parameters;
    const { preVote, checkQuorum, electionMinMs, electionMaxMs } = parameters;
    const names = Array.from({ length: servers }, (_, index) => `s${index + 1}`);
    const standing = namedServers(parameters.standing, names);
    const disks = initialDisks(parameters.logs, servers);
    const asked = (who: string) =>
      Array.from({ length: commands }, (_, index) => `${who}.${index + 1}`);
    return {
      ...replicate('s', servers, (self, index) => {
        const first = disks[index - 1] as (typeof disks)[number];
        const heartbeats = parameters.heartbeatMs > 0;
        const own = {
          self,
          servers: names,
          lastTerm: terms,
          standing,
          heartbeats,
          batch,
          pipelining,
          preVote,
          checkQuorum,
        };
        return defineProcess({
          machine: server,
          input: { ...own, durable: first, initial: logOnly.initial },
          delays: {
            electionTimeout: uniform(electionMinMs, electionMaxMs),
            shortestTimeout: constant(electionMinMs),
            quorumTimeout: constant(electionMaxMs),
            heartbeat: constant(parameters.heartbeatMs),
          },
          operations:
            clients > 0
              ? []
              : asked(self).map((command) => ({ type: 'PROPOSE' as const, command })),
          recover: (records) => ({
            ...own,
            durable: recovered(records, first),
            initial: logOnly.initial,
          }),
        });
      }),
      ...replicate('c', clients, (self) =>
        defineProcess({
          machine: client,
          input: { servers: names },
          delays: { patience: constant(electionMaxMs) },
          operations: asked(self).map((command) => ({ type: 'SUBMIT' as const, command })),
        }),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  scope: { crashes: 1, duplication: false },
  observe: observer,
  properties: [
    electionSafety,
    leaderAppendOnly,
    logMatching,
    leaderCompleteness,
    stateMachineSafety,
    durability,
    progress,
  ],
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
