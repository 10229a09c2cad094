/** The maps in which Jepsen, knossos, elle and porcupine's key-value histories write events. */
import { suggestion, UserMistake } from '../model/errors.ts';
import { canonical, type PlainData } from '../model/plain-data.ts';
import type { Form } from './edn.ts';
import type { Event } from './events.ts';

const types = ['invoke', 'ok', 'fail', 'info'] as const;

/**
 * `{:process 9, :type :invoke, :f :append, :key "0", :value "x"}`. Undefined for the entries of the
 * nemesis, which are no operations of a client.
 */
export function eventOf({ value, line }: Form, source: string): Event | undefined {
  const refuse = (sentence: string): never => {
    throw new UserMistake(`${source} line ${line}: ${sentence}`);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(
      `${short(value)} is no operation; it must be a map such as {:process 0, :type :invoke, :f :read, :value nil}`,
    );
  const map = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.replace(/^:/, ''), inner]),
  );
  for (const name of ['process', 'type', 'f'])
    if (map[name] === undefined || map[name] === null) return refuse(`:${name} is missing`);
  const process = nameOf(map.process);
  if (process === undefined)
    return refuse(`:process is ${short(map.process)}; it must be a number or a name`);
  // Jepsen gives clients numbers and everybody else keywords, which some turn into texts for JSON.
  if (typeof process === 'string' && (process.startsWith(':') || process === 'nemesis'))
    return undefined;
  const type = typeof map.type === 'string' ? map.type.replace(/^:/, '') : map.type;
  if (!isType(type))
    return refuse(
      `:type is ${short(map.type)}${suggestion(typeof type === 'string' ? type : '', types)}`,
    );
  if (typeof map.f !== 'string') return refuse(`:f is ${short(map.f)}; it must be a name`);
  const client = map.client === undefined ? undefined : nameOf(map.client);
  const { key, value: given, time, error } = map;
  if (time !== undefined && time !== null && typeof time !== 'number')
    return refuse(`:time is ${short(time)}; it must be a number`);
  return {
    line,
    type,
    process,
    f: map.f.replace(/^:/, ''),
    ...(client === undefined ? {} : { client }),
    ...(key === undefined ? {} : { key }),
    ...(given === undefined ? {} : { value: given }),
    ...(typeof time === 'number' ? { time } : {}),
    ...(error === undefined ? {} : { error: withColon(error) }),
  };
}

function nameOf(value: PlainData): number | string | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}

function isType(value: PlainData): value is (typeof types)[number] {
  return types.some((type) => type === value);
}

/** In JSON a keyword is a text, with or without its colon. */
function withColon(error: PlainData): PlainData {
  return typeof error === 'string' && !error.startsWith(':') ? `:${error}` : error;
}

function short(value: PlainData): string {
  const text = canonical(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
