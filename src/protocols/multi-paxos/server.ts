/**
 * A server of Multi-Paxos (Lamport 1998; Paxos Made Simple 2001, section 3): acceptor and learner of every slot,
 * and leader while its ballot is the highest. Here is which rule applies when; the rules themselves are in
 * accepting.ts, learning.ts, leading.ts and serving.ts, each a guard or an action by its name.
 */
import { and, not } from 'xstate';
import { acceptingActions, acceptingGuards } from './accepting.ts';
import { leadingActions, leadingGuards } from './leading.ts';
import { learningActions, learningGuards } from './learning.ts';
import { base } from './server-state.ts';
import { servingActions, servingGuards } from './serving.ts';

export const server = base
  .extend({
    guards: { ...acceptingGuards, ...learningGuards, ...servingGuards, ...leadingGuards },
    actions: { ...acceptingActions, ...learningActions, ...servingActions, ...leadingActions },
  })
  .createMachine({
    id: 'server',
    context: ({ input: { recovered, initial = null, ...input } }) => ({
      ...input,
      maxBal: recovered?.maxBal ?? 0,
      votes: recovered?.votes ?? [],
      log: [],
      state: initial,
      announced: { ballot: 0, chosen: 0 },
      told: { first: 0, commands: [] },
      reports: {},
      counts: {},
      clients: {},
    }),
    initial: 'starting',
    states: {
      /** The crash may have come between the votes on disk and the word of them. */
      starting: {
        always: [
          { guard: 'hasVotes', target: 'serving', actions: 'markVoted' },
          { target: 'serving' },
        ],
      },
      serving: {
        initial: 'following',
        always: [
          { guard: 'nextIsTold', actions: ['applyTold', 'markApplied', 'execute'] },
          { guard: 'hasTold', actions: 'forgetTold' },
          { guard: 'nextIsAnnounced', actions: ['applyVoted', 'markApplied', 'execute'] },
        ],
        on: {
          '1a': [
            {
              guard: 'mayPromise',
              target: '.following',
              actions: ['promise', 'forgetLeadership', 'forcePromise', 'send1b'],
            },
            { guard: 'hasPromised', actions: 'send1b' },
            { actions: 'refuse' },
          ],
          '2a': [
            /** A copy, or one sent again: the same answer again. */
            {
              guard: and(['isOfThisBallot', 'hasVotedSo']),
              target: '.following',
              actions: ['noteAnnounced', 'forgetLeadership', 'send2b', 'askForMissing'],
            },
            {
              guard: 'mayVote',
              target: '.following',
              actions: [
                ...['vote', 'noteAnnounced', 'forgetLeadership', 'forceVotes', 'markVoted'],
                ...['send2b', 'askForMissing'],
              ] as const,
            },
            { actions: 'refuse' },
          ],
          HEARTBEAT: [
            {
              guard: 'isCurrent',
              target: '.following',
              actions: ['noteAnnounced', 'forgetLeadership', 'askForMissing'],
            },
            { actions: 'refuse' },
          ],
          CATCH_UP: { guard: 'hasMore', actions: 'tellChosen' },
          CHOSEN: { actions: 'noteTold' },
          REQUEST: [
            { guard: 'isApplied', actions: 'replyAgain' },
            { guard: 'knowsLeader', actions: 'redirect' },
          ],
        },
        states: {
          following: { after: { suspicion: 'choosingBallot' } },
          choosingBallot: {
            always: [
              {
                guard: 'mayTakeBallot',
                target: 'preparing',
                actions: ['takeBallot', 'forcePromise'],
              },
              { target: 'exhausted' },
            ],
          },
          /** Phase 1, once for all slots from the first that is not known to be chosen. */
          preparing: {
            initial: 'asking',
            always: [
              {
                guard: and(['hasPhase1Quorum', 'nothingReported']),
                target: 'leading',
                actions: 'forgetReports',
              },
              {
                guard: 'hasPhase1Quorum',
                target: 'leading',
                actions: ['adoptVotes', 'forgetReports', 'send2aOpen', 'forceOpen', 'markVoted'],
              },
            ],
            on: {
              '1b': { guard: 'isOfThisBallot', actions: 'collectPromise' },
              NACK: { guard: 'isRefused', target: 'following', actions: 'forgetReports' },
            },
            states: {
              asking: {
                entry: 'send1a',
                after: { resend: { target: 'asking', reenter: true } },
              },
            },
          },
          leading: {
            type: 'parallel',
            always: {
              guard: 'hasPhase2Quorum',
              actions: ['applyVoted', 'markApplied', 'replyToClient', 'execute', 'forgetApplied'],
            },
            on: {
              REQUEST: [
                { guard: 'isApplied', actions: 'replyAgain' },
                { guard: 'isOpen', actions: 'noteClient' },
                { actions: ['append', 'send2aLast', 'forceLast', 'markVoted'] },
              ],
              '2b': { guard: 'isOfThisBallot', actions: 'countVotes' },
              NACK: { guard: 'isRefused', target: 'following', actions: 'forgetLeadership' },
            },
            states: {
              heartbeats: {
                initial: 'beating',
                states: {
                  beating: {
                    entry: 'heartbeat',
                    after: { heartbeat: { target: 'beating', reenter: true } },
                  },
                },
              },
              resends: {
                initial: 'idle',
                states: {
                  idle: { always: { guard: 'hasOpen', target: 'waiting' } },
                  waiting: {
                    always: { guard: not('hasOpen'), target: 'idle' },
                    after: { resend: { target: 'waiting', reenter: true, actions: 'send2aOpen' } },
                  },
                },
              },
            },
          },
          /** There are no ballots left; it goes on as acceptor and learner. */
          exhausted: {},
        },
      },
    },
  });
