/**
 * A participant of quorum three-phase commit, which may be elected coordinator again and again (Skeen 1982).
 * Every rule is a guard or action of that name in participant-rules.ts.
 */
import { and } from 'xstate';
import { participantRules } from './participant-rules.ts';
import { firstEpoch } from './quorums.ts';

export const participant = participantRules.createMachine({
  id: 'participant',
  context: ({ input: { recovered, ...input } }) => ({
    ...input,
    ...(recovered?.found === 'doubt'
      ? { standing: recovered.standing, attempt: recovered.attempt, epoch: recovered.epoch }
      : { standing: 'waiting' as const, attempt: 0, epoch: firstEpoch }),
    reports: {},
    acknowledged: [],
    found: recovered?.found ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [
        /** An election of its own goes on: what it has asked for in that epoch is on its disk. */
        {
          guard: and(['foundDoubt', 'leads']),
          target: 'inDoubt.collecting',
          actions: ['markVotedYes', 'markUncertain', 'reportSelf'],
        },
        { guard: 'foundDoubt', target: 'inDoubt', actions: ['markVotedYes', 'markUncertain'] },
        { guard: 'foundCommit', target: 'committed', actions: ['markCertain', 'markCommit'] },
        { guard: 'foundAbortOrNothing', target: 'aborted', actions: ['markCertain', 'markAbort'] },
        { target: 'working' },
      ],
    },
    /** Who has not voted may abort alone, and does so when somebody asks for more than its vote. */
    working: {
      on: {
        PREPARE: 'voting',
        ABORT: { target: 'aborted', actions: 'markAbort' },
        STATE_REQUEST: { target: 'aborted', actions: ['markAbort', 'reportAborted'] },
      },
      after: { patience: { target: 'aborted', actions: 'markAbort' } },
    },
    voting: {
      on: {
        CAN_COMMIT: {
          target: 'inDoubt',
          actions: ['forcePrepared', 'markVotedYes', 'markUncertain', 'voteYes'],
        },
        CANNOT_COMMIT: { target: 'aborted', actions: ['markVotedNo', 'markAbort', 'voteNo'] },
        ABORT: { target: 'aborted', actions: 'markAbort' },
        STATE_REQUEST: { target: 'aborted', actions: ['markAbort', 'reportAborted'] },
      },
    },
    inDoubt: {
      initial: 'following',
      on: {
        COMMIT: { target: 'committed', actions: ['markCertain', 'forceCommit', 'markCommit'] },
        ABORT: { target: 'aborted', actions: ['markCertain', 'forceAbort', 'markAbort'] },
        /** Obey a later coordinator, whatever one did or was before. */
        STATE_REQUEST: [
          {
            guard: 'isLater',
            target: '.following',
            actions: ['join', 'forceElected', 'forgetElection', 'reportState'],
          },
          /** A coordinator that asks again may be deaf to this site, so its suspicion goes on. */
          { guard: 'isOfThisEpoch', actions: 'reportState' },
        ],
        PRE_COMMIT: [
          { guard: and(['isCurrent', 'hasMoved']), actions: 'acknowledge' },
          {
            guard: and(['isCurrent', 'mayPreCommit']),
            target: '.following',
            actions: [
              'join',
              'becomePreCommitted',
              'forcePreCommit',
              'forgetElection',
              'acknowledge',
            ],
          },
        ],
        PRE_ABORT: [
          { guard: and(['isCurrent', 'hasMoved']), actions: 'acknowledge' },
          {
            guard: and(['isCurrent', 'mayPreAbort']),
            target: '.following',
            actions: ['join', 'becomePreAborted', 'forcePreAbort', 'forgetElection', 'acknowledge'],
          },
        ],
      },
      states: {
        /** A time-out ends in an election, never in a guess; that it may be wrong costs time alone. */
        following: {
          after: {
            suspicion: [
              {
                guard: 'mayElect',
                target: 'collecting',
                actions: ['electSelf', 'forceElected', 'reportSelf'],
              },
              { target: 'following', reenter: true, actions: 'inquireOfEverybody' },
            ],
          },
        },
        collecting: {
          initial: 'asking',
          always: [
            {
              guard: 'someCommitted',
              target: '#participant.committed',
              actions: ['markCertain', 'forceCommit', 'markCommit', 'sendCommit'],
            },
            {
              guard: 'someAborted',
              target: '#participant.aborted',
              actions: ['markCertain', 'forceAbort', 'markAbort', 'sendAbort'],
            },
            { guard: 'allAnswered', target: 'judging' },
          ],
          on: { STATE: { guard: 'isOfThisEpoch', actions: 'collect' } },
          after: { answerTimeout: 'judging' },
          states: {
            asking: {
              entry: 'requestStates',
              after: { resend: { target: 'asking', reenter: true } },
            },
          },
        },
        /** Where no rule holds it is blocked, and asks again: others may come back, or have decided. */
        judging: {
          initial: 'asking',
          always: [
            {
              guard: 'someCommitted',
              target: '#participant.committed',
              actions: ['markCertain', 'forceCommit', 'markCommit', 'sendCommit'],
            },
            {
              guard: 'someAborted',
              target: '#participant.aborted',
              actions: ['markCertain', 'forceAbort', 'markAbort', 'sendAbort'],
            },
            /** It moves itself before it asks others to: an epoch that it leads again asks for the same. */
            {
              guard: and(['commitRuleHolds', 'mayPreCommit']),
              target: 'preCommitting',
              actions: ['becomePreCommitted', 'forcePreCommit', 'countSelf'],
            },
            { guard: 'commitRuleHolds', target: 'preCommitting' },
            {
              guard: and(['abortRuleHolds', 'mayPreAbort']),
              target: 'preAborting',
              actions: ['becomePreAborted', 'forcePreAbort', 'countSelf'],
            },
            { guard: 'abortRuleHolds', target: 'preAborting' },
          ],
          on: { STATE: { guard: 'isOfThisEpoch', actions: 'collect' } },
          states: {
            asking: {
              after: {
                retry: {
                  target: 'asking',
                  reenter: true,
                  actions: ['requestStates', 'inquireOfCoordinator'],
                },
              },
            },
          },
        },
        preCommitting: {
          initial: 'sending',
          always: {
            guard: 'commitQuorumAcknowledged',
            target: '#participant.committed',
            actions: ['markCertain', 'forceCommit', 'markCommit', 'sendCommit'],
          },
          on: {
            ACK: {
              guard: and(['isOfThisEpoch', 'acknowledgesPreCommit']),
              actions: 'countAcknowledgement',
            },
          },
          states: {
            sending: {
              entry: 'sendPreCommit',
              after: {
                resend: {
                  target: 'sending',
                  reenter: true,
                  actions: ['inquireOfAcknowledged', 'inquireOfCoordinator'],
                },
              },
            },
          },
        },
        preAborting: {
          initial: 'sending',
          always: {
            guard: 'abortQuorumAcknowledged',
            target: '#participant.aborted',
            actions: ['markCertain', 'forceAbort', 'markAbort', 'sendAbort'],
          },
          on: {
            ACK: {
              guard: and(['isOfThisEpoch', 'acknowledgesPreAbort']),
              actions: 'countAcknowledgement',
            },
          },
          states: {
            sending: {
              entry: 'sendPreAbort',
              after: {
                resend: {
                  target: 'sending',
                  reenter: true,
                  actions: ['inquireOfAcknowledged', 'inquireOfCoordinator'],
                },
              },
            },
          },
        },
      },
    },
    committed: {
      on: {
        INQUIRE: { actions: 'tellCommit' },
        PRE_COMMIT: { actions: 'tellCommit' },
        PRE_ABORT: { actions: 'tellCommit' },
        STATE_REQUEST: { actions: 'reportCommitted' },
      },
    },
    aborted: {
      on: {
        /** A request that arrives later gets no; it never re-opens the transaction. */
        PREPARE: { actions: 'voteNo' },
        INQUIRE: { actions: 'tellAbort' },
        PRE_COMMIT: { actions: 'tellAbort' },
        PRE_ABORT: { actions: 'tellAbort' },
        STATE_REQUEST: { actions: 'reportAborted' },
      },
    },
  },
});
