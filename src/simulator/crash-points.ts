/**
 * Crash points: "dies right before its second COMMIT". Since steps are pure, a step is tried first, and
 * its effects say whether and where in it the point lies.
 */
import { type Address, type NodeId, nodeOfAddress } from '../model/effects.ts';
import type { CrashFault, CrashPoint, NamedPoint } from '../model/faults.ts';
import type { Executed } from '../model/node.ts';
import type { TraceEntry } from '../model/trace.ts';

/** Counts down to the point on one node. */
export interface CrashWatch {
  readonly point: CrashPoint;
  /** How many more occurrences until the point, this one included. */
  readonly remaining: number;
  /**
   * Above zero once the record was written but is not durable: how many forced writes must complete
   * until it is. The point is reached then.
   */
  readonly awaitsDurable: number;
}

/** A crash at a point, and how far it is. */
export interface WatchedCrash {
  readonly fault: CrashFault;
  readonly watch: CrashWatch;
}

export function watched(fault: CrashFault): WatchedCrash {
  const { point } = fault;
  if (point === undefined) throw new Error('broken promise: the crash has no point');
  return { fault, watch: { point, remaining: point.nth, awaitsDurable: 0 } };
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
  /** Whether it counts as a decision of the node: a restart is one about it. */
  readonly isDecision: boolean;
  readonly effects: readonly Executed[];
  /** Sends and writes of the step. */
  readonly points: number;
  /** Forced writes under way before the step. */
  readonly underWay: number;
}

/** Whether the point lies in the step, and what is left of the count after it. */
export interface Counted {
  readonly strike: Strike | undefined;
  readonly next: CrashWatch;
}

/** Looks for the point in a step. */
export function strikeIn(watch: CrashWatch, step: TriedStep): Counted {
  const { point } = watch;
  let { remaining, awaitsDurable } = watch;
  const counted = (strike?: Strike): Counted => ({
    strike,
    next: { point, remaining, awaitsDurable },
  });
  if (awaitsDurable > 0) {
    for (const { type } of step.effects) {
      if (type !== 'durable' && type !== 'failed') continue;
      awaitsDurable--;
      // The record is not in the log, so that the point after it does not come.
      if (type === 'failed' && awaitsDurable === 0) remaining = Number.POSITIVE_INFINITY;
    }
    if (awaitsDurable > 0 || remaining === Number.POSITIVE_INFINITY) return counted();
    // "After" a forced record is after it became durable and before what waited for it.
    return counted(step.points > 0 ? { when: 'within', crashAfter: 0 } : { when: 'afterStep' });
  }
  if (handles(point, step) && --remaining === 0)
    return counted({ when: point.moment === 'before' ? 'beforeStep' : 'afterStep' });
  let done = 0;
  let { underWay } = step;
  for (const effect of step.effects) {
    if (effect.type === 'durable' || effect.type === 'failed') underWay--;
    else if (isForced(effect)) underWay++;
    if (pointName(effect) === undefined) continue;
    if (isNamed(point, effect) && --remaining === 0) {
      if (point.moment === 'before') return counted({ when: 'within', crashAfter: done });
      if (isForced(effect)) {
        awaitsDurable = underWay;
        return counted();
      }
      return counted(
        done + 1 < step.points ? { when: 'within', crashAfter: done + 1 } : { when: 'afterStep' },
      );
    }
    done++;
  }
  return counted();
}

/** Whether the point counts what the step handles, rather than one of its effects. */
function handles({ message, any }: CrashPoint, { received, isDecision }: TriedStep): boolean {
  if (any === 'decision') return isDecision;
  if (received === undefined) return false;
  return any === 'receive' || received === message;
}

function isNamed({ message, any }: CrashPoint, effect: Executed): boolean {
  if (any === 'send') return effect.type === 'send';
  if (any === 'write') return effect.type === 'write' || effect.type === 'replace';
  return any === undefined && pointName(effect) === message;
}

/** A crash that strikes in a step. */
export interface Due {
  readonly fault: CrashFault;
  readonly strike: Strike;
}

/**
 * The crash that strikes first in a step, and those that are left. The others count what happens until
 * then; one whose point lies at that very place has come with it. `tried` takes the step, cut short after
 * so many sends and writes.
 */
export function firstStrike(
  crashes: readonly WatchedCrash[],
  tried: (crashAfter: number | undefined) => Pick<TriedStep, 'effects' | 'points'>,
  about: Omit<TriedStep, 'effects' | 'points'>,
): { readonly due: Due | undefined; readonly left: readonly WatchedCrash[] } {
  const whole: TriedStep = { ...about, ...tried(undefined) };
  let due: Due | undefined;
  for (const { fault, watch } of crashes) {
    const { strike } = strikeIn(watch, whole);
    if (strike === undefined) continue;
    if (due === undefined || place(strike) < place(due.strike)) due = { fault, strike };
  }
  const counted = (list: readonly WatchedCrash[], step: TriedStep): readonly WatchedCrash[] =>
    list.flatMap(({ fault, watch }) => {
      const { strike, next } = strikeIn(watch, step);
      return strike === undefined ? [{ fault, watch: next }] : [];
    });
  if (due === undefined) return { due, left: counted(crashes, whole) };
  const { strike, fault } = due;
  const others = crashes.filter((crash) => crash.fault !== fault);
  switch (strike.when) {
    case 'beforeStep':
      return { due, left: others };
    case 'within':
      return { due, left: counted(others, { ...about, ...tried(strike.crashAfter) }) };
    case 'afterStep':
      return { due, left: counted(others, whole) };
  }
}

function place(strike: Strike): number {
  if (strike.when === 'within') return strike.crashAfter;
  return strike.when === 'beforeStep' ? -1 : Number.POSITIVE_INFINITY;
}

/**
 * Before and after each message and record of the node, in the order in which they happen. What a node
 * does at its start is no crash point: no decision leads to it.
 */
export function crashPointsOf(trace: readonly TraceEntry[], node: NodeId): readonly NamedPoint[] {
  const counts = new Map<string, number>();
  const points: NamedPoint[] = [];
  const count = (message: string): void => {
    const nth = (counts.get(message) ?? 0) + 1;
    counts.set(message, nth);
    points.push({ moment: 'before', nth, message }, { moment: 'after', nth, message });
  };
  for (const { decision, effects } of trace) {
    if (decision.type === 'deliver' && nodeOfAddress(decision.to) === node)
      count(decision.message.type);
    for (const effect of effects) {
      const name = pointName(effect);
      if (name !== undefined && nodeOfAddress(processOf(effect)) === node) count(name);
    }
  }
  return points;
}

function processOf(effect: Executed): Address {
  if (effect.type === 'send') return effect.envelope.from;
  return effect.type === 'local' ? effect.from : effect.process;
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
