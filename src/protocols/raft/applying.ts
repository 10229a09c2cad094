/**
 * The state machine on top of the log. Commands are opaque to Raft; whoever knows them gives an initial state
 * and `apply`, and gets a server that applies committed commands in the order of the log and answers with
 * what comes out.
 */
import { mark, send } from '../../model/effects.ts';
import type { StateMachine } from '../key-value-store/state-machine.ts';
import { entryAt, lastIndex } from './log.ts';
import type { Entry } from './messages.ts';
import { base, type Seen, type ServerContext } from './server-state.ts';

export const applyingGuards = {
  hasUnapplied: ({ context: { applied, commit, log } }: Seen) =>
    applied < Math.min(commit, lastIndex(log)),
};

/** The actions for one entry, the next one: mark it, answer its client (as leader), apply it. */
export function applyingActions(machine: StateMachine) {
  const outcome = (context: ServerContext) => {
    const entry = nextEntry(context);
    if (entry.type !== 'command')
      return { state: context.state, result: entry.type === 'configuration' ? 'done' : null };
    const { command, client, serial } = entry;
    return machine.apply(context.state, command, { index: context.applied + 1, client, serial });
  };
  return {
    markApplied: base.emit(({ context }) => {
      const entry = nextEntry(context);
      return mark('applied', {
        index: context.applied + 1,
        term: entry.term,
        command: entry.type === 'command' ? entry.command : null,
        ...(entry.type === 'configuration' && { voters: entry.voters }),
        // The term in which it is applied: the first to apply is the leader that has committed it.
        during: context.term,
      });
    }),
    /** Once the command is applied, not before: an answer is a promise (5.3). */
    answerClient: base.emit(({ context }) => {
      const entry = nextEntry(context);
      const isAsked = entry.type !== 'no-op' && entry.client !== null && !isJointEntry(entry);
      return send(isAsked ? [entry.client] : [], {
        type: 'Response' as const,
        serial: isAsked ? entry.serial : 0,
        result: outcome(context).result,
      });
    }),
    applyEntry: base.assign(({ context }) => ({
      state: outcome(context).state,
      applied: context.applied + 1,
    })),
  };
}

/** The change is not over before the new configuration is committed too. */
const isJointEntry = (entry: Entry): boolean =>
  entry.type === 'configuration' && entry.voters.length > 1;

function nextEntry({ log, applied }: ServerContext): Entry {
  const entry = entryAt(log, applied + 1);
  if (entry === undefined) throw new Error('broken promise: what is committed is in the log');
  return entry;
}
