/**
 * Client sessions (dissertation 6.3): a state machine that remembers what it has answered, so that a command that
 * a client sends again is not executed again. The table is a part of the replicated state, and who is forgotten
 * is decided by the log alone.
 */
import type { PlainData } from '../../model/plain-data.ts';
import type { StateMachine } from './applying.ts';

/** What clients append: they register once, and number their commands. */
export type SessionCommand =
  | { readonly type: 'register' }
  | {
      readonly type: 'command';
      readonly session: number;
      readonly serial: number;
      readonly command: PlainData;
    };

/** A session, by the index of its registration, with its last answer. */
type Session = { readonly id: number; readonly serial: number; readonly result: PlainData };
type Sessions = { readonly sessions: readonly Session[]; readonly state: PlainData };

/** The state machine behind sessions, of which the `most` that were used last are kept. */
export function withSessions(machine: StateMachine, most = 1000): StateMachine {
  return {
    initial: { sessions: [], state: machine.initial },
    apply(both, asked, at) {
      const { sessions, state } = both as Sessions;
      const command = asked as SessionCommand;
      if (command.type === 'register') {
        const made = { id: at.index, serial: 0, result: null };
        return { state: kept([...sessions, made], state), result: { session: at.index } };
      }
      const { session: id, serial } = command;
      const own = sessions.find((session) => session.id === id);
      // What it had executed is not known any more: an error, never a second execution.
      if (own === undefined) return { state: both, result: { unknownSession: true } };
      if (serial <= own.serial) return { state: both, result: own.result };
      const { state: next, result } = machine.apply(state, command.command, at);
      const others = sessions.filter((session) => session !== own);
      return { state: kept([...others, { id, serial, result }], next), result };
    },
    read: (both, query) => machine.read((both as Sessions).state, query),
  };

  function kept(sessions: readonly Session[], state: PlainData): PlainData {
    return { sessions: sessions.slice(-most), state };
  }
}
