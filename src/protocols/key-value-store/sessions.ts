/**
 * Client sessions (Ongaro's dissertation 6.3): a state machine that remembers what it has answered, so that a
 * command that a client sends again is not executed again. The table is a part of the replicated state, and who is
 * forgotten is decided by the log alone.
 */
import type { PlainData } from '../../model/plain-data.ts';
import type { StateMachine } from './state-machine.ts';

/** What clients append: they register once, and number their commands. */
export type SessionCommand =
  | {
      readonly type: 'register';
      /**
       * Who registers, and in which of its requests, where commands alone tell requests apart. Sent again it is
       * the same registration: a client that hears no answer would otherwise fill log and table.
       */
      readonly client?: string;
      readonly serial?: number;
    }
  | {
      readonly type: 'command';
      readonly session: number;
      readonly serial: number;
      readonly command: PlainData;
    };

/** A session, by the index of its registration, with its last answer. */
type Session = {
  readonly id: number;
  readonly serial: number;
  readonly result: PlainData;
  /** The registration, where it says who made it. */
  readonly by?: string;
};
type Sessions = { readonly sessions: readonly Session[]; readonly state: PlainData };

/** A state machine that also knows what it has answered. */
export interface AnsweringMachine extends StateMachine {
  /** What a command was answered when it was executed; undefined: it has to be appended. */
  readonly answered: (state: PlainData, command: PlainData) => PlainData | undefined;
}

/** The state machine behind sessions, of which the `most` that were used last are kept. */
export function withSessions(machine: StateMachine, most = 1000): AnsweringMachine {
  return {
    initial: { sessions: [], state: machine.initial },
    apply(both, asked, at) {
      const { sessions, state } = both as Sessions;
      const command = asked as SessionCommand;
      if (command.type === 'register') {
        const known = registeredBy(sessions, command);
        if (known !== undefined) return { state: both, result: { session: known.id } };
        const by = registrar(command);
        const made = { id: at.index, serial: 0, result: null, ...(by !== undefined && { by }) };
        return { state: kept([...sessions, made], state), result: { session: at.index } };
      }
      const { session: id, serial } = command;
      const own = sessions.find((session) => session.id === id);
      // What it had executed is not known any more: an error, never a second execution.
      if (own === undefined) return { state: both, result: { unknownSession: true } };
      if (serial <= own.serial) return { state: both, result: own.result };
      const { state: next, result } = machine.apply(state, command.command, at);
      const others = sessions.filter((session) => session !== own);
      return { state: kept([...others, { ...own, serial, result }], next), result };
    },
    read: (both, query) => machine.read((both as Sessions).state, query),
    /** A session that is not known may be one that this state has not seen yet, and says nothing. */
    answered(both, asked) {
      const command = asked as SessionCommand;
      const { sessions } = both as Sessions;
      if (command.type === 'register') {
        const known = registeredBy(sessions, command);
        return known && { session: known.id };
      }
      const own = sessions.find(({ id }) => id === command.session);
      return own?.serial === command.serial ? own.result : undefined;
    },
  };

  function kept(sessions: readonly Session[], state: PlainData): PlainData {
    return { sessions: sessions.slice(-most), state };
  }
}

type Registration = Extract<SessionCommand, { type: 'register' }>;

const registrar = ({ client, serial }: Registration): string | undefined =>
  client === undefined ? undefined : `${client} ${serial}`;

function registeredBy(sessions: readonly Session[], command: Registration): Session | undefined {
  const by = registrar(command);
  return by === undefined ? undefined : sessions.find((session) => session.by === by);
}

/** What a client without a session appends where commands alone tell requests apart. */
export type UnkeptCommand = {
  readonly type: 'unkept';
  readonly client: string;
  readonly serial: number;
  readonly command: PlainData;
};

/** The state machine without sessions: it remembers no answer, and executes again what is appended again. */
export function withoutSessions(machine: StateMachine): AnsweringMachine {
  return {
    ...machine,
    apply: (state, asked, at) =>
      machine.apply(state, (asked as unknown as UnkeptCommand).command, at),
    answered: () => undefined,
  };
}

/** What is asked of the state machine in a command of the log: undefined of a no-op and of a registration. */
export function commandWithin(logged: PlainData): PlainData | undefined {
  const one = logged as SessionCommand | UnkeptCommand | { readonly type?: undefined } | null;
  if (one === null || one.type === 'register') return undefined;
  return one.type === undefined ? logged : one.command;
}
