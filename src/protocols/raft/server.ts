/**
 * A Raft server (Ongaro and Ousterhout 2014; Ongaro 2014): the three roles, and which rule applies when. The
 * rules themselves are in voting.ts, replication.ts, applying.ts and others, each a guard or an action by its name.
 */
import { and, not } from 'xstate';
import { logOnly, type StateMachine } from '../key-value-store/state-machine.ts';
import { applyingActions, applyingGuards } from './applying.ts';
import { leaseActions, leaseGuards, leaseReading } from './leases.ts';
import { beginning, snapshotOf } from './log.ts';
import { noRound, readActions, readGuards, readingActions } from './reads.ts';
import { followerActions, followerGuards, leaderActions, leaderGuards } from './replication.ts';
import { base } from './server-state.ts';
import { snapshotActions, snapshotGuards } from './snapshots.ts';
import { stabilityActions, stabilityGuards } from './stability.ts';
import { votingActions, votingGuards } from './voting.ts';

/** A higher term ends whatever a server was in its own. */
const adopt = ['adoptTerm', 'stepDown'] as const;
/** Its leader has spoken. */
const follow = ['followLeader', 'hearLeader', 'resetElectionTimer'] as const;
/** A server stands for election: it asks while its vote for itself is being written. */
const stand = [
  'startElection',
  'resetElectionTimer',
  'markCandidate',
  'requestVotes',
  'forceState',
] as const;

/** A snapshot takes the place of a part of the log, or of all of it. */
const install = ['loadState', 'markInstalled', 'forceState', 'acknowledgeSnapshot'] as const;

/** A server that applies nothing: its log is all that there is. */
export const server = base
  .extend({
    guards: {
      ...votingGuards,
      ...stabilityGuards,
      ...followerGuards,
      ...leaderGuards,
      ...applyingGuards,
      ...readGuards,
      ...leaseGuards,
      ...snapshotGuards,
    },
    actions: {
      ...votingActions,
      ...stabilityActions,
      ...followerActions,
      ...leaderActions,
      ...applyingActions(logOnly),
      ...readActions,
      ...leaseActions,
      ...snapshotActions,
      ...readingActions(logOnly),
      ...leaseReading(logOnly),
    },
  })
  .createMachine({
    id: 'server',
    context: ({ input: { durable, initial, isRestarted, ...input } }) => ({
      ...input,
      ...durable,
      commit: beginning(durable.log),
      applied: beginning(durable.log),
      state: snapshotOf(durable.log)?.state ?? initial,
      leader: null,
      hearsLeader: isRestarted === true && input.leaseMs > 0,
      votes: [],
      next: {},
      match: {},
      saved: 0,
      heard: [],
      renewed: {},
      reads: [],
      round: noRound,
      waiting: [],
    }),
    initial: 'follower',
    entry: ['resetElectionTimer', 'waitOutLeases'],
    /**
     * What servers do in every role. The election timer starts anew, with a new draw, when a server stands,
     * grants a vote, hears the leader of its term or ceases to lead, and by nothing else.
     */
    on: {
      ELECTION_TIMEOUT: [
        {
          guard: and(['mayStand', 'asksFirst']),
          target: '.preCandidate',
          actions: ['askFirst', 'resetElectionTimer', 'markPreCandidate', 'requestPreVotes'],
        },
        { guard: 'mayStand', target: '.candidate', actions: [...stand] },
        { actions: 'resetElectionTimer' },
      ],
      LEADER_SILENT: { actions: 'missLeader' },
      PreVote: [
        /** No vote is promised, so nothing is written; and nobody says yes who hears a leader. */
        { guard: and(['isHigherTerm', 'isUpToDate', not('hasLeader')]), actions: 'grantPreVote' },
        { guard: 'isTooLate', actions: 'refusePreVote' },
      ],
      PreVoted: {
        guard: and(['isPreVoteRefused', 'isHigherTerm']),
        target: '.follower',
        actions: [...adopt, 'forceState'],
      },
      RequestVote: [
        { guard: 'ignoresCandidates' },
        {
          guard: and(['isHigherTerm', 'isUpToDate']),
          target: '.follower',
          actions: [...adopt, 'recordVote', 'resetElectionTimer', 'forceState', 'grantVote'],
        },
        { guard: 'isHigherTerm', target: '.follower', actions: [...adopt, 'forceState'] },
        {
          guard: and(['isCurrentTerm', 'hasVoteLeft', 'isUpToDate']),
          actions: ['recordVote', 'resetElectionTimer', 'forceState', 'grantVote'],
        },
        {
          guard: and(['isCurrentTerm', 'hasVotedForSender']),
          actions: ['resetElectionTimer', 'grantVote'],
        },
        { guard: 'isLowerTerm', actions: 'refuseVote' },
      ],
      AppendEntries: [
        {
          guard: and(['isHigherTerm', 'hasPrevious', 'bringsEntries']),
          target: '.follower',
          actions: [
            ...adopt,
            ...follow,
            'truncateConflict',
            'appendEntries',
            'forceState',
            'learnCommit',
            'acknowledge',
          ],
        },
        {
          guard: and(['isHigherTerm', 'hasPrevious']),
          target: '.follower',
          actions: [...adopt, ...follow, 'forceState', 'learnCommit', 'acknowledge'],
        },
        {
          guard: 'isHigherTerm',
          target: '.follower',
          actions: [...adopt, ...follow, 'forceState', 'refuseAppend'],
        },
        {
          guard: and(['isCurrentTerm', 'hasPrevious', 'bringsEntries']),
          target: '.follower',
          actions: [
            'stepDown',
            ...follow,
            'forceEntries',
            'truncateConflict',
            'appendEntries',
            'learnCommit',
            'acknowledge',
          ],
        },
        {
          guard: and(['isCurrentTerm', 'hasPrevious']),
          target: '.follower',
          actions: ['stepDown', ...follow, 'learnCommit', 'acknowledge'],
        },
        {
          guard: 'isCurrentTerm',
          target: '.follower',
          actions: ['stepDown', ...follow, 'refuseAppend'],
        },
        { guard: 'isLowerTerm', actions: 'refuseAppend' },
      ],
      InstallSnapshot: [
        { guard: 'isLowerTerm', actions: 'refuseSnapshot' },
        {
          guard: and(['isHigherTerm', 'isStaleSnapshot']),
          target: '.follower',
          actions: [...adopt, ...follow, 'forceState', 'acknowledgeSnapshot'],
        },
        {
          guard: and(['isHigherTerm', 'hasLastOfSnapshot']),
          target: '.follower',
          actions: [...adopt, ...follow, 'keepSuffix', ...install],
        },
        {
          guard: 'isHigherTerm',
          target: '.follower',
          actions: [...adopt, ...follow, 'dropLog', ...install],
        },
        {
          guard: 'isStaleSnapshot',
          target: '.follower',
          actions: ['stepDown', ...follow, 'acknowledgeSnapshot'],
        },
        {
          guard: 'hasLastOfSnapshot',
          target: '.follower',
          actions: ['stepDown', ...follow, 'keepSuffix', ...install],
        },
        { target: '.follower', actions: ['stepDown', ...follow, 'dropLog', ...install] },
      ],
      Vote: { guard: 'isHigherTerm', target: '.follower', actions: [...adopt, 'forceState'] },
      Appended: { guard: 'isHigherTerm', target: '.follower', actions: [...adopt, 'forceState'] },
      Refused: { guard: 'isHigherTerm', target: '.follower', actions: [...adopt, 'forceState'] },
      Request: { actions: 'redirect' },
      Read: { actions: 'redirect' },
    },
    states: {
      follower: {
        always: [
          { guard: 'hasUnapplied', actions: ['markApplied', 'applyEntry'] },
          { guard: 'isSnapshotDue', actions: ['takeSnapshot', 'forceState'] },
        ],
      },
      preCandidate: {
        always: { guard: 'hasMajority', target: 'candidate', actions: [...stand] },
        on: { PreVoted: { guard: 'isPreVoteOfNextTerm', actions: 'countVote' } },
      },
      candidate: {
        always: { guard: 'hasMajority', target: 'leader' },
        on: { Vote: { guard: and(['isVoteOfThisTerm', 'isGranted']), actions: 'countVote' } },
      },
      leader: {
        initial: 'beating',
        exit: ['stopWatching', 'resetElectionTimer'],
        entry: [
          'stopElectionTimer',
          'watchQuorum',
          'markElected',
          'lead',
          'appendNoOp',
          'replicate',
          'advanceAll',
          'writeEntries',
        ],
        always: [
          { guard: and(['isOnMajority', 'isOfOwnTerm']), actions: 'advanceCommit' },
          { guard: 'hasUnapplied', actions: ['markApplied', 'answerClient', 'applyEntry'] },
          { guard: 'isSnapshotDue', actions: ['takeSnapshot', 'forceState'] },
          {
            guard: and(['mayBeginRound', 'hasOwnCommit']),
            actions: ['beginRound', 'replicate', 'advanceAll'],
          },
          {
            guard: and(['isRoundConfirmed', 'hasAppliedReadIndex']),
            actions: ['answerReads', 'endRound'],
          },
        ],
        on: {
          Read: [
            { guard: and(['holdsLease', 'hasOwnCommit']), actions: 'answerRead' },
            { actions: 'noteRead' },
          ],
          Request: [
            { guard: 'isWriting', actions: ['markProposed', 'waitForDisk'] },
            {
              actions: ['markProposed', 'appendCommand', 'replicate', 'advanceAll', 'writeEntries'],
            },
          ],
          PROPOSE: [
            { guard: 'isWriting', actions: ['markProposed', 'waitForDisk'] },
            {
              actions: ['markProposed', 'appendCommand', 'replicate', 'advanceAll', 'writeEntries'],
            },
          ],
          SAVED: [
            {
              guard: 'hasWaiting',
              actions: ['countOwn', 'appendWaiting', 'replicate', 'advanceAll', 'writeEntries'],
            },
            { actions: 'countOwn' },
          ],
          QUORUM_TIMEOUT: [
            { guard: 'hearsQuorum', actions: 'watchQuorum' },
            { target: 'follower', actions: ['stepDown', 'forgetLeader'] },
          ],
          Appended: [
            {
              guard: and(['isCurrentTerm', 'leavesMore']),
              actions: [
                'noteHeard',
                'noteRenewal',
                'countAnswer',
                'countReplica',
                'replicateToSender',
                'advanceSender',
              ],
            },
            {
              guard: 'isCurrentTerm',
              actions: ['noteHeard', 'noteRenewal', 'countAnswer', 'countReplica'],
            },
          ],
          Refused: {
            guard: and(['isCurrentTerm', not('isOvertaken')]),
            actions: [
              'noteHeard',
              'noteRenewal',
              'countAnswer',
              'backUp',
              'replicateToSender',
              'advanceSender',
            ],
          },
        },
        states: {
          beating: {
            after: {
              heartbeat: [
                {
                  guard: 'hasHeartbeat',
                  target: 'beating',
                  reenter: true,
                  actions: ['replicate', 'advanceAll'],
                },
                { target: 'beating', reenter: true },
              ],
            },
          },
        },
      },
    },
  });

/** The server with a state machine on top. */
export function serverOf(machine: StateMachine): typeof server {
  return server.provide({
    actions: {
      ...applyingActions(machine),
      ...readingActions(machine),
      ...leaseReading(machine),
    },
  });
}
