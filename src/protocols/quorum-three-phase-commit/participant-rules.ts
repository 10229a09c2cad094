/**
 * What a participant of quorum three-phase commit knows, and its rules by name (Skeen 1982); E3PC replaces four of
 * the guards. Which of them applies when is said in participant.ts.
 */
import { assign, emit, setup } from 'xstate';
import { type Address, type Effect, type Received, send, write } from '../../model/effects.ts';
import type { Decision } from '../atomic-commitment/properties.ts';
import { participantActions, participantGuards } from '../atomic-commitment/steps.ts';
import { senderOf } from '../atomic-commitment/votes.ts';
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

export const participantRules = setup({
  types: {
    context: {} as ParticipantContext,
    input: {} as ParticipantInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ParticipantRecord>,
  },
  guards: {
    ...participantGuards,
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
    ...participantActions<ParticipantContext, Event>(),
    /** Where the elections of a question are used up: whoever leads may be down, and others may know. */
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
    sendCommit: emit(({ context }) => send(everybodyElse(context), { type: 'COMMIT' })),
    sendAbort: emit(({ context }) => send(everybodyElse(context), { type: 'ABORT' })),
  },
  delays: {
    patience: 200,
    suspicion: 300,
    answerTimeout: 200,
    retry: 100,
    resend: 50,
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

function eventEpoch(event: Event): number {
  return 'epoch' in event ? event.epoch : 0;
}

/** The epoch in which something is asked; a coordinator that moves itself does so in its own. */
function epochOf(event: Event, { epoch }: ParticipantContext): number {
  return 'epoch' in event ? event.epoch : epoch;
}
