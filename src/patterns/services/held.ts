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
