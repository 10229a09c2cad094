/**
 * What clients have seen: the calls that processes marked as `invoked` and the answers that they marked
 * as `returned`. Times are left out; of their order only what linearizability speaks of is kept, which
 * call was answered before which other was made. So it is part of the state where a property asks for
 * it, and two ways to the same state are told apart only where they differ in that order.
 *
 * The form is that of Stateright's LinearizabilityTester (stateright/stateright,
 * semantics/linearizability.rs), so that its published state counts are ours.
 */
import type { Address } from './effects.ts';
import { UserMistake } from './errors.ts';
import { callOf } from './loops.ts';
import { canonical } from './plain-data.ts';

/** A call whose answer has not come. */
export interface OpenCall {
  /** The data of the mark `invoked`. */
  readonly call: unknown;
  /** For every process that had answers by then, itself included: how many. */
  readonly after: Readonly<Record<Address, number>>;
}

export interface ReturnedCall extends OpenCall {
  /** The data of the mark `returned`; undefined where it has none. */
  readonly answer: unknown;
}

/** The calls of one process, which makes one at a time. */
export interface ProcessCalls {
  /** In the order in which they were made. */
  readonly returned: readonly ReturnedCall[];
  readonly open: OpenCall | null;
  /** Calls that the process has given up, by making another: pending for ever. Sorted. */
  readonly abandoned: readonly OpenCall[];
}

export type ClientHistory = Readonly<Record<Address, ProcessCalls>>;

export const emptyHistory: ClientHistory = {};

const noCalls: ProcessCalls = { returned: [], open: null, abandoned: [] };

/** Whether a mark belongs to histories. */
export function isHistoryMark(name: string): boolean {
  return name === 'invoked' || name === 'returned';
}

/** The history after a mark. Throws a {@link UserMistake} for an answer to nothing. */
export function withMark(
  history: ClientHistory,
  {
    name,
    process,
    data,
  }: { readonly name: string; readonly process: Address; readonly data?: unknown },
): ClientHistory {
  if (!isHistoryMark(name)) return history;
  // A client that has several operations open names them: each then counts as a client of its own, which
  // asks once, so that they are ordered by nothing but their answers.
  const call = callOf(data);
  const client = call ?? process;
  const known = history[client];
  // Asked again, it is the same operation from its first attempt to its first answer: as another one, it
  // would have to take effect once more.
  if (call !== undefined && known !== undefined && (name === 'invoked' || known.open === null))
    return history;
  const own = known ?? noCalls;
  const { returned, open, abandoned } = own;
  if (name === 'invoked') {
    const made: OpenCall = { call: data, after: answersIn(history) };
    const given = open === null ? abandoned : sorted([...abandoned, open]);
    return { ...history, [client]: { returned, open: made, abandoned: given } };
  }
  if (open === null)
    throw new UserMistake(
      `${process} marks \`returned\` and has no operation open; let it mark \`invoked\` when it makes the call, and ignore answers that it no longer awaits`,
    );
  const answered = [...returned, { ...open, answer: data }];
  return { ...history, [client]: { returned: answered, open: null, abandoned } };
}

/** Whether any answer has come, without which no history is wrong. */
export function hasAnswers(history: ClientHistory): boolean {
  return Object.values(history).some(({ returned }) => returned.length > 0);
}

function answersIn(history: ClientHistory): OpenCall['after'] {
  const after: Record<Address, number> = {};
  for (const [process, { returned }] of Object.entries(history))
    if (returned.length > 0) after[process] = returned.length;
  return after;
}

function sorted(calls: readonly OpenCall[]): readonly OpenCall[] {
  const keys = new Map(calls.map((call) => [call, canonical(call, 'the data of a mark')]));
  const keyOf = (call: OpenCall): string => keys.get(call) ?? '';
  return [...calls].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}

/** A call in its place: `invoked` and `returned` are places in one order that the history allows. */
export interface PlacedCall {
  readonly process: Address;
  readonly call: unknown;
  readonly invoked: number;
  /** Absent where no answer came. */
  readonly returned?: number;
  readonly answer?: unknown;
}

/**
 * The calls with places for times, by the order of their invocations. As many answers precede a call as
 * it saw, so that calls which saw the same were made between the same two answers.
 */
export function placedCalls(history: ClientHistory): readonly PlacedCall[] {
  const processes = Object.keys(history).sort();
  const calls: {
    process: Address;
    made: OpenCall;
    seen: number;
    invoked: number;
    returned?: number;
  }[] = [];
  const answered = new Map<Address, (typeof calls)[number][]>();
  for (const process of processes) {
    const { returned, open, abandoned } = history[process] ?? noCalls;
    const placed = [...returned, ...abandoned, ...(open === null ? [] : [open])].map((made) => ({
      process,
      made,
      seen: Object.values(made.after).reduce((sum, count) => sum + count, 0),
      invoked: 0,
    }));
    calls.push(...placed);
    answered.set(process, placed.slice(0, returned.length));
  }
  calls.sort((a, b) => a.seen - b.seen);
  const done = new Map<Address, number>();
  let place = 0;
  const answerUpTo = (process: Address, count: number): void => {
    for (let index = done.get(process) ?? 0; index < count; index++) {
      const call = answered.get(process)?.[index];
      if (call !== undefined) call.returned = place++;
    }
    done.set(process, Math.max(count, done.get(process) ?? 0));
  };
  for (const one of calls) {
    for (const process of processes) answerUpTo(process, one.made.after[process] ?? 0);
    one.invoked = place++;
  }
  for (const process of processes) answerUpTo(process, answered.get(process)?.length ?? 0);
  return calls.map(({ process, made, invoked, returned }) => ({
    process,
    call: made.call,
    invoked,
    ...(returned === undefined ? {} : { returned, answer: (made as ReturnedCall).answer }),
  }));
}
