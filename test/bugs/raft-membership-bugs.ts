/**
 * Mistakes in changes of membership and in leadership transfer: those of the bug lists of implementations, and
 * own ones. Where the first leader is only needed for what it leaves in its log, that log is where a question begins.
 */
import type { AnyStateMachine } from 'xstate';
import { send } from '../../src/index.ts';
import {
  configurationBefore,
  isQuorum,
  newestConfiguration,
} from '../../src/protocols/raft/configuration.ts';
import { compacted, lastPosition, termAt } from '../../src/protocols/raft/log.ts';
import type { Voters } from '../../src/protocols/raft/messages.ts';
import { majorityIndex, messageFor } from '../../src/protocols/raft/replication.ts';
import {
  base,
  configurationOf,
  type Seen,
  type ServerContext,
} from '../../src/protocols/raft/server-state.ts';
import { type Config, type PlantedBug, withActions, withState } from './planted-bug.ts';

type Rules = Parameters<AnyStateMachine['provide']>[0];
const rules = (guards: Readonly<Record<string, (seen: Seen) => boolean>>, actions: object = {}) =>
  ({ provide: { server: { guards, actions } as Rules } }) as const;
const without = (...removed: readonly string[]) => ({
  patch: {
    server: (config: Config) =>
      withActions(config, (names) => names.filter((name) => !removed.includes(name))),
  },
});

/** Elections and commitment by voters other than those of the newest configuration. */
const countedIn = (votersOf: (context: ServerContext) => readonly Voters[]) => {
  const highest = (context: ServerContext): number =>
    Math.max(
      ...votersOf(context).map((voters) =>
        majorityIndex({ ...context, log: [], servers: voters[0] ?? [] } as ServerContext),
      ),
    );
  return rules(
    {
      hasMajority: ({ context }) =>
        votersOf(context).some((voters) => isQuorum(voters, context.votes)),
      isOnMajority: ({ context }) => highest(context) > context.commit,
      isOfOwnTerm: ({ context }) => context.log[highest(context) - 1]?.term === context.term,
    },
    { advanceCommit: base.assign(({ context }) => ({ commit: highest(context) })) },
  ).provide.server;
};

/** The newest configuration that is known to be committed. */
const committed = ({ log, servers, commit }: ServerContext): Voters => {
  let { voters, index } = newestConfiguration(log, servers);
  while (index > commit) ({ voters, index } = configurationBefore(log, servers, index));
  return voters;
};

const noCrash = { crashes: 0 };
/** s1 has removed s4 in its log alone; s3 leads next and removes s1; then s1 stands again. */
const twoRemovals = {
  servers: 4,
  members: 4,
  logs: '1=s1,s2,s3 - - -',
  orders: 's3:-s1',
  standing: '- s3 s1',
  terms: 3,
};
const joint = { servers: 2, members: 1, orders: 's1:=s2' };
const jointLeft = {
  servers: 3,
  members: 3,
  logs: '1=s1,s2,s3/s1 - -',
  standing: '- s1 s2',
  terms: 3,
};
const transfer = { servers: 2, members: 2, orders: 's1:>s2' };

export const bugs: readonly PlantedBug[] = [
  {
    name: 'membership-on-commit',
    mutation: 'A configuration counts once it is committed, and the next change need not wait.',
    source: 'bug-zoo raft-membership-on-commit (etcd #7625); from 3 to 2 to 1 server',
    variation: {
      provide: {
        server: {
          ...countedIn((context) => [committed(context)]),
          guards: {
            ...countedIn((context) => [committed(context)]).guards,
            isConfigurationCommitted: () => true,
            isRemoved: () => false,
          },
          actions: {
            ...countedIn((context) => [committed(context)]).actions,
            requestVotes: base.emit(({ context: { self, servers, term, log } }) =>
              send(
                servers.filter((one) => one !== self),
                { type: 'RequestVote' as const, term, last: lastPosition(log) },
              ),
            ),
            replicate: base.enqueueActions(({ context, event, enqueue }) => {
              for (const peer of context.servers.filter((one) => one !== context.self))
                enqueue.emit(messageFor({ context, event }, peer));
            }),
          },
        } as Rules,
      },
    },
    breaks: ['durability', 'leader completeness'],
    parameters: {
      servers: 3,
      members: 3,
      logs: '1=s1,s3.1=s1 1=s1,s3.1=s1 -',
      orders: 's1:+s2',
      standing: '- s1 s2',
      terms: 3,
    },
    scope: noCrash,
  },
  {
    name: 'joint-one-majority',
    mutation: 'A majority of either set elects and commits while the configuration is joint.',
    source: 'bug-zoo raft-joint-one-majority (etcd joint_vote.txt); from {s1} to {s2}',
    variation: {
      provide: {
        server: countedIn((context) =>
          configurationOf(context).voters.map((set) => [set]),
        ) as Rules,
      },
    },
    breaks: ['election safety'],
    parameters: { ...joint, logs: '1=s1/s2 1=s1/s2', orders: '', standing: '- s1,s2' },
    scope: noCrash,
  },
  {
    name: 'joint-counts-new-only',
    mutation: 'While the configuration is joint only the majority of the new one is asked for.',
    source: 'own: paper 6, separate majorities of both',
    variation: {
      provide: {
        server: countedIn((context) => [configurationOf(context).voters.slice(-1)]) as Rules,
      },
    },
    breaks: ['election safety'],
    parameters: {
      servers: 3,
      members: 2,
      logs: '- 1 1.1=s1,s2/s3',
      orders: '',
      standing: '- s2,s3',
    },
    scope: noCrash,
  },
  {
    name: 'removed-leader-stays',
    mutation: 'A leader that has been removed goes on leading.',
    source: 'own: dissertation 4.2.2',
    variation: rules({ isRemoved: () => false }),
    breaks: ['orders end'],
    parameters: { servers: 2, members: 2, orders: 's1:-s1', standing: 's1', terms: 1 },
    scope: noCrash,
  },
  {
    name: 'removed-does-not-stand',
    mutation: 'Who is not in its newest configuration does not stand, committed or not.',
    source: 'own: dissertation 4.2.2, figure 4.6',
    variation: rules({
      isElectable: ({ context }) =>
        configurationOf(context).voters.some((set) => set.includes(context.self)),
    }),
    breaks: ['progress'],
    parameters: {
      servers: 2,
      members: 2,
      logs: '1=s2 -',
      orders: '',
      standing: '',
      terms: 3,
    },
    scope: noCrash,
  },
  {
    name: 'newcomer-gets-nothing',
    mutation: 'Newcomers are sent nothing before they are members, and wait for ever.',
    source: 'own: dissertation 4.2.1',
    variation: rules({ standStill: () => false }, { countReplica: base.assign({}) }),
    breaks: ['orders end'],
    parameters: { servers: 2, members: 1, orders: 's1:+s2', standing: 's1', terms: 1 },
    scope: noCrash,
  },
  {
    name: 'transfer-never-given-up',
    mutation: 'A leader whose target does not take over takes no requests any more.',
    source: 'own: dissertation 3.10, abort after an election timeout',
    variation: without('watchTransfer'),
    breaks: ['orders end'],
    parameters: { ...transfer, terms: 1, standing: 's1' },
    scope: noCrash,
  },
  {
    name: 'removed-leader-counts-itself',
    mutation: 'A leader counts its own disk, though it is not a member any more.',
    source: 'own: dissertation 4.2.2',
    variation: {
      provide: {
        server: countedIn((context) => [
          configurationOf(context).voters.map((set) => [...new Set([context.self, ...set])]),
          configurationOf(context).voters.map((set) => [
            context.self,
            ...set.filter((one) => one !== context.self).slice(1),
          ]),
        ]) as Rules,
      },
    },
    breaks: ['durability', 'leader completeness'],
    parameters: { servers: 2, members: 2, orders: 's1:-s1', standing: 's1', terms: 1 },
    scope: noCrash,
  },
  {
    name: 'transfer-only-stops-requests',
    mutation: 'The target is never told to take over.',
    source: 'own: dissertation 3.10, step 3',
    variation: rules({}, { sendTimeoutNow: base.assign({}) }),
    breaks: ['leadership transfer'],
    parameters: { ...transfer, standing: '' },
    scope: noCrash,
  },
];

/** Found by searches that are too large for every day, or to be ended where the rule is kept: in the deep suite. */
export const largeBugs: readonly PlantedBug[] = [
  {
    name: 'membership-before-own-commit',
    mutation: 'A leader changes the members before it has committed an entry of its own term.',
    source: 'bug-zoo raft-membership-before-own-commit (Ongaro 2015, raft-dev); 4 servers',
    variation: rules({ hasOwnCommit: () => true }),
    breaks: ['leader completeness'],
    parameters: twoRemovals,
    scope: noCrash,
  },
  {
    name: 'two-servers-at-once',
    mutation: 'Any change is made by one entry, without a joint configuration.',
    source: 'own: paper figure 10, disjoint majorities',
    variation: rules({ isOneServer: () => true }),
    breaks: ['leader completeness', 'durability'],
    parameters: { servers: 3, members: 3, orders: 's1:=s1', standing: 's1 s2' },
    scope: noCrash,
  },
  {
    name: 'change-before-change-is-committed',
    mutation: 'A second change is appended before the first one is committed.',
    source: 'own: dissertation 4.1, one at a time',
    variation: rules({ isConfigurationCommitted: () => true }),
    breaks: ['election safety', 'durability', 'leader completeness'],
    parameters: { servers: 3, members: 3, orders: 's1:-s2 s1:-s3', standing: 's1 s2' },
    scope: noCrash,
  },
  {
    name: 'leaves-joint-too-early',
    mutation: 'C_new is appended before C_old,new is committed.',
    source: 'own: paper 6, figure 11',
    variation: {
      patch: {
        server: (config) =>
          withState(config, 'leader', (state) => ({
            ...state,
            always: [state.always ?? []].flat().map((transition) => {
              const isLeaving = JSON.stringify(transition).includes('appendNew');
              return isLeaving ? { ...(transition as object), guard: 'isJoint' } : transition;
            }) as never,
          })),
      },
    },
    breaks: ['leader completeness', 'durability'],
    parameters: { ...jointLeft, orders: '' },
    scope: noCrash,
  },
  {
    name: 'snapshot-without-configuration',
    mutation: 'A snapshot does not say who votes.',
    source: 'own: paper 7, the latest configuration as of the last included index',
    variation: rules(
      {},
      {
        takeSnapshot: base.assign(({ context: { log, applied, state } }) => ({
          log: compacted(log, {
            type: 'snapshot',
            index: applied,
            term: termAt(log, applied) ?? 0,
            state,
          }),
        })),
      },
    ),
    breaks: ['election safety', 'leader completeness', 'durability'],
    parameters: {
      servers: 3,
      members: 1,
      logs: '1=s1,s2,s3 1=s1,s2,s3 -',
      orders: '',
      commands: 1,
      standing: '- s1 s2',
      terms: 3,
      snapshotEvery: 2,
    },
    scope: noCrash,
  },
  {
    name: 'newcomer-counts',
    mutation: 'An entry is committed by a newcomer that does not vote yet.',
    source: 'own: dissertation 4.2.1, non-voting members',
    variation: {
      provide: {
        server: countedIn(({ servers, change }) => [
          [servers],
          ...(change === null ? [] : [[[...servers.slice(1), ...change.newcomers]]]),
        ]) as Rules,
      },
    },
    breaks: ['durability'],
    parameters: { servers: 4, members: 3, orders: 's1:+s4', standing: 's1', terms: 1 },
    scope: noCrash,
  },
  {
    name: 'transfer-without-election',
    mutation: 'Who is told to take over leads at once, in a new term, without asking anybody.',
    source: 'own: dissertation 3.10, a normal election',
    variation: {
      patch: {
        server: (config) => ({
          ...config,
          on: {
            ...config.on,
            TimeoutNow: {
              guard: 'mayStand',
              target: '.leader',
              actions: ['startElection', 'forceState'],
            },
          },
        }),
      },
    },
    breaks: ['election safety', 'leader completeness', 'log matching'],
    parameters: { ...transfer, servers: 3, members: 3, standing: 's1 s2,s3' },
    scope: noCrash,
  },
];
