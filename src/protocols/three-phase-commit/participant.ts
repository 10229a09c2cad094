/**
 * A participant of three-phase commit, which may be elected coordinator (Skeen 1981; Bernstein, Hadzilacos
 * and Goodman 1987, section 7.5). Every rule is a guard or action of that name in participant-rules.ts.
 */
import { and, not } from 'xstate';
import { participantRules } from './participant-rules.ts';

export const participant = participantRules.createMachine({
  id: 'participant',
  context: ({ input: { recovered, ...input } }) => ({
    ...input,
    epoch: recovered?.found === 'doubt' ? recovered.epoch : 0,
    up: recovered?.found === 'doubt' ? recovered.up : [input.coordinator, ...input.participants],
    committable: recovered?.found === 'doubt' && recovered.committable,
    reports: {},
    awaiting: [],
    returned: {},
    found: recovered?.found ?? 'fresh',
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [
        {
          guard: 'foundDoubt',
          target: 'recovering',
          actions: ['markVotedYes', 'markUncertain', 'beginRecovery'],
        },
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
        INQUIRE: { target: 'aborted', actions: ['markAbort', 'tellAbort'] },
        STATE_REQUEST: { target: 'aborted', actions: ['markAbort', 'reportAborted'] },
        RECOVERING: {
          guard: 'isFromLeader',
          target: 'aborted',
          actions: ['markAbort', 'tellAbort'],
        },
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
        INQUIRE: { target: 'aborted', actions: ['markAbort', 'tellAbort'] },
        STATE_REQUEST: { target: 'aborted', actions: ['markAbort', 'reportAborted'] },
      },
    },
    inDoubt: {
      initial: 'following',
      on: {
        COMMIT: { target: 'committed', actions: ['markCertain', 'forceCommit', 'markCommit'] },
        ABORT: { target: 'aborted', actions: ['markCertain', 'forceAbort', 'markAbort'] },
        /** Rule 5: obey a later coordinator, whatever one did or was before. */
        STATE_REQUEST: [
          {
            guard: and(['isCurrent', 'isLater']),
            target: '.following',
            actions: ['join', 'writeStanding', 'forgetReports', 'reportState'],
          },
          { guard: 'isCurrent', actions: 'reportState' },
        ],
      },
      states: {
        following: {
          initial: 'uncertain',
          on: {
            PRE_COMMIT: [
              { guard: and(['isCurrent', 'isCommittable']), actions: 'acknowledge' },
              {
                guard: 'isCurrent',
                target: 'following',
                reenter: true,
                actions: ['becomeCommittable', 'writePreCommit', 'acknowledge'],
              },
            ],
            RECOVERING: {
              guard: and(['mayElect', 'isFromLeader']),
              target: 'electing',
              actions: ['giveUpLeader', 'forceStanding'],
            },
          },
          /** Rule 4: a time-out ends in the termination protocol, never in a guess. */
          after: {
            suspicion: {
              guard: 'mayElect',
              target: 'electing',
              actions: ['giveUpLeader', 'forceStanding'],
            },
          },
          states: {
            uncertain: {
              always: { guard: 'isCommittable', target: 'committable' },
              after: { inquiry: { target: 'uncertain', reenter: true, actions: 'inquire' } },
            },
            committable: {
              after: { inquiry: { target: 'committable', reenter: true, actions: 'inquire' } },
            },
          },
        },
        electing: {
          always: [
            { guard: 'leads', target: 'collecting', actions: 'beginCollecting' },
            { target: 'following' },
          ],
        },
        collecting: {
          initial: 'asking',
          always: [
            {
              guard: 'someAborted',
              target: '#participant.aborted',
              actions: ['markCertain', 'forceAbort', 'markAbort', 'sendAbort'],
            },
            {
              guard: 'someCommitted',
              target: '#participant.committed',
              actions: ['markCertain', 'forceCommit', 'markCommit', 'sendCommit'],
            },
            {
              guard: and(['allAnswered', 'allUncertain']),
              target: '#participant.aborted',
              actions: ['markCertain', 'forceAbort', 'markAbort', 'sendAbort'],
            },
            {
              guard: and(['allAnswered', 'someCommittable', 'isCommittable']),
              target: 'preCommitting',
              actions: 'awaitUncertain',
            },
            {
              guard: and(['allAnswered', 'someCommittable']),
              target: 'preCommitting',
              actions: ['becomeCommittable', 'writePreCommit', 'awaitUncertain'],
            },
          ],
          on: {
            STATE: { guard: 'isAnswer', actions: 'collect' },
            RECOVERING: { guard: 'isBelievedUp', actions: ['giveUpSender', 'forceStanding'] },
          },
          after: { answerTimeout: { actions: ['giveUpSilent', 'forceStanding'] } },
          states: {
            asking: {
              entry: 'requestStates',
              after: { resend: { target: 'asking', reenter: true } },
            },
          },
        },
        preCommitting: {
          initial: 'sending',
          always: {
            guard: 'allAnswered',
            target: '#participant.committed',
            actions: ['markCertain', 'forceCommit', 'markCommit', 'sendCommit'],
          },
          on: {
            ACK: { guard: 'isAnswer', actions: 'awaitNoLonger' },
            RECOVERING: { guard: 'isBelievedUp', actions: ['giveUpSender', 'forceStanding'] },
          },
          after: { answerTimeout: { actions: ['giveUpSilent', 'forceStanding'] } },
          states: {
            sending: {
              entry: 'sendPreCommit',
              after: { resend: { target: 'sending', reenter: true } },
            },
          },
        },
      },
    },
    /** Rule 6: not operational, so no part in any election; it asks until it is told, or is the senior. */
    recovering: {
      initial: 'asking',
      always: [
        {
          guard: and(['isSenior', 'isCommittable']),
          target: 'committed',
          actions: ['markCertain', 'forceCommit', 'markCommit', 'sendCommit'],
        },
        {
          guard: and(['isSenior', not('isCommittable')]),
          target: 'aborted',
          actions: ['markCertain', 'forceAbort', 'markAbort', 'sendAbort'],
        },
      ],
      on: {
        COMMIT: { target: 'committed', actions: ['markCertain', 'forceCommit', 'markCommit'] },
        ABORT: { target: 'aborted', actions: ['markCertain', 'forceAbort', 'markAbort'] },
        RECOVERING: { actions: 'noteReturned' },
        PREPARE: { actions: 'answerRecovering' },
        PRE_COMMIT: { actions: 'answerRecovering' },
        STATE_REQUEST: { actions: 'answerRecovering' },
        INQUIRE: { actions: 'answerRecovering' },
      },
      states: {
        asking: {
          entry: 'announceRecovery',
          after: { announce: { target: 'asking', reenter: true } },
        },
      },
    },
    /**
     * A coordinator of a lower epoch is ignored here too, as the paper has it: it counts this site as crashed,
     * which is where a false suspicion ends in two decisions.
     */
    committed: {
      on: {
        INQUIRE: { actions: 'tellCommit' },
        RECOVERING: { actions: 'tellCommit' },
        STATE_REQUEST: { actions: 'reportCommitted' },
        PRE_COMMIT: { guard: 'isCurrent', actions: 'acknowledge' },
      },
    },
    aborted: {
      on: {
        /** A request that arrives later gets no; it never re-opens the transaction. */
        PREPARE: { actions: 'voteNo' },
        INQUIRE: { actions: 'tellAbort' },
        RECOVERING: { actions: 'tellAbort' },
        STATE_REQUEST: { actions: 'reportAborted' },
      },
    },
  },
});
