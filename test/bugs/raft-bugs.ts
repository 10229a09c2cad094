/**
 * Mistakes in Raft, each a small change of one rule: those of the bug lists of implementations, and own ones. The
 * questions are asked over a set of messages, in bounds that make them small.
 */
import type { AnyStateMachine } from 'xstate';
import { lastIndex, lastPosition } from '../../src/protocols/raft/log.ts';
import { majorityIndex } from '../../src/protocols/raft/replication.ts';
import {
  base,
  type Seen,
  type ServerInput,
  senderOf,
} from '../../src/protocols/raft/server-state.ts';
import { type Config, type PlantedBug, withActions, withState } from './planted-bug.ts';

const noCrash = { crashes: 0 };
const oneCrash = { crashes: 1 };

type Rules = Parameters<AnyStateMachine['provide']>[0];
const guards = (rules: Readonly<Record<string, (seen: Seen) => boolean>>) =>
  ({ provide: { server: { guards: rules } as Rules } }) as const;
const actions = (rules: object) => ({ provide: { server: { actions: rules } as Rules } }) as const;
const nothing = base.assign({});

/** Two actions change places wherever the first stands right before the second. */
const swapped = (first: string, second: string) => ({
  patch: {
    server: (config: Config) =>
      withActions(config, (names) => {
        const at = names.indexOf(first);
        if (at < 0 || !names.includes(second)) return names;
        const without = names.filter((name) => name !== first);
        return without.toSpliced(without.indexOf(second) + 1, 0, first);
      }),
  },
});

/** A restart finds less than was written. */
const forgetting = (forget: (input: ServerInput) => ServerInput) => ({
  recover: {
    server: (
      records: readonly unknown[],
      original: (records: readonly unknown[]) => unknown,
    ): unknown => forget(original(records) as ServerInput),
  },
});

export const bugs: readonly PlantedBug[] = [
  {
    name: 'term-volatile',
    mutation: 'currentTerm is not persisted.',
    source: 'bug-zoo raft-term-volatile (akka-raft; dissertation 3.8)',
    variation: forgetting(({ durable, ...input }) => ({
      ...input,
      durable: { ...durable, term: 0, votedFor: null },
    })),
    breaks: ['election safety'],
    parameters: { terms: 1, standing: 's1,s2' },
    scope: oneCrash,
  },
  {
    name: 'vote-volatile',
    mutation: 'votedFor is not persisted.',
    source: 'own: dissertation 3.8',
    variation: forgetting(({ durable, ...input }) => ({
      ...input,
      durable: { ...durable, votedFor: null },
    })),
    breaks: ['election safety'],
    parameters: { terms: 1, standing: 's1,s2' },
    scope: oneCrash,
  },
  {
    name: 'vote-before-force',
    mutation: 'A vote is sent before it is on the disk.',
    source: 'own: force before send',
    variation: swapped('forceState', 'grantVote'),
    breaks: ['election safety'],
    parameters: { terms: 1, standing: 's1,s2' },
    scope: oneCrash,
  },
  {
    name: 'count-stale-votes',
    mutation: 'A candidate counts votes of an older term.',
    source: 'bug-zoo raft-count-stale-votes (xraft #33, little-raft #44)',
    variation: guards({ isVoteOfThisTerm: () => true }),
    breaks: ['election safety'],
    parameters: { standing: 's1 s1,s3' },
    scope: noCrash,
  },
  {
    name: 'duplicate-votes-counted',
    mutation: 'Repeated votes of one server are counted as several.',
    source: 'bug-zoo raft-duplicate-votes-counted; 4 servers are enough',
    variation: actions({
      countVote: base.assign(({ context: { votes }, event }) => ({
        votes: [...votes, senderOf(event)].slice(0, 3).sort(),
      })),
    }),
    breaks: ['election safety'],
    parameters: { servers: 4, terms: 1, standing: 's1,s2' },
    scope: noCrash,
  },
  {
    name: 'half-is-a-majority',
    mutation: 'Half of the votes elect a leader.',
    source: 'own: quorums that need not meet',
    variation: guards({
      hasMajority: ({ context: { votes, servers } }) => 2 * votes.length >= servers.length,
    }),
    breaks: ['election safety'],
    parameters: { servers: 2, terms: 1, standing: 's1,s2' },
    scope: noCrash,
  },
  {
    name: 'votes-twice',
    mutation: 'A server votes for everybody who asks in its term.',
    source: 'own: paper 5.2, one vote a term',
    variation: guards({ hasVoteLeft: () => true }),
    breaks: ['election safety'],
    parameters: { terms: 1, standing: 's1,s2' },
    scope: noCrash,
  },
  {
    name: 'no-up-to-date-check',
    mutation: 'Votes are granted without comparing logs.',
    source: 'bug-zoo raft-no-up-to-date-check (paper 5.4.1)',
    variation: guards({ isUpToDate: ({ event }) => event.type === 'RequestVote' }),
    breaks: ['leader completeness'],
    parameters: { logs: '1 1 -', standing: '- s1 s3', terms: 3 },
    scope: noCrash,
  },
  {
    name: 'longer-log-wins',
    mutation: 'The up-to-date check compares lengths, not terms.',
    source: 'own: half of 5.4.1',
    variation: guards({
      isUpToDate: ({ context, event }) =>
        event.type === 'RequestVote' && event.last.index >= lastIndex(context.log),
    }),
    breaks: ['leader completeness'],
    parameters: { logs: '- - 1.1', standing: '- s1 s3', terms: 3 },
    scope: noCrash,
  },
  {
    name: 'strictly-newer-log',
    mutation: 'The up-to-date check wants a strictly newer log.',
    source: 'bug-zoo raft-strictly-newer-log',
    variation: guards({
      isUpToDate: ({ context, event }) => {
        if (event.type !== 'RequestVote') return false;
        const own = lastPosition(context.log);
        if (event.last.term !== own.term) return event.last.term > own.term;
        return event.last.index > own.index;
      },
    }),
    breaks: ['progress'],
    parameters: { terms: 1, standing: '' },
    scope: noCrash,
  },
  {
    name: 'matches-by-index',
    mutation: 'The consistency check asks for an entry before the new ones, of whatever term.',
    source: 'own: half of 5.3',
    variation: guards({
      hasPrevious: ({ context: { log }, event }) =>
        event.type === 'AppendEntries' && lastIndex(log) >= event.previous.index,
    }),
    breaks: ['log matching'],
    parameters: { logs: '2 1 -', standing: '- - s1', terms: 3 },
    scope: noCrash,
  },
  {
    name: 'stale-tail-kept',
    mutation: 'A conflicting entry is overwritten in place and what lies behind it stays.',
    source: 'bug-zoo raft-stale-tail-kept; a third log shows the mismatch',
    variation: actions({ truncateConflict: nothing }),
    breaks: ['log matching'],
    parameters: { logs: '2 1.1.1 1.1.1', standing: '- - s1', terms: 3 },
    scope: noCrash,
  },
  {
    name: 'acknowledges-before-force',
    mutation: 'A follower acknowledges entries that are not on its disk.',
    source: 'own: force before send',
    variation: swapped('forceEntries', 'acknowledge'),
    breaks: ['durability'],
    parameters: { terms: 1, standing: 's1' },
    scope: noCrash,
  },
  {
    name: 'leader-counts-before-saved',
    mutation: 'The leader counts its own copy before it is on its disk.',
    source: 'own: the leader writes in parallel (dissertation 10.2.1)',
    variation: {
      patch: {
        server: (config) =>
          withActions(config, (names) => [
            ...names,
            ...(names.includes('writeEntries') ? ['countOwn'] : []),
          ]),
      },
    },
    breaks: ['durability'],
    parameters: { terms: 1, standing: 's1' },
    scope: noCrash,
  },
  {
    name: 'commits-what-it-has',
    mutation: 'The leader commits all that it has once a majority has anything new.',
    source: 'own: paper 5.3, committed once replicated on a majority',
    variation: actions({
      advanceCommit: base.assign(({ context }) => ({ commit: lastIndex(context.log) })),
    }),
    breaks: ['durability'],
    parameters: { terms: 1, standing: 's1', commands: 1 },
    scope: noCrash,
  },
  {
    name: 'one-copy-is-enough',
    mutation: 'The leader commits what any one disk has.',
    source: 'own: paper 5.3',
    variation: {
      provide: {
        server: {
          guards: {
            isOnMajority: ({ context }: Seen) =>
              Math.max(context.saved, ...Object.values(context.match)) > context.commit,
            isOfOwnTerm: () => true,
          },
          actions: {
            advanceCommit: base.assign(({ context }) => ({
              commit: Math.max(context.saved, ...Object.values(context.match)),
            })),
          },
        } as Rules,
      },
    },
    breaks: ['durability'],
    parameters: { terms: 1, standing: 's1' },
    scope: noCrash,
  },
  {
    name: 'never-backs-up',
    mutation: 'A leader whose entries are refused sends the same again.',
    source: 'own: paper 5.3, nextIndex',
    variation: actions({ backUp: nothing }),
    breaks: ['progress'],
    parameters: { servers: 2, logs: '1 -', standing: '' },
    scope: noCrash,
  },
  {
    name: 'no-no-op',
    mutation: 'A new leader appends no entry of its own, and waits for a command.',
    source: 'own: dissertation 3.6.2',
    variation: {
      patch: {
        server: (config) =>
          withState(config, 'leader', (state) => ({
            ...state,
            entry: ['stopElectionTimer', 'markElected', 'lead', 'replicate', 'advanceAll'],
          })),
      },
    },
    breaks: ['progress'],
    parameters: { servers: 2, standing: '' },
    scope: noCrash,
  },
];

/** Found by a search that is too large to be ended where the rule is kept; see figure-8.test.ts. */
export const commitAnyTerm: PlantedBug = {
  name: 'commit-any-term',
  mutation: 'The leader commits entries of earlier terms by counting.',
  source: 'bug-zoo raft-commit-any-term (logcabin #44 and others), paper figure 8',
  variation: guards({
    isOfOwnTerm: ({ context }) => majorityIndex(context) > context.commit,
  }),
  breaks: ['leader completeness', 'state machine safety'],
  parameters: { logs: '1 - 2', standing: '- - s1 s3', terms: 4, batch: 1 },
  scope: noCrash,
};
