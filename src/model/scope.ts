/**
 * Scope: the bounds that are part of a question. It is printed with every `holds`; what lies outside it
 * was not asked. (A budget is something else: what a check may spend; spent means `unknown`.)
 */
import { suggestion, UserMistake } from './errors.ts';
import type { NetworkSemantics } from './network.ts';

/** Bounds on faults and on what the network may do. */
interface FaultScope {
  /** Crashes in one execution, at any moment and between any two effects. Default 0. */
  readonly crashes?: number;
  /** Restarts in one execution. Default: as many as crashes and failed writes. */
  readonly restarts?: number;
  /** Partitions into two sides in one execution, each mended or not. Default 0. */
  readonly partitions?: number;
  /** Disks lost while their node is down. Default 0. */
  readonly diskLosses?: number;
  /** Forced writes that a disk acknowledges and a crash may forget. Default 0. */
  readonly lostForces?: number;
  /** Forced writes that fail. Default 0. */
  readonly failedWrites?: number;
  /** Identical copies of a message in flight at once. Default 1. */
  readonly copies?: number;
  /** Whether messages may be lost. Default: as the network declares. */
  readonly loss?: boolean;
  /** Whether delivered messages may leave a copy in flight. Default: as the network declares. */
  readonly duplication?: boolean;
}

/** Bounds that only timed timing has; ticks are whole, and `tickMs` long. */
interface TimedScope {
  /** The length of a tick in ms. Default: the longest of which all declared delays are multiples. */
  readonly tickMs?: number;
  /** How long a message travels, in ticks: 2, "1..3", or "1.." for no longest. Default "0..1". */
  readonly latency?: number | string;
  /** How long a forced write takes, in ticks, written like `latency`. Default "0..1". */
  readonly forceLatency?: number | string;
  /**
   * How far a node's clock goes wrong: with "1/10" it advances in t ticks by t, give or take t/10, rounded
   * up. Timers go by it. Default "0".
   */
  readonly drift?: number | string;
  /** The clocks of nodes whose processes read them start at most this many ticks apart. Default 0. */
  readonly skew?: number;
  /** The ticks after which nothing more is asked; without it time does not end. */
  readonly ticks?: number;
}

/** What a check may be asked; what is left out has the system's or the general default. */
export interface Scope extends FaultScope, TimedScope {}

/** A scope with nothing left out, as printed; under timed timing with its bounds. */
export interface FullScope extends Required<FaultScope>, TimedScope {}

const numbers = [
  'crashes',
  'restarts',
  'partitions',
  'diskLosses',
  'lostForces',
  'failedWrites',
  'copies',
] as const;
const switches = ['loss', 'duplication'] as const;

/** Bounds that only timed timing has. */
export const timedKeys: readonly string[] = [
  'tickMs',
  'latency',
  'forceLatency',
  'drift',
  'skew',
  'ticks',
];

/**
 * The full scope, without the bounds of timed timing. Throws a {@link UserMistake} for an unknown key, an
 * illegal bound, or a bound that is given and has a meaning only under timed timing.
 */
export function fullScope(
  given: Readonly<Record<string, unknown>>,
  defaults: Scope,
  network: NetworkSemantics,
): FullScope {
  const known = [...numbers, ...switches] as readonly string[];
  const chosen: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    if (timedKeys.includes(key) && value !== undefined)
      throw new UserMistake(
        `the scope's ${key} is a bound on time, which only timed timing has; ask under timed timing, or leave it out`,
      );
    if (!known.includes(key) && !timedKeys.includes(key))
      throw new UserMistake(
        `a scope has no bound "${key}"${suggestion(key, [...known, ...timedKeys])}`,
      );
    if (value !== undefined) chosen[key] = value;
  }
  const bound = (key: string, fallback: number, min: number): number => {
    const value = chosen[key] ?? fallback;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min)
      throw new UserMistake(
        `the scope's ${key} is ${JSON.stringify(value)}; it must be a whole number, ${min} or more`,
      );
    return number;
  };
  const flag = (key: string, declared: boolean): boolean => {
    const value = chosen[key] ?? declared;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw new UserMistake(
      `the scope's ${key} is ${JSON.stringify(value)}; it must be true or false`,
    );
  };
  const crashes = bound('crashes', 0, 0);
  const failedWrites = bound('failedWrites', 0, 0);
  return {
    crashes,
    // A failed write stops its node, unless the machine says otherwise.
    restarts: bound('restarts', crashes + failedWrites, 0),
    partitions: bound('partitions', 0, 0),
    diskLosses: bound('diskLosses', 0, 0),
    lostForces: bound('lostForces', 0, 0),
    failedWrites,
    copies: bound('copies', 1, 1),
    loss: flag('loss', network.loss),
    duplication: flag('duplication', network.duplication),
  };
}

/** `crashes <= 1, restarts <= 1, copies <= 1, loss, duplication`: a scope in words. */
export function describeScope(scope: FullScope): string {
  const parts: string[] = [];
  for (const key of numbers) {
    if (scope[key] > 0 || key === 'crashes') parts.push(`${key} <= ${scope[key]}`);
  }
  for (const key of switches) parts.push(scope[key] ? key : `no ${key}`);
  const { tickMs, latency, forceLatency, drift, skew, ticks } = scope;
  if (tickMs !== undefined) {
    parts.push(`tickMs ${tickMs}`, `latency ${latency}`, `forceLatency ${forceLatency}`);
    if (drift !== '0') parts.push(`drift <= ${drift}`);
    if (skew !== 0) parts.push(`skew <= ${skew}`);
    if (ticks !== undefined) parts.push(`ticks <= ${ticks}`);
  }
  return parts.join(', ');
}
