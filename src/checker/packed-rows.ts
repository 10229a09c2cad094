/**
 * Global states as rows of small integers, one a column, packed into as few bits as the values seen so
 * far need, in a set with open addressing. A JavaScript Map of states is ten times slower and ends at
 * 16.7 million entries. Spin calls the same idea COLLAPSE (Holzmann 1997).
 *
 * The successors of a state are drafted first and then added together, in one short loop each.
 */
import { firstColumnHash, rowHash, secondColumnHash } from './hashes.ts';
import { Integers } from './integers.ts';
import { RowChunks } from './row-chunks.ts';
import { bitsOf, RowLayout } from './row-layout.ts';

/**
 * What is kept of a state that has been expanded: its whole row, or 64 bits that stand for it, which
 * two different states may share.
 */
export type Store = 'exact' | 'fingerprints';

/** In which order states are expanded: the oldest first, or the newest. */
export type Order = 'breadth-first' | 'depth-first';

export class PackedRows {
  readonly #order: Order;
  /** How rows are packed at present. */
  layout: RowLayout;
  /** All rows; with fingerprints those that wait to be expanded, by index or, newest last, as a stack. */
  readonly #rows: RowChunks;
  /** The second halves of all fingerprints. */
  readonly #second: Integers | undefined;
  /** Pairs of index + 1 and hash, 0 being an empty slot. */
  #table = new Int32Array(2 << 12);
  /** How many rows the table takes before it grows. */
  #most = mostIn(this.#table);
  /** By column four numbers: its word, its lowest bit there, its mask, and its largest value so far. */
  #places: Int32Array;
  /** Whether a column has been promised a value that it has no room for. */
  #outgrown = false;
  /** The row that is being expanded, the halves of its fingerprint where those are kept, its index. */
  #base: Int32Array;
  #baseFirst = 0;
  #baseSecond = 0;
  #loaded = -1;
  /** Rows under construction, one after the other: those staged, and the draft. */
  #drafts: Int32Array;
  /** Where the draft begins, and the halves of its fingerprint. */
  #from = 0;
  #firstHalf = 0;
  #secondHalf = 0;
  /** How many drafts are staged. */
  staged = 0;
  /** Of what is staged the hashes, which with fingerprints are their first halves, and the second halves. */
  #hashes: Int32Array = new Int32Array(fewDrafts);
  #secondHalves: Int32Array = new Int32Array(fewDrafts);
  /** What became of them: the index of each, or -1 - index where the row was there already. */
  settled: Int32Array = new Int32Array(fewDrafts);
  /** The index of the draft, once it has been added. */
  #added = -1;
  /** Whether a column of the draft has been set since it was equal to the base. */
  changed = false;
  size = 0;

  constructor(columns: number, store: Store = 'exact', order: Order = 'breadth-first') {
    this.#order = order;
    this.layout = new RowLayout(Array.from({ length: columns }, () => 0));
    this.#places = placesOf(this.layout, new Int32Array(columns));
    this.#rows = new RowChunks(this.layout.words);
    this.#second = store === 'fingerprints' ? new Integers() : undefined;
    this.#base = new Int32Array(this.layout.words);
    this.#drafts = new Int32Array(fewDrafts * this.layout.words);
  }

  get columns(): number {
    return this.layout.columns;
  }

  /** A new column, zero in every row so far. Returns its number. */
  addColumn(): number {
    const column = this.columns;
    this.#relayout([...this.#largest(), 0]);
    return column;
  }

  #largest(): number[] {
    return Array.from(
      { length: this.columns },
      (_, column) => this.#places[column * 4 + 3] as number,
    );
  }

  /**
   * Makes a row the base, and the draft equal to it. With fingerprints it must be the next in order, and
   * is let go.
   */
  load(index: number): void {
    if (this.#second === undefined) this.#rows.read(index, this.#base);
    else if (this.#order === 'breadth-first') {
      this.#rows.read(index, this.#base);
      this.#rows.dropBefore(index);
    } else {
      this.#rows.read(this.#rows.length - 1, this.#base);
      this.#rows.removeLast();
    }
    this.#loaded = index;
    this.#begin();
  }

  /** Makes a row of these values the base, as {@link load} does; for rows that are no longer kept. */
  loadValues(index: number, values: Int32Array): void {
    this.#base.fill(0);
    const { word, shift } = this.layout;
    for (let column = 0; column < this.columns; column++) {
      const at = word[column] as number;
      const bits = (values[column] ?? 0) << (shift[column] as number);
      this.#base[at] = (this.#base[at] as number) | bits;
    }
    this.#loaded = index;
    this.#begin();
  }

  /** The base has been read: nothing is staged, and the draft is equal to it. */
  #begin(): void {
    if (this.#second !== undefined) {
      this.#baseFirst = 0;
      this.#baseSecond = 0;
      for (let column = 0; column < this.columns; column++) {
        const value = this.layout.read(this.#base, 0, column);
        this.#baseFirst ^= firstColumnHash(column, value);
        this.#baseSecond ^= secondColumnHash(column, value);
      }
    }
    this.unstage();
  }

  /** Makes the draft equal to the base again. */
  reset(): void {
    if (!this.changed) return;
    const base = this.#base;
    const drafts = this.#drafts;
    const from = this.#from;
    for (let i = 0; i < base.length; i++) drafts[from + i] = base[i] as number;
    this.#firstHalf = this.#baseFirst;
    this.#secondHalf = this.#baseSecond;
    this.#added = -1;
    this.changed = false;
  }

  /** The value of a column of the draft. */
  get(column: number): number {
    const places = this.#places;
    const at = column << 2;
    const word = this.#drafts[this.#from + (places[at] as number)] as number;
    return (word >>> (places[at + 1] as number)) & (places[at + 2] as number);
  }

  /** Sets a column of the draft. */
  set(column: number, value: number): void {
    if (!this.#fits(column, value)) this.#widen(column, value);
    const places = this.#places;
    const drafts = this.#drafts;
    const at = column << 2;
    const word = this.#from + (places[at] as number);
    const bits = places[at + 1] as number;
    const before = ((drafts[word] as number) >>> bits) & (places[at + 2] as number);
    if (before === value) return;
    drafts[word] = (drafts[word] as number) ^ ((before ^ value) << bits);
    if (this.#second !== undefined) {
      this.#firstHalf ^= firstColumnHash(column, before) ^ firstColumnHash(column, value);
      this.#secondHalf ^= secondColumnHash(column, before) ^ secondColumnHash(column, value);
    }
    this.#added = -1;
    this.changed = true;
  }

  /**
   * Drafts the base with some columns changed, to be added later. The columns are given with their
   * values, each once. Returns the draft's place, or that nothing has changed.
   */
  stage(changes: Int32Array, length: number): number {
    for (let i = 0; i < length; i += 2)
      if (!this.#fits(changes[i] as number, changes[i + 1] as number)) {
        this.#makeRoomFor(changes, length);
        break;
      }
    const base = this.#base;
    const drafts = this.#drafts;
    const places = this.#places;
    const from = this.#from;
    for (let i = 0; i < base.length; i++) drafts[from + i] = base[i] as number;
    let difference = 0;
    for (let i = 0; i < length; i += 2) {
      const value = changes[i + 1] as number;
      const at = (changes[i] as number) << 2;
      const word = from + (places[at] as number);
      const bits = places[at + 1] as number;
      const before = ((drafts[word] as number) >>> bits) & (places[at + 2] as number);
      drafts[word] = (drafts[word] as number) ^ ((before ^ value) << bits);
      difference |= before ^ value;
    }
    this.changed = true;
    if (difference === 0) return unchanged;
    const place = this.staged++;
    if (this.#second === undefined) this.#hashes[place] = rowHash(drafts, from, base.length);
    else this.#stageHalves(place, changes, length);
    this.#from = from + base.length;
    if (this.staged === this.#hashes.length) this.#makeRoomForDrafts();
    return place;
  }

  #stageHalves(place: number, changes: Int32Array, length: number): void {
    let first = this.#baseFirst;
    let second = this.#baseSecond;
    for (let i = 0; i < length; i += 2) {
      const column = changes[i] as number;
      const before = this.layout.read(this.#base, 0, column);
      const value = changes[i + 1] as number;
      first ^= firstColumnHash(column, before) ^ firstColumnHash(column, value);
      second ^= secondColumnHash(column, before) ^ secondColumnHash(column, value);
    }
    this.#hashes[place] = first;
    this.#secondHalves[place] = second;
  }

  /** One pass over all rows makes room for all that a step changes. */
  #makeRoomFor(changes: Int32Array, length: number): void {
    for (let i = 0; i < length; i += 2)
      this.reserve(changes[i] as number, changes[i + 1] as number);
    this.makeRoom();
  }

  /** Whether the column has had a value as large, so that setting it moves nothing. */
  #fits(column: number, value: number): boolean {
    return value <= (this.#places[(column << 2) | 3] as number);
  }

  #makeRoomForDrafts(): void {
    const longer = (words: Int32Array): Int32Array => {
      const twice = new Int32Array(2 * words.length);
      twice.set(words);
      return twice;
    };
    this.#drafts = longer(this.#drafts);
    this.#hashes = longer(this.#hashes);
    this.#secondHalves = longer(this.#secondHalves);
    this.settled = longer(this.settled);
  }

  /**
   * Adds what is staged from one place on and before another. What becomes of each is then in
   * {@link settled}, as {@link add} returns it.
   */
  settle(first: number, past: number): void {
    while (this.size + past - first > this.#most) this.#rebuild(2 * this.#table.length);
    const table = this.#table;
    const last = (table.length >> 1) - 1;
    const hashes = this.#hashes;
    const words = this.#base.length;
    const { settled } = this;
    // None of these reads waits for another, so that memory answers them together; what follows finds its
    // place in the table at hand. Measured: a sixth less time for settling.
    for (let place = first; place < past; place++)
      settled[place] = table[((hashes[place] as number) & last) << 1] as number;
    for (let place = first; place < past; place++) {
      const hash = hashes[place] as number;
      let slot = hash & last;
      let known = 0;
      for (;;) {
        const entry = table[slot << 1] as number;
        if (entry === 0) break;
        if ((table[(slot << 1) | 1] as number) === hash && this.#isThere(entry - 1, place)) {
          known = -entry;
          break;
        }
        slot = (slot + 1) & last;
      }
      if (known === 0) {
        settled[place] = this.size++;
        table[slot << 1] = this.size;
        table[(slot << 1) | 1] = hash;
        this.#rows.push(this.#drafts, place * words);
        this.#second?.push(this.#secondHalves[place] as number);
      } else settled[place] = known;
    }
  }

  /** Whether the row of that index is equal to what is staged. */
  #isThere(index: number, place: number): boolean {
    if (this.#second !== undefined) return this.#second.at(index) === this.#secondHalves[place];
    const drafts = this.#drafts;
    const words = this.#base.length;
    const from = place * words;
    const chunk = this.#rows.chunk(index);
    const at = this.#rows.offset(index);
    for (let i = 0; i < words; i++) if (chunk[at + i] !== drafts[from + i]) return false;
    return true;
  }

  /** Makes a settled draft the one whose values can be read, where its row may not be kept. */
  show(place: number, index: number): void {
    if (this.#second === undefined) return;
    this.#from = place * this.#base.length;
    this.#added = index;
  }

  /** Forgets what is staged; the draft is equal to the base. */
  unstage(): void {
    this.staged = 0;
    this.#from = 0;
    this.changed = true;
    this.reset();
  }

  /** Unpacks a row into `values`: any row, or with fingerprints the base or the draft that was added. */
  unpack(index: number, values: Int32Array): void {
    const { columns, word, shift, mask } = this.layout;
    const words = this.wordsOf(index);
    const from = this.fromOf(index);
    for (let column = 0; column < columns; column++) {
      const bits = (words[from + (word[column] as number)] as number) >>> (shift[column] as number);
      values[column] = bits & (mask[column] as number);
    }
  }

  /** A row unpacked, of those that {@link unpack} knows. */
  values(index: number): Int32Array {
    const values = new Int32Array(this.columns);
    this.unpack(index, values);
    return values;
  }

  /** One column of a row, of those that {@link unpack} knows. */
  value(index: number, column: number): number {
    return this.layout.read(this.wordsOf(index), this.fromOf(index), column);
  }

  /** Where a row stands until rows are packed anew, of those that {@link unpack} knows. */
  wordsOf(index: number): Int32Array {
    if (index === this.#loaded) return this.#base;
    if (index === this.#added) return this.#drafts;
    if (this.#second !== undefined)
      throw new Error(`broken promise: of state ${index} only the fingerprint is kept`);
    return this.#rows.chunk(index);
  }

  /** Where the row begins in {@link wordsOf}. */
  fromOf(index: number): number {
    if (index === this.#loaded) return 0;
    return index === this.#added ? this.#from : this.#rows.offset(index);
  }

  /** Adds the draft. Returns its index, or -1 - index when it was there already. */
  add(): number {
    const place = this.staged;
    this.#hashes[place] = this.#hash();
    this.#secondHalves[place] = this.#secondHalf;
    this.settle(place, place + 1);
    const added = this.settled[place] as number;
    this.#added = added < 0 ? -1 - added : added;
    return added;
  }

  #hash(): number {
    if (this.#second !== undefined) return this.#firstHalf;
    return rowHash(this.#drafts, this.#from, this.#base.length);
  }

  /** Takes back the row that was added last, by the last place that was settled. */
  removeLast(place = this.staged): void {
    const index = --this.size;
    const last = (this.#table.length >> 1) - 1;
    let slot = (this.#hashes[place] as number) & last;
    while (this.#table[slot << 1] !== index + 1) slot = (slot + 1) & last;
    // No other row was put behind it, so that its slot may be free again.
    this.#table[slot << 1] = 0;
    this.#rows.removeLast();
    this.#second?.removeLast();
    this.#added = -1;
  }

  /** A table of that length with the entries of this one. */
  #rebuild(length: number): void {
    const before = this.#table;
    const table = new Int32Array(length);
    const last = (length >> 1) - 1;
    for (let at = 0; at < before.length; at += 2) {
      const entry = before[at] as number;
      if (entry === 0) continue;
      const hash = before[at + 1] as number;
      let slot = hash & last;
      while (table[slot << 1] !== 0) slot = (slot + 1) & last;
      table[slot << 1] = entry;
      table[(slot << 1) | 1] = hash;
    }
    this.#table = table;
    this.#most = mostIn(table);
  }

  /** Hashes all rows anew, once they are packed otherwise. */
  #rehash(): void {
    const table = this.#table;
    const last = (table.length >> 1) - 1;
    table.fill(0);
    for (let index = 0; index < this.size; index++) {
      const hash = rowHash(this.#rows.chunk(index), this.#rows.offset(index), this.#base.length);
      let slot = hash & last;
      while (table[slot << 1] !== 0) slot = (slot + 1) & last;
      table[slot << 1] = index + 1;
      table[(slot << 1) | 1] = hash;
    }
    for (let place = 0; place < this.staged; place++)
      this.#hashes[place] = rowHash(this.#drafts, place * this.#base.length, this.#base.length);
  }

  /**
   * Tells of a value that a column is about to be set to, before {@link makeRoom}: a message to everybody
   * widens a column for each of them, and one pass over all rows does for all.
   */
  reserve(column: number, value: number): void {
    if (this.#fits(column, value)) return;
    const at = column << 2;
    this.#places[at + 3] = value;
    const mask = this.#places[at + 2] as number;
    if (mask !== -1 && value > mask) this.#outgrown = true;
  }

  makeRoom(): void {
    if (this.#outgrown) this.#relayout(this.#largest());
  }

  /** Makes room for a value that a column is about to be set to. */
  #widen(column: number, value: number): void {
    this.reserve(column, value);
    this.makeRoom();
  }

  #relayout(largest: readonly number[]): void {
    const before = this.layout;
    // A column that is about to outgrow its bits gets another at once: a pass over all rows saved.
    const after = new RowLayout(largest.map((value) => bitsOf(value + (value >>> 3))));
    const base = new Int32Array(after.words);
    before.move(this.#base, 1, after, base);
    const drafts = new Int32Array(this.#hashes.length * after.words);
    before.move(this.#drafts, this.staged + 1, after, drafts);
    this.#base = base;
    this.#drafts = drafts;
    this.#from = this.staged * after.words;
    this.#rows.relayout(before, after);
    this.layout = after;
    this.#places = placesOf(after, largest);
    this.#outgrown = false;
    if (this.#second === undefined) this.#rehash();
  }
}

/** What is told of a draft that is equal to the base. */
export const unchanged = -1;

/** Room for the successors of most states. */
const fewDrafts = 64;

/** At most seven tenths of the slots are taken. */
function mostIn(table: Int32Array): number {
  return Math.floor(0.35 * table.length);
}

function placesOf({ word, shift, mask }: RowLayout, largest: ArrayLike<number>): Int32Array {
  const places = new Int32Array(4 * word.length);
  for (let column = 0; column < word.length; column++)
    places.set(
      [word[column], shift[column], mask[column], largest[column]] as number[],
      4 * column,
    );
  return places;
}
