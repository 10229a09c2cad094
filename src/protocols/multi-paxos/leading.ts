/** The rules of a candidate and of a leader: a ballot, phase 1 once for all open slots, phase 2 for each. */
import { send, write } from '../../model/effects.ts';
import {
  base,
  lastSlot,
  nextSlot,
  open,
  others,
  ownBallotAbove,
  requested,
  type Seen,
} from './server-state.ts';
import { adopted, withVotes } from './slots.ts';

export const leadingGuards = {
  isOfThisBallot: ({ context, event }: Seen) =>
    'ballot' in event && event.ballot === context.maxBal,
  isRefused: ({ context, event }: Seen) => event.type === 'NACK' && event.promised > context.maxBal,
  mayTakeBallot: ({ context }: Seen) => ownBallotAbove(context) <= context.ballots,
  hasPhase1Quorum: ({ context }: Seen) => Object.keys(context.reports).length >= context.phase1,
  nothingReported: ({ context }: Seen) => adopted(context.reports, nextSlot(context)).length === 0,
  /** The next slot is chosen: distinct servers have voted in it in this ballot, a quorum of them. */
  hasPhase2Quorum: ({ context }: Seen) =>
    (context.counts[nextSlot(context)]?.length ?? 0) >= context.phase2,
  hasOpen: ({ context }: Seen) => open(context).length > 0,
};

export const leadingActions = {
  takeBallot: base.assign(({ context }) => ({
    maxBal: ownBallotAbove(context),
    reports: { [context.self]: context.votes.filter(({ slot }) => slot > context.log.length) },
  })),
  send1a: base.emit(({ context }) =>
    send(
      others(context).filter((one) => context.reports[one] === undefined),
      { type: '1a', ballot: context.maxBal, first: nextSlot(context) },
    ),
  ),
  collectPromise: base.assign({
    reports: ({ context, event }) =>
      event.type === '1b' ? { ...context.reports, [event.from]: event.votes } : context.reports,
  }),
  /** Phase 2 of all open slots at once: the highest votes reported, and no-ops in the gaps. */
  adoptVotes: base.assign(({ context }) => {
    const entries = adopted(context.reports, nextSlot(context));
    const counts = Object.fromEntries(entries.map(({ slot }) => [slot, [context.self]]));
    return { votes: withVotes(context.votes, context.maxBal, entries), counts };
  }),
  /** Only then new commands: in the slot after the last one. */
  append: base.assign(({ context, event }) => {
    const slot = lastSlot(context) + 1;
    const entry = { slot, command: requested(event) };
    return {
      votes: withVotes(context.votes, context.maxBal, [entry]),
      counts: { ...context.counts, [slot]: [context.self] },
      clients: { ...context.clients, [slot]: event.from },
    };
  }),
  send2aOpen: base.emit(({ context }) =>
    send(others(context), {
      type: '2a',
      ballot: context.maxBal,
      entries: open(context),
      chosen: context.log.length,
    }),
  ),
  forceOpen: base.emit(({ context }) =>
    write({ record: 'votes' as const, ballot: context.maxBal, entries: open(context) }, 'forced'),
  ),
  send2aLast: base.emit(({ context }) =>
    send(others(context), {
      type: '2a',
      ballot: context.maxBal,
      entries: open(context).slice(-1),
      chosen: context.log.length,
    }),
  ),
  forceLast: base.emit(({ context }) =>
    write(
      { record: 'votes' as const, ballot: context.maxBal, entries: open(context).slice(-1) },
      'forced',
    ),
  ),
  countVotes: base.assign({
    counts: ({ context, event }) => {
      if (event.type !== '2b') return context.counts;
      const counts = { ...context.counts };
      for (const slot of event.slots) {
        const before = counts[slot];
        if (before !== undefined && !before.includes(event.from))
          counts[slot] = [...before, event.from].sort();
      }
      return counts;
    },
  }),
  heartbeat: base.emit(({ context }) =>
    send(others(context), {
      type: 'HEARTBEAT',
      ballot: context.maxBal,
      chosen: context.log.length,
    }),
  ),
  forgetLeadership: base.assign({ reports: {}, counts: {}, clients: {} }),
  forgetReports: base.assign({ reports: {} }),
  /** What is applied needs no count and no client any more. */
  forgetApplied: base.assign(({ context: { counts, clients, log } }) => ({
    counts: above(counts, log.length),
    clients: above(clients, log.length),
  })),
};

function above<T>(bySlot: Readonly<Record<number, T>>, slot: number): Record<number, T> {
  return Object.fromEntries(Object.entries(bySlot).filter(([key]) => Number(key) > slot));
}
