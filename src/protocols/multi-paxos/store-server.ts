/**
 * A server of Multi-Paxos with a state machine on top: each command that is applied is executed, in the order of
 * the log, and its client is told the result. What was executed before is answered from the table of sessions.
 */
import { assign, emit } from 'xstate';
import { send } from '../../model/effects.ts';
import type { PlainData } from '../../model/plain-data.ts';
import type { AnsweringMachine } from '../key-value-store/sessions.ts';
import { server } from './server.ts';
import { requested, type Seen, type ServerContext } from './server-state.ts';

/** The server that executes commands by the machine, whose initial state is its input `initial`. */
export function storeServerOf(machine: AnsweringMachine) {
  /** What becomes of the state by the command in the last slot applied; a no-op changes nothing. */
  const outcome = ({ log, state }: ServerContext): ReturnType<AnsweringMachine['apply']> => {
    const command = log.at(-1) ?? null;
    if (command === null) return { state, result: null };
    return machine.apply(state, command, { index: log.length, client: null, serial: 0 });
  };
  const answered = ({ context, event }: Seen): PlainData | undefined =>
    event.type === 'REQUEST' ? machine.answered(context.state, event.command) : undefined;
  return server.provide({
    guards: {
      /**
       * Its answer is known from the replicated state. That a leader looks, before it appends, for the command
       * in its log only spares a slot: two leaders may have got the same command chosen in two slots.
       */
      isApplied: (seen) => answered(seen) !== undefined,
    },
    actions: {
      execute: assign({ state: ({ context }) => outcome(context).state }),
      /** Before the state has changed, so that the result is that of this command. */
      replyToClient: emit(({ context }) =>
        send(context.clients[context.log.length] ?? [], {
          type: 'REPLY',
          command: context.log.at(-1) ?? null,
          result: outcome(context).result,
        }),
      ),
      replyAgain: emit((seen) =>
        send(seen.event.from, {
          type: 'REPLY',
          command: requested(seen.event),
          result: answered(seen) ?? null,
        }),
      ),
    },
  });
}
