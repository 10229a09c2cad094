/**
 * Crash points: "dies right before its second COMMIT". Since steps are pure, a step is tried first, and
 * its effects say whether and where in it the point lies.
 */
import type { Address, NodeId } from '../model/effects.ts';
import type { Executed } from '../model/node.ts';
import type { CrashPoint } from '../model/scenario.ts';
import type { TraceEntry } from '../model/trace.ts';

/** Counts down to the point on one node. */
export interface CrashWatch {
  readonly point: CrashPoint;
  /** How many more occurrences until the point, this one included. */
  remaining: number;
  /**
   * Above zero once the record was written but is not durable: how many forced writes must complete
   * until it is. The point is reached then.
   */
  awaitsDurable: number;
}

export function watchFor(point: CrashPoint): CrashWatch {
  return { point, remaining: point.nth, awaitsDurable: 0 };
}

/** Where in a step the node crashes. */
export type Strike =
  /** Before the node gets the message at all. */
  | { readonly when: 'beforeStep' }
  /** After that many sends and writes of the step. */
  | { readonly when: 'within'; readonly crashAfter: number }
  /** After the whole step. */
  | { readonly when: 'afterStep' };

/** A step of the node, as it would happen without the crash. */
export interface TriedStep {
  /** The type of the message that the step handles, if it handles one. */
  readonly received: string | undefined;
  readonly effects: readonly Executed[];
  /** Sends and writes of the step. */
  readonly points: number;
  /** Forced writes under way before the step. */
  readonly underWay: number;
}

/**
 * Looks for the point in a step. Counts occurrences as it goes, so it must be called once for every step
 * of the node.
 */
export function strikeIn(watch: CrashWatch, step: TriedStep): Strike | undefined {
  const { message, moment } = watch.point;
  const { effects, points } = step;
  if (watch.awaitsDurable > 0) {
    for (const { type } of effects) if (type === 'durable') watch.awaitsDurable--;
    if (watch.awaitsDurable > 0) return undefined;
    // "After" a forced record is after it became durable and before what waited for it.
    return points > 0 ? { when: 'within', crashAfter: 0 } : { when: 'afterStep' };
  }
  if (step.received === message && --watch.remaining === 0)
    return { when: moment === 'before' ? 'beforeStep' : 'afterStep' };
  let point = 0;
  let { underWay } = step;
  for (const effect of effects) {
    if (effect.type === 'durable') underWay--;
    else if (isForced(effect)) underWay++;
    const name = pointName(effect);
    if (name === undefined) continue;
    if (name === message && --watch.remaining === 0) {
      if (moment === 'before') return { when: 'within', crashAfter: point };
      if (isForced(effect)) {
        watch.awaitsDurable = underWay;
        return undefined;
      }
      return point + 1 < points ? { when: 'within', crashAfter: point + 1 } : { when: 'afterStep' };
    }
    point++;
  }
  return undefined;
}

/**
 * Before and after each message and record of the node, in the order in which they happen. What a node
 * does at its start is no crash point: no decision leads to it.
 */
export function crashPointsOf(trace: readonly TraceEntry[], node: NodeId): readonly CrashPoint[] {
  const counts = new Map<string, number>();
  const points: CrashPoint[] = [];
  const count = (message: string): void => {
    const nth = (counts.get(message) ?? 0) + 1;
    counts.set(message, nth);
    points.push({ moment: 'before', nth, message }, { moment: 'after', nth, message });
  };
  for (const { decision, effects } of trace) {
    if (decision.type === 'deliver' && nodeOf(decision.to) === node) count(decision.message.type);
    for (const effect of effects) {
      const name = pointName(effect);
      if (name !== undefined && nodeOf(processOf(effect)) === node) count(name);
    }
  }
  return points;
}

function processOf(effect: Executed): Address {
  if (effect.type === 'send') return effect.envelope.from;
  return effect.type === 'local' ? effect.from : effect.process;
}

function nodeOf(address: Address): NodeId {
  return address.split('/')[0] ?? address;
}

function isForced(effect: Executed): boolean {
  return effect.type === 'replace' || (effect.type === 'write' && effect.durability === 'forced');
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
