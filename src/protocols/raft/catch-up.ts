/**
 * Newcomers catch up before they vote (dissertation 4.2.1): a server with an empty log would leave the cluster
 * waiting for it. In rounds: each brings what the log had when it began, and the last one was shorter than an
 * election timeout. Who needs too many rounds, or does not answer at all, is given up.
 */
import { lastIndex } from './log.ts';
import { answer } from './orders.ts';
import { base, type Seen, type ServerContext } from './server-state.ts';

export interface Progress {
  readonly round: number;
  /** The index that ends the round. */
  readonly goal: number;
  /** Whether the round has lasted as long as an election timeout. */
  readonly isSlow: boolean;
  /** How far all newcomers together were when that was last looked at. */
  readonly reached: number;
}

export const noCatchUp: Progress = { round: 1, goal: 0, isSlow: false, reached: 0 };

export const catchUpGuards = {
  isRoundOver: ({ context: { change, match } }: Seen) =>
    change?.newcomers.every((one) => (match[one] ?? 0) >= change.goal) === true,
  wasRoundSlow: ({ context }: Seen) => context.change?.isSlow === true,
  hasRoundsLeft: ({ context: { change, catchUpRounds } }: Seen) =>
    change !== null && change.round < catchUpRounds,
  /** Nothing has come since the timer was last set: they are down, or cut off. */
  standStill: ({ context }: Seen) => reachedBy(context) === context.change?.reached,
};

export const catchUpActions = {
  watchCatchUp: base.raise(
    { type: 'CATCH_UP_TIMEOUT' },
    { delay: 'catchUpTimeout', id: 'catchUpTimeout' },
  ),
  stopCatchUp: base.cancel('catchUpTimeout'),
  noteSlowRound: base.assign(({ context }) =>
    context.change === null
      ? {}
      : { change: { ...context.change, isSlow: true, reached: reachedBy(context) } },
  ),
  beginCatchUpRound: base.assign(({ context }) => {
    const { change, log } = context;
    if (change === null) return {};
    const reached = reachedBy(context);
    return {
      change: { ...change, round: change.round + 1, goal: lastIndex(log), isSlow: false, reached },
    };
  }),
  answerGivenUp: base.emit(({ context: { change } }) =>
    answer(change ?? { client: null, serial: 0 }, 'given up'),
  ),
};

/** In a leader, when the timer of a round fires. */
export const catchUpTransitions = [
  { guard: 'standStill', actions: ['answerGivenUp', 'endChange'] },
  { actions: ['noteSlowRound', 'watchCatchUp'] },
] as const;

function reachedBy({ change, match }: ServerContext): number {
  return (change?.newcomers ?? []).reduce((sum, one) => sum + (match[one] ?? 0), 0);
}
