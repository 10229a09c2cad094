/** An operation of a recorded history: a call by a client, and what came back, if anything did. */
import { canonical, type PlainData } from '../model/plain-data.ts';

/**
 * One call and its answer, as plain data.
 *
 * `{ process: 1, f: 'write', input: 4, invoked: 10, returned: 25 }`
 */
export interface Operation {
  /** Who called. Clients call one operation at a time; the checker does not insist on it. */
  readonly process: number | string;
  /** What was called: `read`, `write`, `cas`, `get`, `put`, `append`, or a word of your own model. */
  readonly f: string;
  /** The object it was called on, where there are several. */
  readonly key?: PlainData;
  readonly input?: PlainData;
  /** What came back. Absent: nobody knows, and the model takes any answer for possible. */
  readonly output?: PlainData;
  /** When it was called: any number that grows with time. */
  readonly invoked: number;
  /**
   * When its answer came. Absent: pending for ever; it may have taken effect at any time after the call,
   * or never.
   */
  readonly returned?: number;
}

/** What of an operation a model sees: neither who called nor when. */
export type Call = Pick<Operation, 'f' | 'key' | 'input' | 'output'>;

export function callOf({ f, key, input, output }: Operation): Call {
  return {
    f,
    ...(key === undefined ? {} : { key }),
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
  };
}

export function isPending(operation: Operation): boolean {
  return operation.returned === undefined;
}

/**
 * `cas("x", [1,2]) -> false`; a call without an answer ends in `-> ?`, and an answer that only repeats
 * what was written, as in Jepsen's histories, is left out.
 */
export function describeOperation(operation: Operation): string {
  const { f, key, input, output } = operation;
  const given = [key, input].filter((value) => value !== undefined && value !== null);
  const call = `${f}(${given.map(short).join(', ')})`;
  if (isPending(operation)) return `${call} -> ?`;
  const isSaid = output !== undefined && canonical(output) !== canonical(input);
  return isSaid || output === null ? `${call} -> ${short(output)}` : call;
}

const longest = 60;

/** Long values keep their ends: of a text that was appended to, the last words tell most. */
function short(value: PlainData): string {
  const text = canonical(value);
  if (text.length <= longest) return text;
  return `${text.slice(0, 20)}...${text.slice(-(longest - 23))}`;
}
