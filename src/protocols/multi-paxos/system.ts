/** Multi-Paxos as a system: servers that replicate a log, and clients whose commands are appended to it. */
import { constant, uniform } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';
import { quorumSizes, refuseQuorums } from '../paxos/quorums.ts';
import {
  logAgreement,
  logIntegrity,
  logPrefix,
  logValidity,
} from '../replicated-log/properties.ts';
import { client } from './client.ts';
import { observer } from './observer.ts';
import {
  appliedIsChosen,
  blocked,
  oneChosen,
  oneCommandPerBallot,
  promisesKept,
  settled,
  termination,
} from './properties.ts';
import { scenarios } from './scenarios.ts';
import { type ServerInput, server } from './server.ts';
import { recoveredServer } from './slots.ts';

/** Multi-Paxos: one leader, one phase 1 for all open slots, gaps filled with no-ops, laggards catch up by slot. */
export const multiPaxos = defineSystem({
  name: 'multi-paxos',
  description:
    'Multi-Paxos: a log of commands under one leader, with leader change, gap filling and catch-up.',
  parameters: {
    servers: integer(3, { min: 1, max: 25, description: 'servers, named s1, s2, ...' }),
    clients: integer(1, { min: 0, max: 20, description: 'clients, named c1, c2, ...' }),
    commands: integer(2, { min: 1, max: 1000, description: 'commands of each client' }),
    phase1Quorum: integer(0, { min: 0, max: 25, description: 'promises needed; 0 is a majority' }),
    phase2Quorum: integer(0, { min: 0, max: 25, description: 'votes needed; 0 is a majority' }),
    mayMiss: {
      kind: 'parameter',
      default: false,
      description: 'quorums of the two phases may miss each other, to show what breaks',
    },
    firstLeader: {
      kind: 'parameter',
      default: false,
      description: 's1 suspects sooner than the others, so that it leads where nothing fails',
    },
    ballots: integer(1000, {
      min: 1,
      max: 1_000_000,
      description: 'the highest ballot; a server that needs a higher one stops standing',
    }),
  },
  nodes: ({ servers, clients, commands, firstLeader, ballots, mayMiss, ...given }) => {
    const quorums = quorumSizes(servers, given);
    refuseQuorums(servers, quorums, mayMiss, 'servers');
    const names = Array.from({ length: servers }, (_, index) => `s${index + 1}`);
    return {
      ...replicate('s', servers, (self, index) => {
        const input: ServerInput = { self, servers: names, ballots, ...quorums };
        return defineProcess({
          machine: server,
          input,
          delays: {
            suspicion: firstLeader && index === 1 ? constant(200) : uniform(250, 500),
            heartbeat: constant(50),
            resend: constant(100),
          },
          recover: (records) => ({ ...input, recovered: recoveredServer(records) }),
        });
      }),
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
  properties: [
    logAgreement,
    logPrefix,
    logValidity,
    logIntegrity,
    oneChosen,
    appliedIsChosen,
    oneCommandPerBallot,
    promisesKept,
    termination,
  ],
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
