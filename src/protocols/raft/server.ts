/**
 * A Raft server (Ongaro and Ousterhout 2014; Ongaro 2014): the three roles, and which rule applies when. The
 * rules themselves are in voting.ts, replication.ts, applying.ts and others, each a guard or an action by its name.
 */
import { and, not } from 'xstate';
import { logOnly, type StateMachine } from '../key-value-store/state-machine.ts';
import { applyingActions, applyingGuards } from './applying.ts';
import { catchUpActions, catchUpGuards, catchUpTransitions } from './catch-up.ts';
import { jointActions, jointGuards } from './joint.ts';
import { leaseActions, leaseGuards, leaseReading } from './leases.ts';
import { beginning, snapshotOf } from './log.ts';
import { membershipActions, membershipGuards } from './membership.ts';
import { orderActions, orderGuards, orderTransitions } from './orders.ts';
import { noRound, readActions, readGuards, readingActions } from './reads.ts';
import { followerActions, followerGuards, leaderActions, leaderGuards } from './replication.ts';
import { base } from './server-state.ts';
import { snapshotActions, snapshotGuards } from './snapshots.ts';
import { stabilityActions, stabilityGuards } from './stability.ts';
import { transferActions, transferGuards } from './transfer.ts';
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

/** The leader wants it: no pre-vote, and voters who hear that leader do not mind (3.10). */
const standAtOnce = stand.map((action) =>
  action === 'requestVotes' ? 'requestVotesAtOnce' : action,
);

/** To the others first, then to its own disk. */
const spread = ['replicate', 'advanceAll', 'writeEntries'] as const;
const configure = ['stopCatchUp', 'endChange', 'markConfiguration', ...spread] as const;

/** The newcomers have caught up, and no other configuration is under way. */
const mayConfigure = [
  'hasChange',
  'isRoundOver',
  'hasOwnCommit',
  'isConfigurationCommitted',
  not('isWriting'),
] as const;

/** What a leader does with an order, whether an administrator's message or an operation. */
const order = [
  ...orderTransitions,
  {
    guard: and(['isTransferOrder', 'mayBeginTransfer']),
    actions: ['markOrdered', 'beginTransfer', 'watchTransfer'],
  },
  {
    guard: and(['isChangeOrder', 'mayBeginChange', 'isConfigurationCommitted', 'bringsNewcomers']),
    actions: ['markOrdered', 'beginChange', 'watchCatchUp', 'replicate', 'advanceAll'],
  },
  {
    guard: and(['isChangeOrder', 'mayBeginChange', 'isConfigurationCommitted']),
    actions: ['markOrdered', 'beginChange'],
  },
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
      ...orderGuards,
      ...membershipGuards,
      ...catchUpGuards,
      ...jointGuards,
      ...transferGuards,
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
      ...orderActions,
      ...membershipActions,
      ...catchUpActions,
      ...jointActions,
      ...transferActions,
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
      change: null,
      transfer: null,
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
          guard: and(['mayStand', 'isElectable', 'asksFirst']),
          target: '.preCandidate',
          actions: ['askFirst', 'resetElectionTimer', 'markPreCandidate', 'requestPreVotes'],
        },
        { guard: and(['mayStand', 'isElectable']), target: '.candidate', actions: [...stand] },
        { actions: 'resetElectionTimer' },
      ],
      TimeoutNow: {
        guard: and(['isCurrentTerm', 'mayStand', 'isElectable']),
        target: '.candidate',
        actions: [...standAtOnce],
      },
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
      Order: { actions: 'redirect' },
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
        exit: ['stopWatching', 'stopCatchUp', 'stopTransfer', 'resetElectionTimer'],
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
          { guard: 'isTargetUpToDate', actions: ['noteSent', 'sendTimeoutNow'] },
          {
            guard: and(['isJoint', 'hasOwnCommit', 'isConfigurationCommitted', not('isWriting')]),
            actions: ['appendNew', 'markConfiguration', ...spread],
          },
          { guard: 'isRemoved', target: 'follower', actions: ['stepDown', 'forgetLeader'] },
          {
            guard: and(['hasChange', 'isRoundOver', 'wasRoundSlow', 'hasRoundsLeft']),
            actions: ['beginCatchUpRound', 'watchCatchUp'],
          },
          {
            guard: and(['hasChange', 'isRoundOver', 'wasRoundSlow']),
            actions: ['stopCatchUp', 'answerGivenUp', 'endChange'],
          },
          {
            guard: and([...mayConfigure, 'isOneServer']),
            actions: ['appendConfiguration', ...configure],
          },
          { guard: and([...mayConfigure]), actions: ['appendJoint', ...configure] },
        ],
        on: {
          Read: [
            { guard: 'isTransferring' },
            { guard: and(['holdsLease', 'hasOwnCommit']), actions: 'answerRead' },
            { actions: 'noteRead' },
          ],
          Order: order,
          ADMINISTER: order,
          CATCH_UP_TIMEOUT: catchUpTransitions,
          TRANSFER_TIMEOUT: {
            actions: ['markTransferGivenUp', 'answerTransferGivenUp', 'endTransfer'],
          },
          Request: [
            { guard: 'isTransferring' },
            { guard: 'isWriting', actions: ['markProposed', 'waitForDisk'] },
            {
              actions: ['markProposed', 'appendCommand', 'replicate', 'advanceAll', 'writeEntries'],
            },
          ],
          PROPOSE: [
            { guard: 'isTransferring' },
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
