/**
 * Guards and actions that three-phase commit and its variants have alike: what a participant says and writes of its
 * vote, what a coordinator asks for, how everybody decides and tells. Each machine lists them among its own, so that
 * variants replace them by their names there. Actions are made for the machine's types of context and event.
 */
import { emit, type MachineContext } from 'xstate';
import { type Address, type Effect, mark, send, write } from '../../model/effects.ts';
import type { Decision } from './properties.ts';
import { senderOf, type VoteCount } from './votes.ts';

/** Any event, as far as these look. */
interface Said {
  readonly type: string;
  readonly from?: Address;
  readonly yes?: boolean;
}

type Told = { readonly type: 'COMMIT' } | { readonly type: 'ABORT' };
type Decided = { readonly record: 'commit' } | { readonly record: 'abort' };

/** Deciding, as everybody does it: force, then say so; and who asks is told. */
function decisionActions<TContext extends MachineContext, TEvent extends Said>() {
  const step = emit<TContext, TEvent, undefined, TEvent, Effect<Told, Decided>>;
  return {
    forceCommit: step(write({ record: 'commit' }, 'forced')),
    forceAbort: step(write({ record: 'abort' }, 'forced')),
    markCommit: step(mark('decided', { decision: 'commit' })),
    markAbort: step(mark('decided', { decision: 'abort' })),
    tellCommit: step(({ event }) => send(senderOf(event), { type: 'COMMIT' })),
    tellAbort: step(({ event }) => send(senderOf(event), { type: 'ABORT' })),
  };
}

type Vote = { readonly type: 'VOTE'; readonly yes: boolean };
type Prepared = { readonly record: 'prepared' };

export function participantActions<
  TContext extends MachineContext & { readonly coordinator: Address },
  TEvent extends Said,
>() {
  const step = emit<TContext, TEvent, undefined, TEvent, Effect<Vote, Prepared>>;
  return {
    ...decisionActions<TContext, TEvent>(),
    /** Force before send: the vote promises what the record remembers. */
    forcePrepared: step(write({ record: 'prepared' }, 'forced')),
    markVotedYes: step(mark('voted', { yes: true })),
    markVotedNo: step(mark('voted', { yes: false })),
    markUncertain: step(mark('uncertain')),
    markCertain: step(mark('certain')),
    voteYes: step(({ context }) => send(context.coordinator, { type: 'VOTE', yes: true })),
    voteNo: step(({ context }) => send(context.coordinator, { type: 'VOTE', yes: false })),
  };
}

export function coordinatorActions<
  TContext extends MachineContext & VoteCount,
  TEvent extends Said,
>() {
  const step = emit<
    TContext,
    TEvent,
    undefined,
    TEvent,
    Effect<Told | { readonly type: 'PREPARE' }, never>
  >;
  return {
    ...decisionActions<TContext, TEvent>(),
    requestVotes: step(({ context }) => send(context.participants, { type: 'PREPARE' })),
    returnCommit: step(mark('returned', { decision: 'commit' })),
    returnAbort: step(mark('returned', { decision: 'abort' })),
    sendCommit: step(({ context }) => send(context.participants, { type: 'COMMIT' })),
    /** A no voter has aborted. */
    sendAbort: step(({ context }) =>
      send(
        context.participants.filter((one) => !context.no.includes(one)),
        { type: 'ABORT' },
      ),
    ),
  };
}

/** What the machine was started with: the decision on its disk, `doubt`, `nothing`; or it is `fresh`. */
interface Restarted {
  readonly context: { readonly found: Decision | 'nothing' | 'doubt' | 'fresh' };
}

export const participantGuards = {
  foundCommit: ({ context }: Restarted) => context.found === 'commit',
  /** No `prepared` record means that no yes was ever sent, so it aborts. */
  foundAbortOrNothing: ({ context }: Restarted) =>
    context.found === 'abort' || context.found === 'nothing',
  foundDoubt: ({ context }: Restarted) => context.found === 'doubt',
};

interface Asked {
  readonly context: VoteCount;
  readonly event: Said;
}

export const coordinatorGuards = {
  isYes: ({ event }: Asked) => event.type === 'VOTE' && event.yes === true,
  isFirstVote: ({ context, event }: Asked) =>
    event.type === 'VOTE' &&
    !context.yes.includes(senderOf(event)) &&
    !context.no.includes(senderOf(event)),
  allVotesIn: ({ context }: Asked) =>
    context.yes.length + context.no.length === context.participants.length,
  /** AC3: PRE_COMMIT only if all voted yes. */
  allVotedYes: ({ context }: Asked) => context.yes.length === context.participants.length,
};
