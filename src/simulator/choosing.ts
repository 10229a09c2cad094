/**
 * Spontaneous choices in time. The choices that open together are alternatives: one of them is drawn by
 * weight and comes after its delay. Choices that open while it is awaited are another draw, and the two
 * race; what has closed by the time it comes falls away.
 */
import type { EventObject } from 'xstate';
import type { Address } from '../model/effects.ts';
import type { Choice } from '../model/process.ts';
import type { Streams } from './random.ts';

/** A drawn choice that has not come yet. */
export interface AwaitedChoice {
  readonly process: Address;
  readonly event: EventObject;
  /** The alternatives among which it was drawn, itself included. */
  readonly among: readonly EventObject[];
}

/** The awaited choices of one node. A class, since its identity matters: a crash empties it. */
export class AwaitedChoices {
  readonly #awaited = new Map<Address, AwaitedChoice[]>();

  has(choice: AwaitedChoice): boolean {
    return this.#awaited.get(choice.process)?.includes(choice) === true;
  }

  /** It has come, or fallen away. */
  remove(choice: AwaitedChoice): void {
    const others = this.#awaited.get(choice.process)?.filter((other) => other !== choice) ?? [];
    this.#awaited.set(choice.process, others);
  }

  clear(): void {
    this.#awaited.clear();
  }

  /**
   * Draws among the open choices of a process that no awaited draw is about; undefined when there are
   * none. Draws whose choice has closed fall away first, and their alternatives are drawn again.
   */
  next(
    process: Address,
    open: readonly Choice[],
    streams: Streams,
  ): { readonly choice: AwaitedChoice; readonly after: Choice['after'] } | undefined {
    const awaited = (this.#awaited.get(process) ?? []).filter(({ event }) =>
      open.some((choice) => choice.event === event),
    );
    const undrawn = open.filter(({ event }) => !awaited.some(({ among }) => among.includes(event)));
    this.#awaited.set(process, awaited);
    if (undrawn.length === 0) return undefined;
    const { event, after } = drawByWeight(process, undrawn, streams);
    const choice = { process, event, among: undrawn.map((one) => one.event) };
    awaited.push(choice);
    return { choice, after };
  }
}

/** One of the choices, by weight; nothing is drawn where there is only one. */
export function drawByWeight(process: Address, open: readonly Choice[], streams: Streams): Choice {
  const [first] = open;
  if (first === undefined) throw new Error('broken promise: there is no open choice');
  if (open.length === 1) return first;
  let total = 0;
  for (const { weight = 1 } of open) total += weight;
  let left = streams.draw('choice', process) * total;
  for (const choice of open) {
    left -= choice.weight ?? 1;
    if (left < 0) return choice;
  }
  return first;
}
