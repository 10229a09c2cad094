/** What policies have in common: calls that they hold, by the names of the instances that count their times. */
import type { Distribution } from '../../model/distribution.ts';
import type { Finished, Received } from '../../model/effects.ts';
import { defineFamily, type Family } from '../../model/process.ts';
import type { Call, ServiceMessage } from '../services/messages.ts';
import { type Asked, asked, isCall, type Place } from './policy.ts';
import { timerMachine } from './timers.ts';

/** What a policy hears: calls from above, answers from below, and its timers. */
export type PolicyEvent = Received<ServiceMessage> | Finished;

/** What a guard or an action of a policy is given. */
export interface PolicyArgs<TContext> {
  readonly context: TContext;
  readonly event: PolicyEvent;
}

/** A call with a place of its own. */
export interface Placed extends Asked {
  /** The name of the instances that count its times. */
  readonly place: number;
}

/** The lowest number that none of them has: the same few serve for ever. In one pass, since many may be out. */
export function lowestFree(taken: readonly number[]): number {
  const isTaken: boolean[] = [];
  for (const number of taken) isTaken[number] = true;
  let number = 1;
  while (isTaken[number] === true) number++;
  return number;
}

/** The call that has come, at the lowest place that these leave free. */
export function placed(event: unknown, calls: readonly Placed[]): Placed {
  const place = lowestFree(calls.map((one) => one.place));
  return { ...asked(event as Received<Call>), place };
}

/** The call that an event is about: by its key and attempt, or by the place whose time is over. */
export function heldIn<T extends Placed>(calls: readonly T[], event: PolicyEvent): T | undefined {
  return event.type === 'FINISHED'
    ? calls.find(({ place }) => String(place) === event.key)
    : calls.find((one) => isCall(one, event));
}

/** The calls without one of them. */
export function without<T>(calls: readonly T[], gone: T | undefined): readonly T[] {
  return calls.filter((one) => one !== gone);
}

/** The calls with one of them replaced. */
export function replaced<T>(calls: readonly T[], one: T | undefined, by: T): readonly T[] {
  return calls.map((other) => (other === one ? by : other));
}

/** A family of timers under this law; none where there is no law. */
export function timers(
  place: Place,
  name: string,
  law: Distribution | null | undefined,
): Readonly<Record<string, Family>> {
  if (law === undefined || law === null) return {};
  return { [place.family(name)]: defineFamily({ machine: timerMachine, delays: { time: law } }) };
}
