/**
 * Changes of membership, one server at a time (dissertation 4.1 to 4.2.2, and the correction of 2015). Any two
 * majorities of configurations that differ in one server have a server in common, so that one entry is enough.
 */
import type { Address } from '../../model/effects.ts';
import { mark } from '../../model/effects.ts';
import { noCatchUp, type Progress } from './catch-up.ts';
import { configurationBefore, isJoint, isVoter } from './configuration.ts';
import { entryAt, lastIndex } from './log.ts';
import type { Entry, Voters } from './messages.ts';
import { type Asker, askerOf, orderedVoters, orderOf } from './orders.ts';
import { base, configurationOf, type Seen, type ServerContext } from './server-state.ts';

/** A change that is not in the log yet: the newcomers are being brought up to date. */
export interface Change extends Asker, Progress {
  readonly voters: readonly Address[];
  /** Who votes then and not yet: they get entries, and count for nothing (4.2.1). */
  readonly newcomers: readonly Address[];
}

export const membershipGuards = {
  /**
   * A newcomer does not stand, nor who knows that its removal is committed. Who does not know it must: perhaps
   * only its log has what elects a leader (4.2.2).
   */
  isElectable: ({ context: { self, log, servers, commit } }: Seen) => {
    const newest = configurationOf({ log, servers } as ServerContext);
    if (isVoter(newest.voters, self)) return true;
    if (newest.index <= commit) return false;
    return isVoter(configurationBefore(log, servers, newest.index).voters, self);
  },
  mayBeginChange: ({ context: { change, transfer } }: Seen) => change === null && transfer === null,
  bringsNewcomers: ({ context, event }: Seen) => newcomersOf(context, event).length > 0,
  hasChange: ({ context }: Seen) => context.change !== null,
  /** One uncommitted configuration at a time: majorities of it and of the next but one need not meet (4.1). */
  isConfigurationCommitted: ({ context }: Seen) => configurationOf(context).index <= context.commit,
  /** All that one entry may do without a joint configuration. */
  isOneServer: ({ context }: Seen) => {
    const now = configurationOf(context).voters.at(-1) ?? [];
    const voters = context.change?.voters ?? [];
    return differenceOf(now, voters) + differenceOf(voters, now) <= 1;
  },
  /** Whoever leads a cluster without itself does so until that is committed, and no longer (4.2.2). */
  isRemoved: ({ context }: Seen) => {
    const { voters, index } = configurationOf(context);
    return index <= context.commit && !isJoint(voters) && !isVoter(voters, context.self);
  },
};

export const membershipActions = {
  beginChange: base.assign(({ context, event }) => ({
    change: {
      voters: orderedVoters(context, orderOf(event)),
      newcomers: newcomersOf(context, event),
      ...askerOf(event),
      ...noCatchUp,
      goal: lastIndex(context.log),
    },
  })),
  /** In force from now on, committed or not. */
  appendConfiguration: base.assign(({ context }) =>
    context.change === null
      ? {}
      : { log: withConfiguration(context, [context.change.voters], context.change) },
  ),
  endChange: base.assign({ change: null }),
  markConfiguration: base.emit(({ context: { log } }) => {
    const entry = entryAt(log, lastIndex(log));
    return mark('configured', { voters: entry?.type === 'configuration' ? entry.voters : [] });
  }),
};

export function withConfiguration(
  { log, term }: ServerContext,
  voters: Voters,
  { client, serial }: Asker,
): ServerContext['log'] {
  return [...log, { term, type: 'configuration', voters, client, serial } satisfies Entry];
}

function newcomersOf(context: ServerContext, event: Seen['event']): readonly Address[] {
  const { voters } = configurationOf(context);
  return orderedVoters(context, orderOf(event)).filter((server) => !isVoter(voters, server));
}

/** How many of the first are not among the second. */
const differenceOf = (a: readonly Address[], b: readonly Address[]): number =>
  a.filter((one) => !b.includes(one)).length;
