/** Raft whose members change: an administrator adds, removes and replaces servers, and hands over leadership. */
import { constant } from '../../model/distribution.ts';
import type { Address } from '../../model/effects.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';
import { logOnly } from '../key-value-store/state-machine.ts';
import { client } from './client.ts';
import { clusterParameters, raftServers, serverNames } from './cluster.ts';
import {
  canHandOver,
  durabilityOverConfigurations,
  ordersEnd,
  progressOverConfigurations,
} from './membership-properties.ts';
import { membershipScenarios } from './membership-scenarios.ts';
import { blocked, settled } from './membership-waiting.ts';
import { observer } from './observing.ts';
import { ordersFrom } from './order-texts.ts';
import {
  electionSafety,
  leaderAppendOnly,
  leaderCompleteness,
  logMatching,
  stateMachineSafety,
} from './properties.ts';
import type { ServerEvent } from './server-state.ts';

/** Raft under an administrator. */
export const raftMembers = defineSystem({
  name: 'raft-members',
  description:
    'Raft whose members change: one server at a time or by joint consensus; leadership transfer.',
  parameters: {
    ...clusterParameters,
    servers: integer(5, { min: 1, max: 31, description: 'servers, named s1, s2, ...' }),
    preVote: { ...clusterParameters.preVote, default: true as boolean },
    checkQuorum: { ...clusterParameters.checkQuorum, default: true as boolean },
    members: integer(3, { min: 1, max: 31, description: 'the first so many vote from the start' }),
    orders: {
      kind: 'parameter',
      default: '+s4 -s1 >s2 =s3,s4,s5' as string,
      description:
        'what is asked in turn: +s4 adds, -s1 removes, =s3,s4,s5 replaces all voters, >s2 hands over',
    },
    administrators: integer(1, {
      min: 0,
      max: 1,
      description: 'who gives the orders, a1; with none, each server asks itself when it leads',
    }),
    catchUpRounds: integer(10, {
      min: 1,
      max: 100,
      description: 'rounds in which a newcomer must catch up before it votes',
    }),
    clients: integer(1, {
      min: 0,
      max: 100,
      description: 'clients, named c1, c2, ...; with none, each server asks itself when it leads',
    }),
    commands: integer(2, { min: 0, max: 1000, description: 'commands of each who asks' }),
  },
  nodes: (parameters) => {
    const { servers, members, catchUpRounds, administrators, clients, commands } = parameters;
    const names = serverNames(servers);
    const orders = ordersFrom(parameters.orders, names);
    const asked = (who: string) =>
      Array.from({ length: commands }, (_, index) => `${who}.${index + 1}`);
    const askedItself = (self: Address): readonly ServerEvent[] => [
      ...(administrators > 0 ? [] : orders)
        .filter(({ at }) => at === undefined || at === self)
        .map(({ order }) => ({ type: 'ADMINISTER' as const, order })),
      ...(clients > 0 ? [] : asked(self)).map((command) => ({ type: 'PROPOSE' as const, command })),
    ];
    const asks = (operations: Parameters<typeof defineProcess>[0]['operations']) =>
      defineProcess({
        machine: client,
        input: { servers: names, sessions: false },
        delays: { patience: constant(parameters.electionMaxMs) },
        operations: operations as never,
      });
    return {
      ...raftServers(parameters, logOnly, askedItself, {
        members: Math.min(members, servers),
        catchUpRounds,
      }),
      ...replicate('a', administrators, () =>
        asks(orders.map(({ order }) => ({ type: 'ADMINISTER' as const, order }))),
      ),
      ...replicate('c', clients, (self) =>
        asks(asked(self).map((command) => ({ type: 'SUBMIT' as const, command }))),
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
    durabilityOverConfigurations,
    progressOverConfigurations,
    ordersEnd,
    canHandOver,
  ],
  settled,
  blocked,
  scenarios: membershipScenarios,
  primaries: ({ all }) => all.filter((one) => one.in('leader')).map(({ node }) => node),
});

/** As `raft/set`: what checks ask, in bounds that can be searched wholly. */
export const raftMembersOverSet = variant(raftMembers, 'set', {
  description:
    'Raft whose members change over a set of messages, which are lost, doubled and late at once; for checks.',
  network: { order: 'set', idle: 'disabled' },
  parameters: {
    servers: 3,
    members: 2,
    orders: 's1:+s3',
    administrators: 0,
    clients: 0,
    commands: 0,
    terms: 2,
    standing: 's1 s2',
    preVote: false,
    checkQuorum: false,
    heartbeatMs: 0,
    pipelining: false,
    catchUpRounds: 1,
  },
  scope: { crashes: 0 },
});
