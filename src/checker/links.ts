/**
 * The contents of links as small numbers: number 0 is the empty link, and adding or taking an envelope
 * leads from number to number, each step computed once.
 */
import { isQueue, keepsDelivered, type NetworkSemantics } from '../model/network.ts';

export class LinkContents {
  /** Whether a message was left out, because as many equal ones as the scope allows were there. */
  hasMerged = false;
  readonly #queue: boolean;
  readonly #copies: number;
  readonly #contents: (readonly number[])[] = [[]];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #after: number[][] = [];
  readonly #without: number[][] = [];
  readonly #takeable: (readonly number[])[] = [[]];

  constructor(network: NetworkSemantics, copies: number) {
    this.#queue = isQueue(network);
    this.#copies = keepsDelivered(network) ? 1 : copies;
  }

  /** The envelopes on the link, oldest first in a queue, else by number. */
  content(number: number): readonly number[] {
    return this.#contents[number] as readonly number[];
  }

  /** The most envelopes that were ever on the link at once. */
  get longest(): number {
    return this.#contents.reduce((longest, { length }) => Math.max(longest, length), 0);
  }

  /** The envelopes that may be delivered next, each once. */
  takeable(number: number): readonly number[] {
    return this.#takeable[number] as readonly number[];
  }

  with(number: number, envelope: number): number {
    let row = this.#after[number];
    if (row === undefined) {
      row = [];
      this.#after[number] = row;
    }
    let after = row[envelope];
    if (after === undefined) {
      const content = this.content(number);
      const present = content.filter((other) => other === envelope).length;
      const added = [...content, envelope];
      if (!this.#queue) added.sort((a, b) => a - b);
      if (present >= this.#copies) this.hasMerged = true;
      after = present >= this.#copies ? number : this.#numberOf(added);
      row[envelope] = after;
    }
    return after;
  }

  /** The content with the envelope in that place of a queue taken. */
  withoutAt(number: number, position: number): number {
    return this.#numberOf(this.content(number).toSpliced(position, 1));
  }

  /** One copy of the envelope taken: in a queue the head. */
  without(number: number, envelope: number): number {
    let row = this.#without[number];
    if (row === undefined) {
      row = [];
      this.#without[number] = row;
    }
    let after = row[envelope];
    if (after === undefined) {
      const content = this.content(number);
      after = this.#numberOf(content.toSpliced(content.indexOf(envelope), 1));
      row[envelope] = after;
    }
    return after;
  }

  #numberOf(content: readonly number[]): number {
    const key = content.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#contents.length;
      this.#numbers.set(key, number);
      this.#contents.push(content);
      this.#takeable.push(this.#queue ? content.slice(0, 1) : [...new Set(content)]);
    }
    return number;
  }
}
