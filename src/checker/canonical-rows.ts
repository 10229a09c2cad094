/**
 * Canonical forms of rows: the same for a row and all its exchanged versions, and one of them, so that states
 * are counted by orbits.
 *
 * The members of each set are sorted by their signatures, which do not depend on names; of the versions that
 * are sorted so, which differ only in the places of members with equal signatures, the least is taken.
 * (Sorting by a part of the state and taking what comes is no canonical form: it counts some orbits twice.)
 */
import { orbitOf } from './orbit.ts';
import type { PackedRows } from './packed-rows.ts';
import type { RowAction } from './row-action.ts';
import type { SymmetricSets } from './symmetric-sets.ts';

export class CanonicalRows {
  /** The row before it was made canonical: the state that the last step really led to. */
  readonly reached: Int32Array;
  readonly #action: RowAction;
  readonly #rows: PackedRows;
  readonly #sets: readonly { readonly members: number; readonly firstTransposition: number }[];
  readonly #all: readonly number[];
  readonly #signatures: Int32Array;
  #form: Int32Array;
  /** Whether the form is the row itself. */
  #isUnchanged = true;
  #spare: Int32Array;

  constructor(action: RowAction, rows: PackedRows, { sets, members }: SymmetricSets) {
    this.#action = action;
    this.#rows = rows;
    let before = 0;
    this.#sets = sets.map(({ length }) => {
      const firstTransposition = before;
      before += length - 1;
      return { members: length, firstTransposition };
    });
    this.#all = action.renamings.map((_, transposition) => transposition);
    this.#signatures = new Int32Array(members.length);
    this.reached = new Int32Array(action.width);
    this.#form = new Int32Array(action.width);
    this.#spare = new Int32Array(action.width);
  }

  /** Keeps the row under construction. */
  note(): void {
    const { reached } = this;
    reached.fill(0);
    for (let column = 0; column < this.#rows.columns; column++)
      reached[column] = this.#rows.get(column);
  }

  /** Replaces the row under construction, which has been noted, by its canonical form. */
  settle(): void {
    const rows = this.#rows;
    const form = this.of(this.reached);
    if (this.#isUnchanged) return;
    // Renaming may have brought in columns of links that nobody had used.
    for (let column = 0; column < rows.columns; column++) rows.set(column, form[column] as number);
  }

  /** The canonical form, which is overwritten by the next. */
  of(row: Int32Array): Int32Array {
    this.#form.set(row);
    this.#isUnchanged = true;
    let ties: readonly number[] = noTies;
    let first = 0;
    for (const { members, firstTransposition } of this.#sets) {
      for (let place = 0; place < members; place++)
        this.#signatures[first + place] = this.#action.signature(
          this.#form,
          this.#rows.columns,
          first + place,
        );
      const own = this.#sort(first, members, firstTransposition);
      if (own.length > 0) ties = [...ties, ...own];
      first += members;
    }
    if (ties.some((tie) => this.#changes(tie))) this.#takeLeast(ties);
    return this.#form;
  }

  /** Sorts the members of a set, by exchanges of neighbours. Returns those between equal neighbours. */
  #sort(first: number, members: number, transposition: number): readonly number[] {
    const signatures = this.#signatures;
    for (let end = 1; end < members; end++)
      for (let place = end; place > 0; place--) {
        const [one, other] = [first + place - 1, first + place];
        const before = signatures[one] as number;
        const after = signatures[other] as number;
        if (before <= after) break;
        this.#exchange(transposition + place - 1);
        signatures[one] = after;
        signatures[other] = before;
      }
    let ties: number[] | undefined;
    for (let place = 1; place < members; place++)
      if (signatures[first + place - 1] === signatures[first + place]) {
        ties ??= [];
        ties.push(transposition + place - 1);
      }
    return ties ?? noTies;
  }

  #exchange(transposition: number): void {
    this.#action.apply(transposition, this.#form, this.#rows.columns, this.#spare);
    const form = this.#form;
    this.#form = this.#spare;
    this.#spare = form;
    this.#isUnchanged = false;
  }

  #changes(transposition: number): boolean {
    this.#action.apply(transposition, this.#form, this.#rows.columns, this.#spare);
    return !equal(this.#form, this.#spare);
  }

  /** Of all versions that exchanges of tied neighbours lead to, the least by columns. */
  #takeLeast(ties: readonly number[]): void {
    this.#isUnchanged = false;
    for (const [version] of this.versions([this.#form.slice()], undefined, ties))
      if (isLess(version as Int32Array, this.#form)) this.#form.set(version as Int32Array);
  }

  /**
   * What exchanges make of some rows at once, the rows themselves first. Versions with equal keys are told
   * once, so that equal keys must have images with equal keys. Default: by all exchanges, all columns.
   */
  versions(
    rows: readonly Int32Array[],
    keyOf: (version: readonly Int32Array[]) => string = (version) => version.join(';'),
    transpositions = this.#all,
  ): readonly (readonly Int32Array[])[] {
    const { members } = orbitOf(rows, keyOf, (version) =>
      transpositions.map((transposition) =>
        version.map((row) => {
          const image = new Int32Array(this.#action.width);
          this.#action.apply(transposition, row, this.#rows.columns, image);
          return image;
        }),
      ),
    );
    return members;
  }
}

const noTies: readonly number[] = [];

function equal(one: Int32Array, other: Int32Array): boolean {
  for (let column = 0; column < one.length; column++)
    if (one[column] !== other[column]) return false;
  return true;
}

function isLess(one: Int32Array, other: Int32Array): boolean {
  for (let column = 0; column < one.length; column++) {
    const difference = (one[column] as number) - (other[column] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
