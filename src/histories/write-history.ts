/** Writes a history as Jepsen does, so that knossos, elle and porcupine can be asked too. */
import { canonical, type PlainData } from '../model/plain-data.ts';
import { preconditionFailed } from './events.ts';
import type { Operation } from './operation.ts';

export interface WriteOptions {
  /**
   * `jepsen` (default): maps with `:time` and `:index`, for knossos and elle. `porcupine`: the bare lines
   * of its key-value histories, which are all that its reader takes; the names of processes and the times
   * are lost.
   */
  readonly format?: 'jepsen' | 'porcupine';
}

/**
 * One EDN map a line, in the order of time: `{:process 0, :type :invoke, :f :read, :value nil, :time 0,
 * :index 0}`. `readHistory` reads the same operations back; an absent input comes back as null, and the
 * answer to a call with an input that answered nothing is that input, as Jepsen writes it.
 *
 * Processes are numbers there, one operation at a time, and one whose answer never came calls nothing
 * more: where ours is not so it gets a new number, and its own name stands in `:client`. A cas that
 * compared in vain is a `:fail` with the error `:precondition-failed`; an operation that never
 * returned is an `:info` at the end.
 */
export function writeHistory(operations: readonly Operation[], options: WriteOptions = {}): string {
  const { format = 'jepsen' } = options;
  return entriesOf(operations)
    .map(({ map, beside, time }, index) => {
      const all = { ...map, ...beside, time: edn(time), index: String(index) };
      const pairs = Object.entries(format === 'jepsen' ? all : map);
      return `{${pairs.map(([name, text]) => `:${name} ${text}`).join(', ')}}\n`;
    })
    .join('');
}

type Fields = Readonly<Record<string, string>>;

interface Entry {
  readonly time: number;
  /** Calls come first at a time, then returns: closed intervals. */
  readonly rank: 0 | 1;
  readonly map: Fields;
  /** What only Jepsen's form has room for. */
  readonly beside: Fields;
}

function entriesOf(operations: readonly Operation[]): readonly Entry[] {
  const numbers = processNumbers(operations);
  const last = operations.reduce(
    (latest, { invoked, returned = invoked }) => Math.max(latest, returned),
    Number.NEGATIVE_INFINITY,
  );
  const entries = operations.flatMap((operation, index): readonly Entry[] => {
    const { process, f, key, invoked, returned = last } = operation;
    const number = numbers[index] as number;
    const named = {
      process: String(number),
      f: nameOf(f),
      ...(key === undefined ? {} : { key: edn(key) }),
    };
    const beside = process === number ? {} : { client: edn(process) };
    const entry = (type: string, value: string | undefined): Fields => {
      const { process: by, ...called } = named;
      return {
        process: by,
        type: `:${type}`,
        ...called,
        ...(value === undefined ? {} : { value }),
      };
    };
    const { type, value, error } = answerOf(operation);
    return [
      { time: invoked, rank: 0, map: entry('invoke', edn(operation.input)), beside },
      { time: returned, rank: 1, map: entry(type, value), beside: { ...beside, ...error } },
    ];
  });
  return entries.sort((a, b) => a.time - b.time || a.rank - b.rank);
}

interface Answer {
  readonly type: 'ok' | 'fail' | 'info';
  /** Absent: nobody knows it. Knossos takes that for nil, by which it means the same. */
  readonly value?: string;
  readonly error?: Fields;
}

function answerOf(operation: Operation): Answer {
  const { f, input, output } = operation;
  const given = edn(input);
  if (isUnknown(operation)) return { type: 'info', value: given };
  if (f === 'cas' && output === false)
    return { type: 'fail', value: given, error: { error: preconditionFailed } };
  if (f === 'cas' && output === true) return { type: 'ok', value: given };
  if (output !== undefined) return { type: 'ok', value: edn(output) };
  return given === 'nil' ? { type: 'ok' } : { type: 'ok', value: given };
}

/** A cas of which nobody knows whether it compared is no `:ok`, even if it returned. */
function isUnknown({ f, output, returned }: Operation): boolean {
  return returned === undefined || (f === 'cas' && output === undefined);
}

/** A number for the process of each operation: its own where it is one and is free. */
function processNumbers(operations: readonly Operation[]): readonly number[] {
  const own = operations.flatMap(({ process }) => (isNumber(process) ? [process] : []));
  let fresh = own.reduce((most, process) => Math.max(most, process), -1) + 1;
  const current = new Map<
    number | string,
    { readonly number: number; readonly freeFrom: number }
  >();
  const order = operations
    .map((operation, index) => ({ operation, index }))
    .sort((a, b) => a.operation.invoked - b.operation.invoked);
  const numbers: number[] = [];
  for (const { operation, index } of order) {
    const { process, invoked, returned = 0 } = operation;
    const before = current.get(process);
    // Calls come before returns at a time, so that a number is free only after its return.
    const isFree = before === undefined || before.freeFrom < invoked;
    const number = isFree ? (before?.number ?? (isNumber(process) ? process : fresh++)) : fresh++;
    const freeFrom = isUnknown(operation) ? Number.POSITIVE_INFINITY : returned;
    current.set(process, { number, freeFrom });
    numbers[index] = number;
  }
  return numbers;
}

function isNumber(process: number | string): process is number {
  return typeof process === 'number' && Number.isSafeInteger(process) && process >= 0;
}

function nameOf(f: string): string {
  return /^[A-Za-z][\w-]*$/.test(f) ? `:${f}` : JSON.stringify(f);
}

/** A value in EDN. A string with a colon before a name is a keyword, as the reader gives them. */
function edn(value: PlainData): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'string')
    return /^:[A-Za-z][\w.*+!?/-]*$/.test(value) ? value : JSON.stringify(value);
  if (typeof value !== 'object') return canonical(value);
  if (Array.isArray(value)) return `[${value.map(edn).join(' ')}]`;
  const pairs = Object.entries(value).map(([name, inner]) => `${edn(name)} ${edn(inner)}`);
  return `{${pairs.join(', ')}}`;
}
