/** Calls that a service holds: who asked, and where each is worked on or waits. */
import type { Attempt } from './messages.ts';

/** A call at the service. */
export interface Held {
  readonly key: string;
  readonly from: string;
  readonly input: unknown;
  /** The place at which it is worked on or waits: the name of the instance that counts its time. */
  readonly place: string;
  readonly attempt?: string;
  /** Further attempts of a call whose effect happens once: they get the answer of the first. */
  readonly others?: readonly Asker[];
}

/** One of those who asked for a call. */
export interface Asker extends Attempt {
  readonly from: string;
}

/** The lowest free place: the same few places serve for ever. In one pass, since under overload many wait. */
export function freePlace(taken: readonly Held[]): string {
  const isTaken: boolean[] = [];
  for (const { place } of taken) isTaken[Number(place)] = true;
  let number = 1;
  while (isTaken[number] === true) number++;
  return String(number);
}

export function without(calls: readonly Held[], gone: Held): readonly Held[] {
  return calls.filter((one) => one !== gone);
}

/** Everybody who gets the answer of a call. */
export function askers({ from, attempt, others = [] }: Held): readonly Asker[] {
  return [attempt === undefined ? { from } : { from, attempt }, ...others];
}

export function isSame(one: Asker, other: Asker): boolean {
  return one.from === other.from && one.attempt === other.attempt;
}

/** How much calls with an input matter; left out, all the same. */
export type Priority = ((input: unknown) => number) | undefined;

/** Of those that wait the one that matters least, and of these the last that came. */
export function leastOf(waiting: readonly Held[], priority: Priority): Held {
  const of = ({ input }: Held): number => priority?.(input) ?? 0;
  return waiting.reduce((least, one) => (of(one) <= of(least) ? one : least));
}

/** Who is served next: of those that matter most the first that came, or the last. */
export function nextOf(
  waiting: readonly Held[],
  discipline: 'fifo' | 'lifo',
  priority: Priority,
): Held | undefined {
  if (priority === undefined) return discipline === 'fifo' ? waiting[0] : waiting.at(-1);
  const most = Math.max(...waiting.map(({ input }) => priority(input)));
  const first = waiting.filter(({ input }) => priority(input) === most);
  return discipline === 'fifo' ? first[0] : first.at(-1);
}
