/**
 * Global states as rows of small integers, one a column, packed into as few bits as the values seen so
 * far need, in a set with open addressing. A JavaScript Map of states is ten times slower and ends at
 * 16.7 million entries. Spin calls the same idea COLLAPSE (Holzmann 1997).
 *
 * A row's hash is the exclusive or of a hash for each column (Zobrist 1970), so that changing a column
 * changes it in a few instructions, and it does not depend on how the row is packed.
 */
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
  #layout: RowLayout;
  /** All rows; with fingerprints those that wait to be expanded, by index or, newest last, as a stack. */
  readonly #rows: RowChunks;
  /** The second halves of all fingerprints. */
  readonly #second: Integers | undefined;
  /** Pairs of index + 1 and hash, 0 being an empty slot. */
  #table = new Int32Array(2 << 12);
  /** The largest value of each column so far. */
  #largest: Int32Array;
  /** Whether a column has been promised a value that it has no room for. */
  #outgrown = false;
  /** The row that is being expanded, its hash, and its index. */
  #base: Int32Array;
  #baseHash = 0;
  #baseSecond = 0;
  #loaded = -1;
  /** The row under construction and its hash. */
  #draft: Int32Array;
  #hash = 0;
  #secondHash = 0;
  /** The index of the draft, once it has been added. */
  #added = -1;
  /** Whether a column of the draft has been set since it was equal to the base. */
  changed = false;
  size = 0;

  constructor(columns: number, store: Store = 'exact', order: Order = 'breadth-first') {
    this.#order = order;
    this.#layout = new RowLayout(Array.from({ length: columns }, () => 0));
    this.#rows = new RowChunks(this.#layout.words);
    this.#second = store === 'fingerprints' ? new Integers() : undefined;
    this.#base = new Int32Array(this.#layout.words);
    this.#draft = new Int32Array(this.#layout.words);
    this.#largest = new Int32Array(columns);
  }

  get columns(): number {
    return this.#layout.columns;
  }

  /** A new column, zero in every row so far. Returns its number. */
  addColumn(): number {
    const column = this.columns;
    const largest = new Int32Array(column + 1);
    largest.set(this.#largest);
    this.#largest = largest;
    this.#relayout();
    return column;
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
    this.#hashBase();
  }

  /** Makes a row of these values the base, as {@link load} does; for rows that are no longer kept. */
  loadValues(index: number, values: Int32Array): void {
    this.#base.fill(0);
    const { word, shift } = this.#layout;
    for (let column = 0; column < this.columns; column++) {
      const at = word[column] as number;
      const bits = (values[column] ?? 0) << (shift[column] as number);
      this.#base[at] = (this.#base[at] as number) | bits;
    }
    this.#loaded = index;
    this.#hashBase();
  }

  #hashBase(): void {
    let hash = 0;
    let second = 0;
    for (let column = 0; column < this.columns; column++) {
      const value = this.#layout.read(this.#base, 0, column);
      hash ^= columnHash(column, value);
      if (this.#second !== undefined) second ^= secondColumnHash(column, value);
    }
    this.#baseHash = hash;
    this.#baseSecond = second;
    this.changed = true;
    this.reset();
  }

  /** Makes the draft equal to the base again. */
  reset(): void {
    if (!this.changed) return;
    const base = this.#base;
    const draft = this.#draft;
    for (let i = 0; i < base.length; i++) draft[i] = base[i] as number;
    this.#hash = this.#baseHash;
    this.#secondHash = this.#baseSecond;
    this.#added = -1;
    this.changed = false;
  }

  /** The value of a column of the draft. */
  get(column: number): number {
    return this.#layout.read(this.#draft, 0, column);
  }

  /** Sets a column of the draft. */
  set(column: number, value: number): void {
    if (value > (this.#largest[column] as number)) this.#widen(column, value);
    const { word, shift, mask } = this.#layout;
    const at = word[column] as number;
    const bits = shift[column] as number;
    const before = ((this.#draft[at] as number) >>> bits) & (mask[column] as number);
    if (before === value) return;
    this.#draft[at] = (this.#draft[at] as number) ^ ((before ^ value) << bits);
    this.#hash ^= columnHash(column, before) ^ columnHash(column, value);
    if (this.#second !== undefined)
      this.#secondHash ^= secondColumnHash(column, before) ^ secondColumnHash(column, value);
    this.#added = -1;
    this.changed = true;
  }

  /** Unpacks a row into `values`: any row, or with fingerprints the base or the draft that was added. */
  unpack(index: number, values: Int32Array): void {
    const layout = this.#layout;
    const words = this.#wordsOf(index);
    const from = words === this.#base || words === this.#draft ? 0 : this.#rows.offset(index);
    for (let column = 0; column < layout.columns; column++)
      values[column] = layout.read(words, from, column);
  }

  /** A row unpacked, of those that {@link unpack} knows. */
  values(index: number): Int32Array {
    const values = new Int32Array(this.columns);
    this.unpack(index, values);
    return values;
  }

  /** One column of a row, of those that {@link unpack} knows. */
  value(index: number, column: number): number {
    const words = this.#wordsOf(index);
    const from = words === this.#base || words === this.#draft ? 0 : this.#rows.offset(index);
    return this.#layout.read(words, from, column);
  }

  #wordsOf(index: number): Int32Array {
    if (index === this.#loaded) return this.#base;
    if (index === this.#added) return this.#draft;
    if (this.#second !== undefined)
      throw new Error(`broken promise: of state ${index} only the fingerprint is kept`);
    return this.#rows.chunk(index);
  }

  /** Adds the draft. Returns its index, or -1 - index when it was there already. */
  add(): number {
    // Before and not after: the row that was added last may be taken back, and must be the last of its chain.
    if (this.size > 0.35 * this.#table.length) this.#grow();
    const table = this.#table;
    const last = (table.length >> 1) - 1;
    const hash = this.#hash;
    let slot = hash & last;
    for (;;) {
      const entry = table[slot << 1] as number;
      if (entry === 0) break;
      if ((table[(slot << 1) | 1] as number) === hash && this.#isDraft(entry - 1)) {
        this.#added = entry - 1;
        return -entry;
      }
      slot = (slot + 1) & last;
    }
    const index = this.size++;
    table[slot << 1] = index + 1;
    table[(slot << 1) | 1] = hash;
    this.#rows.push(this.#draft);
    this.#second?.push(this.#secondHash);
    this.#added = index;
    return index;
  }

  #isDraft(index: number): boolean {
    if (this.#second !== undefined) return this.#second.at(index) === this.#secondHash;
    const draft = this.#draft;
    const chunk = this.#rows.chunk(index);
    const from = this.#rows.offset(index);
    for (let i = 0; i < draft.length; i++) if (chunk[from + i] !== draft[i]) return false;
    return true;
  }

  /** Takes back the draft, which was added last. */
  removeLast(): void {
    const index = --this.size;
    const last = (this.#table.length >> 1) - 1;
    let slot = this.#hash & last;
    while (this.#table[slot << 1] !== index + 1) slot = (slot + 1) & last;
    // No other row was put behind it, so that its slot may be free again.
    this.#table[slot << 1] = 0;
    this.#rows.removeLast();
    this.#second?.removeLast();
    this.#added = -1;
  }

  #grow(): void {
    const before = this.#table;
    const table = new Int32Array(before.length * 2);
    const last = before.length - 1;
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
  }

  /**
   * Tells of a value that a column is about to be set to, before {@link makeRoom}: a message to everybody
   * widens a column for each of them, and one pass over all rows does for all.
   */
  reserve(column: number, value: number): void {
    if (value <= (this.#largest[column] as number)) return;
    this.#largest[column] = value;
    const mask = this.#layout.mask[column] as number;
    if (mask !== -1 && value > mask) this.#outgrown = true;
  }

  makeRoom(): void {
    if (this.#outgrown) this.#relayout();
  }

  /** Makes room for a value that a column is about to be set to. */
  #widen(column: number, value: number): void {
    this.reserve(column, value);
    this.makeRoom();
  }

  #relayout(): void {
    const before = this.#layout;
    const after = new RowLayout(Array.from(this.#largest, bitsOf));
    const moved = (row: Int32Array): Int32Array => {
      const wider = new Int32Array(after.words);
      before.move(row, 1, after, wider);
      return wider;
    };
    this.#base = moved(this.#base);
    this.#draft = moved(this.#draft);
    this.#rows.relayout(before, after);
    this.#layout = after;
    this.#outgrown = false;
  }
}

/**
 * Mixes a column's number and value as the finaliser of MurmurHash3 does (Appleby). Zero gives zero: a
 * new column changes the hash of no row.
 */
function columnHash(column: number, value: number): number {
  if (value === 0) return 0;
  let h = Math.imul(value, 0x9e3779b1) ^ Math.imul(column + 1, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The same with other constants: together they are the 64 bits of a fingerprint. */
function secondColumnHash(column: number, value: number): number {
  if (value === 0) return 0;
  let h = Math.imul(value, 0x27d4eb2f) ^ Math.imul(column + 1, 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return h ^ (h >>> 15);
}
