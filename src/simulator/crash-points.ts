/**
 * Crash points: "dies right before its second COMMIT". Since steps are pure, a step is tried first, and
 * its effects say whether and where in it the point lies.
 */
import type { Executed } from '../model/node.ts';
import type { CrashPoint } from '../model/scenario.ts';

/** Counts down to the point on one node. */
export interface CrashWatch {
  readonly point: CrashPoint;
  /** How many more occurrences until the point, this one included. */
  remaining: number;
  /** The record was written but is not durable yet; the point is reached when it is. */
  awaitsDurable: boolean;
}

export function watchFor(point: CrashPoint): CrashWatch {
  return { point, remaining: point.nth, awaitsDurable: false };
}

/** Where in a step the node crashes. */
export type Strike =
  /** Before the node gets the message at all. */
  | { readonly when: 'beforeStep' }
  /** After that many sends and writes of the step. */
  | { readonly when: 'within'; readonly crashAfter: number }
  /** After the whole step. */
  | { readonly when: 'afterStep' };

/**
 * Looks for the point in a step. `received` is the type of the message that the step handles, if it
 * handles one. Counts occurrences as it goes, so it must be called once for every step of the node.
 */
export function strikeIn(
  watch: CrashWatch,
  received: string | undefined,
  effects: readonly Executed[],
  points: number,
): Strike | undefined {
  const { message, moment } = watch.point;
  if (watch.awaitsDurable) {
    // "After" a forced record is after it became durable and before what waited for it.
    watch.awaitsDurable = !effects.some(({ type }) => type === 'durable');
    if (!watch.awaitsDurable)
      return points > 0 ? { when: 'within', crashAfter: 0 } : { when: 'afterStep' };
    return undefined;
  }
  if (received === message && --watch.remaining === 0)
    return { when: moment === 'before' ? 'beforeStep' : 'afterStep' };
  let point = 0;
  for (const effect of effects) {
    const name = pointName(effect);
    if (name === undefined) continue;
    if (name === message && --watch.remaining === 0) {
      if (moment === 'before') return { when: 'within', crashAfter: point };
      if (effect.type === 'write' && effect.durability === 'forced') {
        watch.awaitsDurable = true;
        return undefined;
      }
      return point + 1 < points ? { when: 'within', crashAfter: point + 1 } : { when: 'afterStep' };
    }
    point++;
  }
  return undefined;
}

/** The name by which a send or write is told apart; undefined for what is no crash point. */
export function pointName(effect: Executed): string | undefined {
  if (effect.type === 'send') return effect.envelope.message.type;
  if (effect.type === 'replace') return 'replace';
  if (effect.type !== 'write') return undefined;
  return recordName(effect.record);
}

/** The `record` or `type` of a log record, the record itself when it is a text. */
export function recordName(record: unknown): string {
  if (typeof record === 'string') return record;
  if (typeof record === 'object' && record !== null) {
    const { record: name, type } = record as { readonly record?: unknown; readonly type?: unknown };
    if (typeof name === 'string') return name;
    if (typeof type === 'string') return type;
  }
  return 'record';
}
