/** Events, as logs have them, paired to operations: a return belongs to the open call of its process. */
import { UserMistake } from '../model/errors.ts';
import { canonical, type PlainData } from '../model/plain-data.ts';
import type { Operation } from './operation.ts';

/**
 * What Jepsen calls an operation and writes twice. `ok`: it took effect and answered. `fail`: it did not
 * take effect. `info`: nobody knows, and it may still.
 */
export interface Event {
  readonly line: number;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** By which calls and returns are paired. */
  readonly process: number | string;
  /** The process's own name, where it differs. */
  readonly client?: number | string;
  readonly f: string;
  readonly key?: PlainData;
  readonly value?: PlainData;
  readonly time?: number;
  readonly error?: PlainData;
}

/** A recorded history. */
export interface History {
  readonly format: 'etcd-log' | 'edn' | 'json';
  readonly operations: readonly Operation[];
  /** The line on which each operation was invoked. */
  readonly lines: readonly number[];
}

/** The error of a cas that found another value: the one failure that tells something of the state. */
export const preconditionFailed = ':precondition-failed';

interface Call {
  readonly event: Event;
  readonly at: number;
  end?: { readonly event: Event; readonly at: number };
}

/** In the order of the calls. The order of the events in the file is the order of real time. */
export function operationsOf(
  events: readonly Event[],
  format: History['format'],
  source: string,
): History {
  const calls: Call[] = [];
  const open = new Map<number | string, Call>();
  const times = timesOf(events);
  for (const [index, event] of events.entries()) {
    const at = times[index] as number;
    const call = open.get(event.process);
    if (event.type === 'invoke') {
      if (call !== undefined)
        throw new UserMistake(
          `${source} line ${event.line}: process ${event.process} invokes ${event.f} while its ${call.event.f} of line ${call.event.line} is open; give a process one operation at a time`,
        );
      const made = { event, at };
      calls.push(made);
      open.set(event.process, made);
      continue;
    }
    assertSame(call?.event, event, source);
    if (call !== undefined) call.end = { event, at };
    open.delete(event.process);
  }
  const kept = calls.flatMap((call) => {
    const operation = operationOf(call);
    return operation === undefined ? [] : [{ operation, line: call.event.line }];
  });
  return {
    format,
    operations: kept.map(({ operation }) => operation),
    lines: kept.map(({ line }) => line),
  };
}

/** Undefined for what never happened: it says nothing, and Jepsen's checkers leave it out too. */
function operationOf({ event, at, end }: Call): Operation | undefined {
  const { process, client, f, key, value } = event;
  const call = {
    process: client ?? process,
    f,
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { input: value }),
    invoked: at,
  };
  if (end === undefined || end.event.type === 'info') return call;
  const returned = end.at;
  if (end.event.type === 'fail')
    return f === 'cas' && end.event.error === preconditionFailed
      ? { ...call, output: false, returned }
      : undefined;
  const answer = end.event.value;
  if (answer === undefined) return { ...call, returned };
  const isCas = f === 'cas' && canonical(answer) === canonical(value);
  return { ...call, output: isCas ? true : answer, returned };
}

function assertSame(call: Event | undefined, event: Event, source: string): void {
  const { process, type, f, line, key } = event;
  const refuse = (sentence: string): never => {
    throw new UserMistake(`${source} line ${line}: process ${process} ${sentence}`);
  };
  if (call === undefined) {
    // Jepsen's processes may note things in between, and a crash after the last answer.
    if (type !== 'info') refuse(`ends a ${f} with :${type}, but has nothing open`);
    return;
  }
  if (call.f !== f)
    refuse(`ends a ${f}, but what it has open is the ${call.f} of line ${call.line}`);
  if (key !== undefined && canonical(key) !== canonical(call.key))
    refuse(
      `ends a ${f} of key ${canonical(key)}, but line ${call.line} has ${canonical(call.key)}`,
    );
}

/**
 * The recorded times, if they tell the order of the file; else the places in the file. Equal times are
 * concurrent for the checker, so a return and then a call at one time would lose their order.
 */
function timesOf(events: readonly Event[]): readonly number[] {
  const places = events.map((_, index) => index);
  const times = events.map(({ time }) => time);
  for (const [index, time] of times.entries()) {
    if (time === undefined) return places;
    const before = times[index - 1];
    if (before === undefined) continue;
    if (before > time) return places;
    const isCall = events[index]?.type === 'invoke';
    if (before === time && isCall && events[index - 1]?.type !== 'invoke') return places;
  }
  return times as readonly number[];
}
