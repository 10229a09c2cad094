/**
 * Plain data in words: `VOTE (yes)`, `commit (notify p1, p2 and p3)`. It knows no protocol; a message
 * reads well when its author named its fields well.
 */
import type { Message } from '../model/effects.ts';
import { recordName } from '../simulator/crash-points.ts';

/** Longer payloads are cut: a story is no dump. */
const payloadMax = 72;

/** `p1, p2 and p3`. */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `VOTE (yes)`: a message, event or operation. */
export function messageInWords(message: Message): string {
  const { type, ...payload } = message;
  return withPayload(type, payload);
}

/** `commit (notify p1, p2 and p3)`: a log record. */
export function recordInWords(record: unknown): string {
  if (typeof record !== 'object' || record === null) return valueInWords(record);
  const name = recordName(record);
  const rest = Object.entries(record).filter(([, value]) => value !== name);
  return withPayload(name, Object.fromEntries(rest));
}

/** `decided: commit`, `voted: not yes`, `uncertain`: a mark. */
export function markInWords(name: string, data: unknown): string {
  if (data === undefined) return name;
  if (typeof data !== 'object' || data === null) return `${name}: ${valueInWords(data)}`;
  const entries = Object.entries(data);
  const [only] = entries;
  // One field says nothing that the mark's name does not: decided (decision commit).
  const single = entries.length === 1 && only !== undefined && typeof only[1] !== 'boolean';
  return `${name}: ${single ? valueInWords(only[1]) : fieldsInWords(data)}`;
}

/** Milliseconds without a tail of zeros: 10, 12.5, 0.125. */
export function ms(value: number): string {
  return `${Math.round(value * 1000) / 1000}`;
}

function withPayload(name: string, payload: object): string {
  const words = fieldsInWords(payload);
  return words === '' ? name : `${name} (${clipped(words, payloadMax)})`;
}

/** The text, or its beginning and an ellipsis. */
export function clipped(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** The text, or of a nested state its innermost parts: `…following.uncertain`. */
export function clippedState(text: string, max: number): string {
  if (text.length <= max || !text.includes('.')) return clipped(text, max);
  const [, process = '', state = ''] = /^([^.]*: )?(.*)$/.exec(text) ?? [];
  let inner = state;
  while (`${process}…${inner}`.length > max && inner.includes('.'))
    inner = inner.slice(inner.indexOf('.') + 1);
  return clipped(`${process}…${inner}`, max);
}

function fieldsInWords(payload: object): string {
  return Object.entries(payload)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      if (value === true) return key;
      if (value === false) return `not ${key}`;
      return `${key} ${valueInWords(value)}`;
    })
    .join(', ');
}

function valueInWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : listed(value.map(valueInWords));
  if (typeof value === 'object' && value !== null) return `{${fieldsInWords(value)}}`;
  return String(value);
}
