/**
 * What a link offers its receiver: the deliveries that the envelopes on it open in a state of the
 * receiver's node. A cache of bounded size, since contents and node states come in too many pairs to
 * keep all, and in few enough at a time for most to be found again.
 */
import type { Link } from './columns.ts';
import type { ActingMove, Moves } from './moves.ts';

/** An envelope that may be delivered, with what that does. */
export interface Offer {
  readonly envelope: number;
  /** More than one where the delivery opens choices. Never none. */
  readonly moves: readonly ActingMove[];
}

/** A power of two. */
const slots = 1 << 12;
const none: readonly Offer[] = [];

export class Offers {
  readonly #moves: Moves;
  readonly #link: Link;
  /** Of each slot the node's state plus 1 and the link's content, then what they offer. */
  readonly #keys = new Int32Array(2 * slots);
  readonly #known: (readonly Offer[])[] = Array.from({ length: slots }, () => none);

  constructor(moves: Moves, link: Link) {
    this.#moves = moves;
    this.#link = link;
  }

  /** What the content offers in that state of the node. */
  of(state: number, content: number): readonly Offer[] {
    const slot = (Math.imul(state, 0x9e3779b1) + content) & (slots - 1);
    const keys = this.#keys;
    if (keys[slot << 1] === state + 1 && keys[(slot << 1) | 1] === content)
      return this.#known[slot] as readonly Offer[];
    const offers = this.#find(state, content);
    keys[slot << 1] = state + 1;
    keys[(slot << 1) | 1] = content;
    this.#known[slot] = offers;
    return offers;
  }

  #find(state: number, content: number): readonly Offer[] {
    const { target, contents } = this.#link;
    if (!this.#moves.local(target, state).ready) return none;
    const offers: Offer[] = [];
    for (const envelope of contents.takeable(content)) {
      const moves = this.#moves.deliveries(target, state, envelope);
      if (moves.length > 0) offers.push({ envelope, moves });
    }
    return offers.length === 0 ? none : offers;
  }
}
