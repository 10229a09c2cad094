/**
 * The messages of a link with their ages in ticks, as small numbers: number 0 is the empty link. In a
 * queue messages arrive in the order of sending, so that ages belong to places: what arrives is the head.
 */
import { isQueue, keepsDelivered, type NetworkSemantics } from '../model/network.ts';
import type { Ticks } from '../model/ticks.ts';
import { Numbering } from './numbering.ts';
import { lastChange } from './timed-slots.ts';

/** An envelope, by number, and how long it has been on its way. */
export interface Aged {
  readonly envelope: number;
  readonly age: number;
}

export class TimedLinkContents {
  /** Whether a message was left out, because as many equal ones as the scope allows were there. */
  hasMerged = false;
  readonly #queue: boolean;
  readonly #copies: number;
  readonly #saturates: number;
  readonly #contents = new Numbering<readonly Aged[]>();

  constructor(network: NetworkSemantics, copies: number, latency: Ticks) {
    const keeps = keepsDelivered(network);
    this.#queue = isQueue(network);
    this.#numberOf([]);
    this.#copies = keeps ? 1 : copies;
    // What stays after a delivery may be delivered again at any time.
    this.#saturates = keeps ? latency.min : lastChange(latency);
  }

  /** The messages on the link, oldest first in a queue, else by number and age. */
  content(number: number): readonly Aged[] {
    return this.#contents.all[number] as readonly Aged[];
  }

  /** The places that may arrive next: the head of a queue, else one of each envelope and age. */
  takeable(number: number): readonly number[] {
    const content = this.content(number);
    if (this.#queue) return content.length === 0 ? [] : [0];
    const isFirst = ({ envelope, age }: Aged, place: number): boolean =>
      content[place - 1]?.envelope !== envelope || content[place - 1]?.age !== age;
    return [...content.keys()].filter((place) => isFirst(content[place] as Aged, place));
  }

  with(number: number, envelope: number): number {
    const content = this.content(number);
    const present = content.filter((other) => other.envelope === envelope).length;
    if (present >= this.#copies) {
      this.hasMerged = true;
      return number;
    }
    return this.#numberOf([...content, { envelope, age: 0 }]);
  }

  without(number: number, place: number): number {
    return this.#numberOf(this.content(number).toSpliced(place, 1));
  }

  /** Delivered, and a copy begins its way. In a queue it stays the head, and one arrival more follows. */
  kept(number: number, place: number): number {
    const content = this.content(number);
    const { envelope } = content[place] as Aged;
    if (!this.#queue) return this.#numberOf(content.with(place, { envelope, age: 0 }));
    const ages = [...content.slice(1).map(({ age }) => age), 0];
    return this.#numberOf(
      content.map((one, at) => ({ envelope: one.envelope, age: ages[at] as number })),
    );
  }

  afterTick(number: number): number {
    if (number === 0) return 0;
    return this.#numberOf(
      this.content(number).map(({ envelope, age }) => ({
        envelope,
        age: Math.min(age + 1, this.#saturates),
      })),
    );
  }

  #numberOf(found: readonly Aged[]): number {
    const content = this.#queue
      ? found
      : found.toSorted((a, b) => a.envelope - b.envelope || a.age - b.age);
    const key = content.map(({ envelope, age }) => `${envelope}.${age}`).join();
    return this.#contents.of(key, content);
  }
}
