/**
 * Plain data: what contexts, messages, records and observations must be, and the canonical text
 * by which two of them are compared.
 */
import { UserMistake } from './errors.ts';

/** Strings, finite numbers, booleans, null, and arrays and plain objects of these. */
export type PlainData =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };

/**
 * Text that is equal for two values exactly when the values are equal as plain data: object keys are
 * sorted, `undefined` is kept apart from an absent key, -0 is 0.
 *
 * Throws a {@link UserMistake} for anything that is not plain data (a Map, a class instance, a
 * function, NaN), because two different ones would have the same text and states would be merged.
 */
export function canonical(value: unknown, path = 'value'): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return 'undefined';
    case 'number':
      if (Number.isFinite(value)) return value === 0 ? '0' : String(value);
      throw new UserMistake(
        `${path} is ${value}, which is not plain data; use a finite number or null`,
      );
    case 'object':
      return value === null ? 'null' : canonicalObject(value, path);
    default:
      throw new UserMistake(
        `${path} is a ${typeof value}, which is not plain data; keep functions and symbols out of contexts, messages and records`,
      );
  }
}

/** No plain data of anybody nests so deeply that the path to it is this long. */
const longestPath = 5000;

function canonicalObject(value: object, path: string): string {
  if (path.length > longestPath)
    throw new UserMistake(
      `${path.slice(0, 40)}... nests without end and probably contains itself; keep references out of contexts, messages and records`,
    );
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i++) {
      if (i > 0) text += ',';
      text += canonical(value[i], `${path}[${i}]`);
    }
    return `${text}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const kind = value.constructor?.name ?? 'object of a class';
    throw new UserMistake(
      `${path} is a ${kind}, which is not plain data; use an array or a plain object instead`,
    );
  }
  const entries = value as Record<string, unknown>;
  let text = '{';
  for (const key of Object.keys(entries).sort()) {
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(key)}:${canonical(entries[key], `${path}.${key}`)}`;
  }
  return `${text}}`;
}

const keys = new WeakMap<object, string>();

/** {@link canonical} of an immutable object, computed once for each object. */
export function keyOf(value: object, path?: string): string {
  let key = keys.get(value);
  if (key === undefined) {
    key = canonical(value, path);
    keys.set(value, key);
  }
  return key;
}
