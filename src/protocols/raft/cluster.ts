/** What every system of Raft servers shares: parameters, servers, network, properties. */
import { constant, uniform } from '../../model/distribution.ts';
import type { Address } from '../../model/effects.ts';
import { UserMistake } from '../../model/errors.ts';
import { integer, type ParameterValues } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import type { StateMachine } from '../key-value-store/state-machine.ts';
import {
  logAgreement,
  logIntegrity,
  logPrefix,
  logValidity,
} from '../replicated-log/properties.ts';
import { recovered } from './durable.ts';
import { leaseMs } from './leases.ts';
import {
  durability,
  electionSafety,
  leaderAppendOnly,
  leaderCompleteness,
  logMatching,
  progress,
  stateMachineSafety,
} from './properties.ts';
import { serverOf } from './server.ts';
import type { ServerEvent } from './server-state.ts';
import { initialDisks, namedServers } from './text-parameters.ts';

export const clusterParameters = {
  servers: integer(3, { min: 1, max: 31, description: 'servers, named s1, s2, ...' }),
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
  leases: {
    kind: 'parameter',
    default: false,
    description:
      'a leader answers reads by itself while a majority has promised to elect nobody else',
  },
  driftPercent: integer(10, {
    min: 0,
    max: 99,
    description: 'clocks run at most so much fast or slow, by which leases are shortened',
  }),
  pipelining: {
    kind: 'parameter',
    default: true,
    description: 'the leader sends on before earlier entries are acknowledged',
  },
  snapshotEvery: integer(0, {
    min: 0,
    max: 1_000_000,
    description: 'applied entries after which a server compacts its log; 0: never',
  }),
  logs: {
    kind: 'parameter',
    default: '' as string,
    description:
      'terms of the entries that each server begins with, such as "1.1 - 1.2"; empty: none',
  },
} as const;

/** s1, s2, ... */
export const serverNames = (servers: number): readonly Address[] =>
  Array.from({ length: servers }, (_, index) => `s${index + 1}`);

/** Who is a member at first, and how long a newcomer may take; see membership-system.ts. */
export interface Membership {
  readonly members: number;
  readonly catchUpRounds: number;
}

/** The servers of a cluster, with a state machine on each. */
export function raftServers(
  parameters: ParameterValues<typeof clusterParameters>,
  stateMachine: StateMachine,
  operations?: (server: Address) => readonly ServerEvent[],
  membership?: Membership,
) {
  const { servers, terms, batch, pipelining, preVote, checkQuorum, snapshotEvery } = parameters;
  const { electionMinMs, electionMaxMs, heartbeatMs, leases, driftPercent } = parameters;
  const { members, catchUpRounds } = membership ?? { members: servers, catchUpRounds: 10 };
  if (membership === undefined && parameters.logs.includes('='))
    throw new UserMistake(
      `the logs "${parameters.logs}" have a configuration, and the members of this system stay; ask raft-members`,
    );
  if (members > servers)
    throw new UserMistake(
      `members is ${members}, and there are ${servers} servers; set members to ${servers} at most`,
    );
  const names = serverNames(servers);
  const disks = initialDisks(parameters.logs, servers);
  const machine = serverOf(stateMachine);
  const shared = {
    servers: names.slice(0, members),
    lastTerm: terms,
    standing: namedServers(parameters.standing, names),
    heartbeats: heartbeatMs > 0,
    batch,
    pipelining,
    preVote,
    checkQuorum,
    leaseMs: leases ? leaseMs(electionMinMs, driftPercent) : 0,
    snapshotEvery,
    catchUpRounds,
    initial: stateMachine.initial,
  };
  return replicate('s', servers, (self, index) => {
    const first = disks[index - 1] as (typeof disks)[number];
    return defineProcess({
      machine,
      input: { ...shared, self, durable: first },
      delays: {
        electionTimeout: uniform(electionMinMs, electionMaxMs),
        shortestTimeout: constant(electionMinMs),
        quorumTimeout: constant(electionMaxMs),
        // Without heartbeats the timer does nothing; in a run, time must go on nevertheless.
        heartbeat: constant(heartbeatMs > 0 ? heartbeatMs : electionMinMs),
        catchUpTimeout: constant(electionMinMs),
        transferTimeout: constant(electionMaxMs),
      },
      // Who declares none is no client, and no workload asks it for anything.
      ...(operations === undefined ? {} : { operations: operations(self) }),
      recover: (records) => ({
        ...shared,
        self,
        durable: recovered(records, first),
        isRestarted: true,
      }),
      ...(leases && { clock: true }),
    });
  });
}

/** The properties of the protocol, whatever its state machine. */
export const raftProperties = [
  electionSafety,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  durability,
  logAgreement,
  logPrefix,
  logValidity,
  logIntegrity,
  progress,
] as const;
