/**
 * A second opinion on histories of a register, written apart from the other: Stateright's
 * LinearizabilityTester (stateright/stateright, semantics/linearizability.rs) as an observer.
 */
import type { ObservedMark, Observer } from '../../src/index.ts';

type Operation = { readonly type: 'write'; readonly value: string } | { readonly type: 'read' };

interface Invoked {
  readonly operation: Operation;
  /** For every other client that has completed an operation, the index of its last one. */
  readonly snapshot: Readonly<Record<string, number>>;
}

interface Completed extends Invoked {
  /** What a read returned; null for a write. */
  readonly result: string | null;
}

interface ClientHistory {
  readonly completed: readonly Completed[];
  readonly open: Invoked | null;
}

export type History = Readonly<Record<string, ClientHistory>>;

const unused: ClientHistory = { completed: [], open: null };
const empty: History = {};

/** Marks: `invoked` with the operation, `returned` with the result. */
export const historyObserver: Observer<History> = {
  initial: empty,
  on: (history, mark) => ({
    ...history,
    [mark.process]: followed(history, history[mark.process] ?? unused, mark),
  }),
};

function followed(
  history: History,
  client: ClientHistory,
  { name, process, data }: ObservedMark,
): ClientHistory {
  if (name === 'invoked') {
    const snapshot: Record<string, number> = {};
    for (const [other, { completed }] of Object.entries(history))
      if (other !== process && completed.length > 0) snapshot[other] = completed.length - 1;
    return { ...client, open: { operation: data as Operation, snapshot } };
  }
  // Clients ignore replies that they do not await, so that a return always has its invocation.
  if (client.open === null) throw new Error(`broken promise: ${process} has nothing in flight`);
  const { result = null } = (data ?? {}) as { readonly result?: string | null };
  return { completed: [...client.completed, { ...client.open, result }], open: null };
}

/** An operation in a candidate order: where it stands in its client's history. */
type Progress = Readonly<Record<string, number>>;

/**
 * Whether the operations can be put in one order that a register explains: each between its invocation
 * and its return (so not before what its snapshot saw completed), those in flight anywhere after their
 * invocation or not at all (Herlihy and Wing, Linearizability, 1990).
 */
export function isLinearizable(history: History): boolean {
  const clients = Object.entries(history);
  const search = (done: Progress, value: string | null): boolean => {
    const isAllDone = clients.every(
      ([name, { completed }]) => (done[name] ?? 0) >= completed.length,
    );
    if (isAllDone) return true;
    for (const [name, { completed, open }] of clients) {
      const position = done[name] ?? 0;
      const next = completed[position] ?? (position === completed.length ? open : null);
      if (next === null || !hasSeen(next, done)) continue;
      const { operation } = next;
      const known = 'result' in next ? (next as Completed).result : value;
      if (operation.type === 'read' && known !== value) continue;
      const after = operation.type === 'write' ? operation.value : value;
      if (search({ ...done, [name]: position + 1 }, after)) return true;
    }
    return false;
  };
  return search({}, null);
}

/** Whether everything has been placed that had completed when the operation was invoked. */
function hasSeen({ snapshot }: Invoked, done: Progress): boolean {
  return Object.entries(snapshot).every(([client, last]) => (done[client] ?? 0) > last);
}
