/**
 * A participant of three-phase commit, which may be elected coordinator (Skeen 1981; Bernstein, Hadzilacos
 * and Goodman 1987, section 7.5). Every rule is a named guard or action.
 */
import { and, assign, emit, not, setup } from 'xstate';
import {
  type Address,
  type Effect,
  mark,
  type Received,
  send,
  write,
} from '../../model/effects.ts';
import type { Decision } from '../atomic-commitment/properties.ts';
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

export const participant = setup({
  types: {
    context: {} as ParticipantContext,
    input: {} as ParticipantInput,
    events: {} as Event,
    emitted: {} as Effect<Message, ParticipantRecord>,
  },
  guards: {
    foundCommit: ({ context }) => context.found === 'commit',
    /** Rule 6: no `prepared` record means that no yes was ever sent, so it aborts. */
    foundAbortOrNothing: ({ context }) => context.found === 'abort' || context.found === 'nothing',
    foundDoubt: ({ context }) => context.found === 'doubt',
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
    /** Force before send: the vote promises what the record remembers. */
    forcePrepared: emit(write({ record: 'prepared' as const }, 'forced')),
    markVotedYes: emit(mark('voted', { yes: true })),
    markVotedNo: emit(mark('voted', { yes: false })),
    markUncertain: emit(mark('uncertain')),
    markCertain: emit(mark('certain')),
    voteYes: emit(({ context }) => send(context.coordinator, { type: 'VOTE', yes: true })),
    voteNo: emit(({ context }) => send(context.coordinator, { type: 'VOTE', yes: false })),
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
    forceCommit: emit(write({ record: 'commit' as const }, 'forced')),
    forceAbort: emit(write({ record: 'abort' as const }, 'forced')),
    markCommit: emit(mark('decided', { decision: 'commit' })),
    markAbort: emit(mark('decided', { decision: 'abort' })),
    sendCommit: emit(({ context }) => send(others(context), { type: 'COMMIT' })),
    sendAbort: emit(({ context }) => send(others(context), { type: 'ABORT' })),
    tellCommit: emit(({ event }) => send(senderOf(event), { type: 'COMMIT' })),
    tellAbort: emit(({ event }) => send(senderOf(event), { type: 'ABORT' })),
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
}).createMachine({
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

const report = (event: Event, state: LocalState) =>
  send(senderOf(event), { type: 'STATE' as const, epoch: epochOf(event), state });

function senderOf(event: Event): Address {
  return 'from' in event ? event.from : '';
}

function epochOf(event: Event): number {
  return 'epoch' in event ? event.epoch : 0;
}
