/**
 * Joint consensus (Raft 6; dissertation 4.3): from any configuration to any other through one in which both must
 * agree. C_old,new is an entry whose voters are both sets; C_new follows once that is committed, by
 * whoever leads then.
 */
import { isJoint } from './configuration.ts';
import { entryAt } from './log.ts';
import { withConfiguration } from './membership.ts';
import { base, configurationOf, type Seen } from './server-state.ts';

export const jointGuards = {
  isJoint: ({ context }: Seen) => isJoint(configurationOf(context).voters),
};

export const jointActions = {
  appendJoint: base.assign(({ context }) => {
    const { change } = context;
    if (change === null) return {};
    const now = configurationOf(context).voters.at(-1) ?? [];
    return { log: withConfiguration(context, [now, change.voters], change) };
  }),
  /** For the administrator who is known from the joint entry; not if a snapshot covers it: he asks again. */
  appendNew: base.assign(({ context }) => {
    const { voters, index } = configurationOf(context);
    const entry = entryAt(context.log, index);
    const asker = entry?.type === 'configuration' ? entry : { client: null, serial: 0 };
    return { log: withConfiguration(context, voters.slice(-1), asker) };
  }),
};
