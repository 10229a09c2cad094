/**
 * Linearizable reads that write nothing to the log (ReadIndex, dissertation 6.4). A read sees what was committed
 * when it was asked: the leader notes its commit index, makes sure by a round of heartbeats begun after that
 * that nobody leads a later term, waits until that index is applied, and answers. One round serves all reads
 * that were asked before it began.
 */
import type { Address } from '../../model/effects.ts';
import { send } from '../../model/effects.ts';
import type { StateMachine } from '../key-value-store/state-machine.ts';
import { termAt } from './log.ts';
import type { Read } from './messages.ts';
import { base, isMajority, type Seen, type ServerEvent, senderOf } from './server-state.ts';

export const readGuards = {
  /**
   * Without a committed entry of its own term a leader does not know what is committed: an earlier leader may
   * have answered for more (6.4, step 1).
   */
  hasOwnCommit: ({ context: { commit, log, term } }: Seen) =>
    commit > 0 && termAt(log, commit) === term,
  mayBeginRound: ({ context: { reads, round } }: Seen) =>
    reads.length > 0 && round.reads.length === 0,
  isRoundConfirmed: ({ context }: Seen) =>
    context.round.reads.length > 0 &&
    isMajority(context, [context.self, ...context.round.answered]),
  hasAppliedReadIndex: ({ context: { applied, round } }: Seen) => applied >= round.index,
};

export const readActions = {
  noteRead: base.assign(({ context, event }) => ({ reads: [...context.reads, readOf(event)] })),
  beginRound: base.assign(({ context: { commit, reads, round } }) => ({
    reads: [],
    round: { number: round.number + 1, index: commit, reads, answered: [] },
  })),
  /** Whatever a follower of the term says in that round, it has not seen a later leader. */
  countAnswer: base.assign(({ context: { round }, event }) => {
    const isOfRound = 'round' in event && event.round === round.number && round.reads.length > 0;
    return isOfRound && !round.answered.includes(senderOf(event))
      ? { round: { ...round, answered: [...round.answered, senderOf(event)].sort() } }
      : {};
  }),
  endRound: base.assign(({ context: { round } }) => ({
    round: { ...noRound, number: round.number },
  })),
};

/** Answers each read of the round from the state that is applied. */
export const readingActions = ({ read }: StateMachine) => ({
  answerReads: base.enqueueActions(({ context, enqueue }) => {
    for (const { client, serial, query } of context.round.reads)
      enqueue.emit(
        send(client, { type: 'Response' as const, serial, result: read(context.state, query) }),
      );
  }),
});

/** A round of heartbeats that confirms leadership for some reads; none is under way where there are no reads. */
export interface Round {
  readonly number: number;
  /** What was committed when it began. */
  readonly index: number;
  readonly reads: readonly Read[];
  readonly answered: readonly Address[];
}

export const noRound: Round = { number: 0, index: 0, reads: [], answered: [] };

export function readOf(event: ServerEvent): Read {
  if (event.type !== 'Read') throw new Error(`broken promise: ${event.type} reads nothing`);
  return { client: event.from, serial: event.serial, query: event.query };
}
