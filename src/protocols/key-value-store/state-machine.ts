/** What a replicated log can carry: a deterministic state machine, to which the commands are opaque no more. */
import type { PlainData } from '../../model/plain-data.ts';

/** Where in the log a command stands, and who asked for it, as far as the protocol knows. */
export interface Place {
  readonly index: number;
  readonly client: string | null;
  readonly serial: number;
}

/** A deterministic state machine over plain data. */
export interface StateMachine {
  readonly initial: PlainData;
  /** The state after a command, and what its client is told. Index and client tell commands apart. */
  readonly apply: (
    state: PlainData,
    command: PlainData,
    at: Place,
  ) => { readonly state: PlainData; readonly result: PlainData };
  /** What a query sees in a state. */
  readonly read: (state: PlainData, query: PlainData) => PlainData;
}

/** Keeps nothing and answers with the index: the log alone. */
export const logOnly: StateMachine = {
  initial: null,
  apply: (state, _, { index }) => ({ state, result: index }),
  read: (state) => state,
};
