/** The bounds of timed timing, as part of a scope: the tick, latencies, the clocks, the end of time. */
import { UserMistake } from './errors.ts';
import type { Instance } from './instance.ts';
import type { Timing } from './property.ts';
import { type FullScope, fullScope, timedKeys } from './scope.ts';
import { longestTick, type Ticks } from './ticks.ts';

/** What timed timing takes for granted of messages, disks and clocks. */
export interface TimedBounds {
  readonly tickMs: number;
  /** How long a message travels. */
  readonly latency: Ticks;
  /** How long a forced write takes. */
  readonly forceLatency: Ticks;
  /** In t ticks a node's clock advances by t, give or take ⌈t · numerator / denominator⌉. */
  readonly drift: { readonly numerator: number; readonly denominator: number };
  /** The clocks of nodes start at most this many ticks apart. */
  readonly skew: number;
  /** The number of ticks after which nothing more is asked; undefined: time does not end. */
  readonly ticks: number | undefined;
}

/** The scope of a question under a timing, and under timed timing its bounds. */
export interface TimingScope {
  readonly scope: FullScope;
  readonly bounds: TimedBounds | undefined;
}

/** The scope of a check. Throws a {@link UserMistake} for an illegal or misplaced bound. */
export function scopeUnder(
  timing: Timing,
  given: Readonly<Record<string, unknown>>,
  instance: Instance,
): TimingScope {
  const { system, network } = instance;
  const defaults = system.scope ?? {};
  if (timing !== 'timed') return { scope: fullScope(given, defaults, network), bounds: undefined };
  const untimed = Object.entries(given).filter(([key]) => !timedKeys.includes(key));
  const scope = fullScope(Object.fromEntries(untimed), defaults, network);
  const bounds = timedBounds({ ...defaults, ...withoutUndefined(given) }, instance);
  const { tickMs, drift, skew, ticks } = bounds;
  const timed: FullScope = {
    ...scope,
    tickMs,
    latency: rangeText(bounds.latency),
    forceLatency: rangeText(bounds.forceLatency),
    drift: drift.numerator === 0 ? '0' : `${drift.numerator}/${drift.denominator}`,
    skew,
    ...(ticks === undefined ? {} : { ticks }),
  };
  return { scope: timed, bounds };
}

function timedBounds(chosen: Readonly<Record<string, unknown>>, { nodes }: Instance): TimedBounds {
  return {
    tickMs: chosen.tickMs === undefined ? longestTick(nodes) : tickOf(chosen.tickMs),
    latency: rangeOf('latency', chosen.latency ?? '0..1'),
    forceLatency: rangeOf('forceLatency', chosen.forceLatency ?? '0..1'),
    drift: driftOf(chosen.drift ?? '0'),
    skew: wholeOf('skew', chosen.skew ?? 0),
    ticks: chosen.ticks === undefined ? undefined : wholeOf('ticks', chosen.ticks),
  };
}

function refuse(key: string, value: unknown, legal: string): never {
  throw new UserMistake(`the scope's ${key} is ${JSON.stringify(value)}; it must be ${legal}`);
}

function numberOf(value: unknown): number {
  if (typeof value === 'string' && value.trim() !== '') return Number(value);
  return typeof value === 'number' ? value : Number.NaN;
}

function tickOf(value: unknown): number {
  const ms = numberOf(value);
  // Virtual time is a whole number of microseconds, and so is a tick.
  return ms > 0 && Number.isInteger(ms * 1000)
    ? ms
    : refuse('tickMs', value, 'a number of milliseconds above zero, such as 10 or 0.5');
}

function wholeOf(key: string, value: unknown): number {
  const number = numberOf(value);
  return Number.isInteger(number) && number >= 0
    ? number
    : refuse(key, value, 'a whole number of ticks, 0 or more');
}

function rangeOf(key: string, value: unknown): Ticks {
  const legal = 'whole ticks: 2, "1..3" or "1.." (no longest)';
  const parts = /^(\d+)(\.\.(\d*))?$/.exec(String(value).trim());
  if (parts === null) return refuse(key, value, legal);
  const [, least = '', range, most = ''] = parts;
  const min = Number(least);
  const max = range === undefined ? min : most === '' ? Infinity : Number(most);
  return max < min
    ? refuse(key, value, `${legal}, the longest at least the shortest`)
    : { min, max };
}

function driftOf(value: unknown): TimedBounds['drift'] {
  const legal = 'a fraction below 1 such as "1/10", or 0 for perfect clocks';
  const parts = /^(\d+)(?:\/(\d+))?$/.exec(String(value).trim());
  const numerator = Number(parts?.[1] ?? Number.NaN);
  const denominator = Number(parts?.[2] ?? 1);
  return numerator < denominator ? { numerator, denominator } : refuse('drift', value, legal);
}

function rangeText({ min, max }: Ticks): string {
  if (min === max) return String(min);
  return `${min}..${max === Infinity ? '' : max}`;
}

function withoutUndefined(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
