/**
 * Renaming: plain data with the names of two symmetric nodes exchanged, wherever they occur as whole texts,
 * as parts of an address (`p1/worker`), or as keys.
 *
 * A list that mentions names is one of two things. A *sequence*, such as a queue, is renamed in its places. A
 * *set*, such as the participants of a coordinator, is kept in the order of the names, and is put into that
 * order again after renaming. Nobody has to say which: a list is taken for a set until it is found in another
 * order, and then everything begins anew with it as a sequence. A wrong guess proves nothing wrong, since what
 * is relied upon is only that steps commute with the renaming, whatever it is, and that is checked.
 */
import type { NodeId } from '../model/effects.ts';
import { UserMistake } from '../model/errors.ts';
import type { SymmetricSets, Transposition } from './symmetric-sets.ts';

/** Thrown where a list that was taken for a set has an order of its own; no mistake of anybody. */
export class OrderCounts extends Error {
  readonly place: string;

  constructor(place: string) {
    super(`the list at ${place} is not in the order of names`);
    this.place = place;
  }
}

export class Names {
  readonly symmetry: SymmetricSets;
  readonly #system: string;
  /** Where lists have an order of their own. */
  readonly #sequences: ReadonlySet<string>;
  readonly #ranks: ReadonlyMap<NodeId, number>;
  /** Finds a name as a word of a longer text. */
  readonly #word: RegExp;
  /** Texts that were found to hold no name. */
  readonly #plain = new Set<string>();

  constructor(symmetry: SymmetricSets, system: string, sequences: ReadonlySet<string>) {
    this.symmetry = symmetry;
    this.#system = system;
    this.#sequences = sequences;
    this.#ranks = new Map(symmetry.members.map((name, rank) => [name, rank]));
    const names = symmetry.members.map((name) => name.replace(/[.]/g, '\\.')).join('|');
    this.#word = new RegExp(`(?<![A-Za-z0-9])(?:${names})(?![A-Za-z0-9])`);
  }

  /** A text with the two names exchanged. `where` is how a mistake names its place. */
  text(text: string, exchange: Transposition, where: string): string {
    if (this.#plain.has(text)) return text;
    if (this.#ranks.has(text)) return exchanged(text, exchange);
    const parts = text.split('/');
    for (const part of parts)
      if (!this.#ranks.has(part) && this.#word.test(part))
        throw new UserMistake(
          `"${this.#system}" cannot be checked up to exchanges of its nodes: ${where} is ${JSON.stringify(text)}, in which the name of a node is part of a longer text; keep names as whole texts, or check it without symmetry`,
        );
    if (!parts.some((part) => this.#ranks.has(part))) {
      this.#plain.add(text);
      return text;
    }
    return parts.map((part) => exchanged(part, exchange)).join('/');
  }

  /** Plain data with the two names exchanged. `place` tells apart lists that may differ in kind. */
  data(value: unknown, exchange: Transposition, place: string): unknown {
    if (typeof value === 'string') return this.text(value, exchange, place);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return this.#list(value, exchange, place);
    const renamed: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      const name = this.text(key, exchange, `a key in ${place}`);
      // Which member a key names tells no lists apart.
      const below = this.#ranks.has(key) ? '(name)' : key;
      renamed[name] = this.data(inner, exchange, `${place}.${below}`);
    }
    return renamed;
  }

  #list(list: readonly unknown[], exchange: Transposition, place: string): readonly unknown[] {
    const renamed = list.map((element) => this.data(element, exchange, `${place}[]`));
    if (list.length < 2 || this.#sequences.has(place)) return renamed;
    const before = list.map((element) => this.#namesIn(element)).filter((names) => names !== '');
    if (before.some((names, index) => index > 0 && names < (before[index - 1] as string)))
      throw new OrderCounts(place);
    // What mentions no name stays where it is.
    const places = renamed.map((element) => this.#namesIn(element));
    const named = renamed
      .map((element, index) => ({ element, names: places[index] as string }))
      .filter(({ names }) => names !== '')
      .sort((one, other) => (one.names < other.names ? -1 : one.names > other.names ? 1 : 0));
    let next = 0;
    return renamed.map((element, index) =>
      places[index] === '' ? element : named[next++]?.element,
    );
  }

  /** The ranks of the names in plain data, in the order of its canonical text. */
  #namesIn(value: unknown): string {
    if (typeof value === 'string') {
      const ranks = value.split('/').map((part) => this.#ranks.get(part));
      const known = ranks.filter((rank) => rank !== undefined);
      return known.map((rank) => String(rank).padStart(4, '0')).join(',');
    }
    if (typeof value !== 'object' || value === null) return '';
    const parts: readonly unknown[] = Array.isArray(value)
      ? value
      : Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .flat();
    return parts
      .map((part) => this.#namesIn(part))
      .filter((names) => names !== '')
      .join(',');
  }
}

function exchanged(name: string, { a, b }: Transposition): string {
  return name === a ? b : name === b ? a : name;
}
