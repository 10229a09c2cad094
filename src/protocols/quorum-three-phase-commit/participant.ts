/**
 * A participant of quorum three-phase commit, which may be elected coordinator again and again (Skeen 1982).
 * Every rule is a named guard or action; E3PC replaces four of the guards.
 */
import { and, assign, emit, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import type { Decision } from '../atomic-commitment/properties.ts';
import type { Message, ParticipantRecord, Report, Standing } from './messages.ts';
import {
  firstEpoch,
  leaderOf,
  nextEpochOf,
  type Quorums,
  type Sites,
  weightOf,
} from './quorums.ts';
import { quorumRules, type Reports } from './rules.ts';

/** What a participant in doubt knows of itself, all of it on its disk. */
export interface Doubt {
  readonly standing: Standing;
  /** The epoch of its last move to pre-commit or pre-abort; 0: never. */
  readonly attempt: number;
  /** The highest election it takes part in. */
  readonly epoch: number;
}

/** What the log says after a crash. */
export type Recovered =
  | { readonly found: Decision | 'nothing' }
  | ({ readonly found: 'doubt' } & Doubt);

export interface ParticipantInput extends Sites, Quorums {
  readonly self: Address;
  /** The epochs after the first; under asynchronous timing nothing else bounds them. */
  readonly elections: number;
  /** Absent at the first start. */
  readonly recovered?: Recovered;
}

export interface ParticipantContext extends Sites, Quorums, Doubt {
  readonly self: Address;
  readonly elections: number;
  /** As elected coordinator: what has been reported, its own standing included. */
  readonly reports: Reports;
  /** As elected coordinator: who has made the move that it has asked for. */
  readonly acknowledged: readonly Address[];
  readonly found: Recovered['found'] | 'fresh';
}

/** CAN_COMMIT and CANNOT_COMMIT are the answer of the participant's own resources: a choice. */
type Event =
  | Received<Message>
  | { readonly type: 'CAN_COMMIT' }
  | { readonly type: 'CANNOT_COMMIT' };

const peers = ({ self, participants }: ParticipantContext): readonly Address[] =>
  participants.filter((one) => one !== self);
const everybodyElse = (context: ParticipantContext): readonly Address[] => [
  context.coordinator,
  ...peers(context),
];
const unacknowledged = (context: ParticipantContext): readonly Address[] =>
  peers(context).filter((one) => !context.acknowledged.includes(one));
const reported = (context: ParticipantContext, standing: Report['standing']): boolean =>
  Object.values(context.reports).some((report) => report.standing === standing);

export const participant = setup({
  types: {
    context: {} as ParticipantContext,
    input: {} as ParticipantInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ParticipantRecord>,
  },
  guards: {
    foundCommit: ({ context }) => context.found === 'commit',
    /** No `prepared` record means that no yes was ever sent, so it aborts. */
    foundAbortOrNothing: ({ context }) => context.found === 'abort' || context.found === 'nothing',
    foundDoubt: ({ context }) => context.found === 'doubt',
    /** From an election on, what comes from lower epochs is refused. */
    isCurrent: ({ context, event }) => 'epoch' in event && event.epoch >= context.epoch,
    isLater: ({ context, event }) => 'epoch' in event && event.epoch > context.epoch,
    isOfThisEpoch: ({ context, event }) => 'epoch' in event && event.epoch === context.epoch,
    leads: ({ context }) => leaderOf(context, context.epoch) === context.self,
    mayElect: ({ context }) =>
      nextEpochOf(context, context.self, context.epoch) <= firstEpoch + context.elections,
    allAnswered: ({ context }) =>
      Object.keys(context.reports).length === context.participants.length,
    someCommitted: ({ context }) => reported(context, 'committed'),
    /** Who has aborted never voted yes, or knows that all are to abort. */
    someAborted: ({ context }) => reported(context, 'aborted'),
    /** Somebody is pre-committed, and with the waiting they weigh V_C. */
    commitRuleHolds: ({ context }) => quorumRules.commits(context.reports, context),
    /** The pre-aborted and the waiting weigh V_A. */
    abortRuleHolds: ({ context }) => quorumRules.aborts(context.reports, context),
    /** A promise to one quorum is never taken back for the other. */
    mayPreCommit: ({ context }) => context.standing !== 'pre-aborted',
    mayPreAbort: ({ context }) => context.standing !== 'pre-committed',
    /** The move that is asked for is on the disk already. */
    hasMoved: ({ context, event }) => 'epoch' in event && event.epoch === context.attempt,
    acknowledgesPreCommit: ({ event }) =>
      event.type === 'ACK' && event.standing === 'pre-committed',
    acknowledgesPreAbort: ({ event }) => event.type === 'ACK' && event.standing === 'pre-aborted',
    commitQuorumAcknowledged: ({ context }) =>
      weightOf(context, context.acknowledged) >= context.commitQuorum,
    abortQuorumAcknowledged: ({ context }) =>
      weightOf(context, context.acknowledged) >= context.abortQuorum,
  },
  actions: {
    /** Force before send: the vote promises what the record remembers. */
    forcePrepared: emit(write({ record: 'prepared' as const }, 'forced')),
    markVotedYes: emit(mark('voted', { yes: true })),
    markVotedNo: emit(mark('voted', { yes: false })),
    markUncertain: emit(mark('uncertain')),
    markCertain: emit(mark('certain')),
    voteYes: emit(({ context }) => send(context.coordinator, { type: 'VOTE', yes: true })),
    voteNo: emit(({ context }) => send(context.coordinator, { type: 'VOTE', yes: false })),
    inquireOfEverybody: emit(({ context }) => send(everybodyElse(context), { type: 'INQUIRE' })),
    /** It has no standing, and takes no part in elections, but may know the decision. */
    inquireOfCoordinator: emit(({ context }) => send(context.coordinator, { type: 'INQUIRE' })),
    electSelf: assign({
      epoch: ({ context }) => nextEpochOf(context, context.self, context.epoch),
    }),
    join: assign({ epoch: ({ context, event }) => epochOf(event, context) }),
    /** Before it asks or answers: no epoch is ever led twice differently, nor left for a lower one. */
    forceElected: emit(({ context }) =>
      write({ record: 'elected' as const, epoch: context.epoch }, 'forced'),
    ),
    reportState: emit(({ context, event }) => report(event, context.standing, context.attempt)),
    reportCommitted: emit(({ context, event }) => report(event, 'committed', context.attempt)),
    reportAborted: emit(({ context, event }) => report(event, 'aborted', context.attempt)),
    reportSelf: assign({
      reports: ({ context: { self, standing, attempt } }) => ({ [self]: { standing, attempt } }),
    }),
    requestStates: emit(({ context }) =>
      send(peers(context), { type: 'STATE_REQUEST', epoch: context.epoch }),
    ),
    collect: assign({
      reports: ({ context, event }) =>
        event.type === 'STATE'
          ? inOrder(context, event.from, { standing: event.standing, attempt: event.attempt })
          : context.reports,
    }),
    becomePreCommitted: assign({
      standing: 'pre-committed',
      attempt: ({ context, event }) => epochOf(event, context),
    }),
    becomePreAborted: assign({
      standing: 'pre-aborted',
      attempt: ({ context, event }) => epochOf(event, context),
    }),
    forcePreCommit: emit(({ context }) =>
      write({ record: 'pre-commit' as const, epoch: context.epoch }, 'forced'),
    ),
    forcePreAbort: emit(({ context }) =>
      write({ record: 'pre-abort' as const, epoch: context.epoch }, 'forced'),
    ),
    acknowledge: emit(({ context, event }) =>
      send(senderOf(event), { type: 'ACK', epoch: context.epoch, standing: context.standing }),
    ),
    sendPreCommit: emit(({ context }) =>
      send(unacknowledged(context), { type: 'PRE_COMMIT', epoch: context.epoch }),
    ),
    sendPreAbort: emit(({ context }) =>
      send(unacknowledged(context), { type: 'PRE_ABORT', epoch: context.epoch }),
    ),
    /** Who has acknowledged may since have been told by a later coordinator, whom this site does not hear. */
    inquireOfAcknowledged: emit(({ context }) =>
      send(
        peers(context).filter((one) => context.acknowledged.includes(one)),
        { type: 'INQUIRE' },
      ),
    ),
    countSelf: assign({ acknowledged: ({ context }) => [context.self] }),
    countAcknowledgement: assign({
      acknowledged: ({ context, event }) =>
        context.participants.filter(
          (one) => one === senderOf(event) || context.acknowledged.includes(one),
        ),
    }),
    forgetElection: assign({ reports: {}, acknowledged: [] }),
    forceCommit: emit(write({ record: 'commit' as const }, 'forced')),
    forceAbort: emit(write({ record: 'abort' as const }, 'forced')),
    markCommit: emit(mark('decided', { decision: 'commit' })),
    markAbort: emit(mark('decided', { decision: 'abort' })),
    sendCommit: emit(({ context }) => send(everybodyElse(context), { type: 'COMMIT' })),
    sendAbort: emit(({ context }) => send(everybodyElse(context), { type: 'ABORT' })),
    tellCommit: emit(({ event }) => send(senderOf(event), { type: 'COMMIT' })),
    tellAbort: emit(({ event }) => send(senderOf(event), { type: 'ABORT' })),
  },
  delays: {
    patience: 200,
    suspicion: 300,
    answerTimeout: 200,
    retry: 100,
    resend: 50,
  },
}).createMachine({
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

const report = (event: Event, standing: Report['standing'], attempt: number) =>
  send(senderOf(event), { type: 'STATE' as const, epoch: eventEpoch(event), standing, attempt });

/** In the order of the participants, so that equal reports are equal data. */
function inOrder({ participants, reports }: ParticipantContext, from: Address, said: Report) {
  const all: Reports = { ...reports, [from]: said };
  return Object.fromEntries(
    participants.flatMap((one) => (all[one] === undefined ? [] : [[one, all[one]]])),
  );
}

function senderOf(event: Event): Address {
  return 'from' in event ? event.from : '';
}

function eventEpoch(event: Event): number {
  return 'epoch' in event ? event.epoch : 0;
}

/** The epoch in which something is asked; a coordinator that moves itself does so in its own. */
function epochOf(event: Event, { epoch }: ParticipantContext): number {
  return 'epoch' in event ? event.epoch : epoch;
}
