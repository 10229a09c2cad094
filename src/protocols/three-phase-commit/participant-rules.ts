/**
 * What a participant of three-phase commit knows, and its rules by name (Skeen 1981; Bernstein, Hadzilacos and
 * Goodman 1987, section 7.5). Which of them applies when is said in participant.ts.
 */
import { assign, emit, setup } from 'xstate';
import { type Address, type Effect, type Received, send, write } from '../../model/effects.ts';
import type { Decision } from '../atomic-commitment/properties.ts';
import { participantActions, participantGuards } from '../atomic-commitment/steps.ts';
import { senderOf } from '../atomic-commitment/votes.ts';
import type { LocalState, Message, ParticipantRecord, Standing } from './messages.ts';
import { joined, leaderOf, type Returned, type Sites, seniorOf, without } from './termination.ts';

/** What the log says after a crash. */
export type Recovered =
  | { readonly found: Decision | 'nothing' }
  | ({ readonly found: 'doubt'; readonly committable: boolean } & Standing);

export interface ParticipantInput extends Sites {
  readonly self: Address;
  /** Elections that this site takes part in; under asynchronous timing nothing else bounds them. */
  readonly epochs: number;
  /** Absent at the first start. */
  readonly recovered?: Recovered;
}

export interface ParticipantContext extends Sites, Standing {
  readonly self: Address;
  readonly epochs: number;
  readonly committable: boolean;
  /** As elected coordinator: what the operational sites have reported. */
  readonly reports: Readonly<Record<Address, LocalState>>;
  /** As elected coordinator: whose answer is missing. */
  readonly awaiting: readonly Address[];
  /** Of this site and of others that came back in doubt; empty until it does so itself. */
  readonly returned: Returned;
  readonly found: Recovered['found'] | 'fresh';
}

/** CAN_COMMIT and CANNOT_COMMIT are the answer of the participant's own resources: a choice. */
type Event =
  | Received<Message>
  | { readonly type: 'CAN_COMMIT' }
  | { readonly type: 'CANNOT_COMMIT' };

const others = ({ self, participants }: ParticipantContext): readonly Address[] =>
  participants.filter((one) => one !== self);
const standing = ({ epoch, up }: Standing): Standing => ({ epoch, up });
const localState = ({ committable }: ParticipantContext): LocalState =>
  committable ? 'committable' : 'uncertain';
const reported = ({ context }: { readonly context: ParticipantContext }, state: LocalState) =>
  Object.values(context.reports).includes(state);

export const participantRules = setup({
  types: {
    context: {} as ParticipantContext,
    input: {} as ParticipantInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ParticipantRecord>,
  },
  guards: {
    ...participantGuards,
    /** Rule 5: from an election on, what comes from lower epochs is ignored. */
    isCurrent: ({ context, event }) => 'epoch' in event && event.epoch >= context.epoch,
    isLater: ({ context, event }) => 'epoch' in event && event.epoch > context.epoch,
    isAnswer: ({ context, event }) => 'epoch' in event && event.epoch === context.epoch,
    isBelievedUp: ({ context, event }) => 'from' in event && context.up.includes(event.from),
    isFromLeader: ({ context, event }) =>
      'from' in event && event.from === leaderOf(context, context.epoch),
    leads: ({ context }) => leaderOf(context, context.epoch) === context.self,
    mayElect: ({ context }) => context.epoch < context.epochs,
    isCommittable: ({ context }) => context.committable,
    allAnswered: ({ context }) => context.awaiting.length === 0,
    /** TR1: some site has aborted, or has not voted and aborts now. */
    someAborted: (args) => reported(args, 'aborted'),
    /** TR2: some site has committed. */
    someCommitted: (args) => reported(args, 'committed'),
    /** TR3: all are uncertain, so nobody, up or down, has committed. */
    allUncertain: ({ context }) =>
      Object.values(context.reports).every((state) => state === 'uncertain'),
    /** TR4: some are committable and none has committed. */
    someCommittable: (args) => reported(args, 'committable'),
    /** Total failure: the last site to fail is back, and nobody has come further than this one. */
    isSenior: ({ context }) => seniorOf(context, context.returned) === context.self,
  },
  actions: {
    ...participantActions<ParticipantContext, Event>(),
    becomeCommittable: assign({ committable: true }),
    writePreCommit: emit(write({ record: 'pre-commit' as const }, 'unforced')),
    acknowledge: emit(({ event }) => send(senderOf(event), { type: 'ACK', epoch: epochOf(event) })),
    inquire: emit(({ context }) => send(leaderOf(context, context.epoch), { type: 'INQUIRE' })),
    /** The coordinator is given up: the next participant believed operational is elected. */
    giveUpLeader: assign(({ context }) =>
      without(context, context, leaderOf(context, context.epoch)),
    ),
    giveUpSilent: assign(({ context }) => ({
      up: context.up.filter((site) => !context.awaiting.includes(site)),
      awaiting: [],
    })),
    giveUpSender: assign(({ context, event }) => ({
      up: context.up.filter((site) => site !== senderOf(event)),
      awaiting: context.awaiting.filter((site) => site !== senderOf(event)),
    })),
    /** Before anything is done without the failed: after a total failure it says who may have been last. */
    forceStanding: emit(({ context }) =>
      write({ record: 'standing' as const, ...standing(context) }, 'forced'),
    ),
    join: assign(({ context, event }) =>
      event.type === 'STATE_REQUEST' ? joined(context, event) : {},
    ),
    writeStanding: emit(({ context }) =>
      write({ record: 'standing' as const, ...standing(context) }, 'unforced'),
    ),
    reportState: emit(({ context, event }) => report(event, localState(context))),
    reportCommitted: emit(({ event }) => report(event, 'committed')),
    reportAborted: emit(({ event }) => report(event, 'aborted')),
    beginCollecting: assign(({ context }) => ({
      reports: { [context.self]: localState(context) },
      awaiting: context.up.filter((site) => site !== context.self),
    })),
    requestStates: emit(({ context }) =>
      send(context.awaiting, { type: 'STATE_REQUEST', ...standing(context) }),
    ),
    collect: assign(({ context, event }) =>
      event.type === 'STATE'
        ? {
            reports: { ...context.reports, [event.from]: event.state },
            awaiting: context.awaiting.filter((site) => site !== event.from),
          }
        : {},
    ),
    awaitUncertain: assign(({ context }) => ({
      awaiting: context.up.filter(
        (site) => context.reports[site] === 'uncertain' && site !== context.self,
      ),
    })),
    sendPreCommit: emit(({ context }) =>
      send(context.awaiting, { type: 'PRE_COMMIT', epoch: context.epoch }),
    ),
    awaitNoLonger: assign({
      awaiting: ({ context, event }) => context.awaiting.filter((site) => site !== senderOf(event)),
    }),
    forgetReports: assign({ reports: {}, awaiting: [] }),
    sendCommit: emit(({ context }) => send(others(context), { type: 'COMMIT' })),
    sendAbort: emit(({ context }) => send(others(context), { type: 'ABORT' })),
    beginRecovery: assign({
      returned: ({ context }) => ({ [context.self]: standing(context) }),
    }),
    announceRecovery: emit(({ context }) =>
      send([context.coordinator, ...others(context)], {
        type: 'RECOVERING',
        ...standing(context),
      }),
    ),
    answerRecovering: emit(({ context, event }) =>
      send(senderOf(event), { type: 'RECOVERING', ...standing(context) }),
    ),
    noteReturned: assign({
      returned: ({ context, event }) =>
        event.type === 'RECOVERING'
          ? { ...context.returned, [event.from]: standing(event) }
          : context.returned,
    }),
  },
  delays: {
    patience: 200,
    suspicion: 300,
    inquiry: 60,
    answerTimeout: 200,
    resend: 30,
    announce: 100,
  },
});

const report = (event: Event, state: LocalState) =>
  send(senderOf(event), { type: 'STATE' as const, epoch: epochOf(event), state });

function epochOf(event: Event): number {
  return 'epoch' in event ? event.epoch : 0;
}
