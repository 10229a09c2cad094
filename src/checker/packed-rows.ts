/**
 * Global states as rows of small integers, one a column, packed into as few bits as the values seen so
 * far need, in a set with open addressing. A JavaScript Map of states is ten times slower and ends at
 * 16.7 million entries. Spin calls the same idea COLLAPSE (Holzmann 1997).
 */
const rowsPerChunk = 1 << 16;

interface Column {
  /** Bits that it has. */
  readonly bits: number;
  readonly word: number;
  readonly shift: number;
}

/**
 * Where the columns lie in a row. Columns do not cross words. The bits that a word has left go to its
 * columns, the widest first, since those are likeliest to grow: a column that outgrows its bits costs a
 * pass over all rows.
 */
class Layout {
  readonly columns: Column[] = [];
  readonly words: number;

  constructor(widths: readonly number[]) {
    const members: number[][] = [[]];
    let used = 0;
    for (const [column, width] of widths.entries()) {
      if (used + width > 32) {
        members.push([]);
        used = 0;
      }
      members.at(-1)?.push(column);
      used += width;
    }
    for (const [word, columns] of members.entries()) {
      const bits = new Map(columns.map((column) => [column, widths[column] ?? 0]));
      let left = 32 - [...bits.values()].reduce((sum, width) => sum + width, 0);
      // A column that has held one value so far may hold one for ever, so it gets nothing in advance.
      const growing = columns.filter((column) => (widths[column] ?? 0) > 0);
      growing.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
      for (let turn = 0; left > 0 && growing.length > 0; turn++, left--) {
        const column = growing[turn % growing.length] as number;
        bits.set(column, (bits.get(column) ?? 0) + 1);
      }
      let shift = 0;
      for (const column of columns) {
        const width = bits.get(column) ?? 0;
        this.columns[column] = { bits: width, word, shift };
        shift += width;
      }
    }
    this.words = members.length;
  }
}

function read(words: Int32Array, from: number, { bits, word, shift }: Column): number {
  if (bits === 0) return 0;
  return ((words[from + word] as number) >>> shift) & mask(bits);
}

function bitsOf(value: number): number {
  return 32 - Math.clz32(value);
}

function mask(bits: number): number {
  return bits >= 32 ? -1 : (1 << bits) - 1;
}

export class PackedRows {
  #layout: Layout;
  #chunks: Int32Array[] = [];
  #table = new Int32Array(1 << 12).fill(-1);
  /** The largest value of each column so far. */
  readonly #largest: number[];
  /** The row under construction. */
  #draft: Int32Array;
  size = 0;

  constructor(columns: number) {
    this.#layout = new Layout(Array.from({ length: columns }, () => 0));
    this.#draft = new Int32Array(this.#layout.words);
    this.#largest = Array.from({ length: columns }, () => 0);
  }

  get columns(): number {
    return this.#layout.columns.length;
  }

  /** A new column, zero in every row so far. Returns its number. */
  addColumn(): number {
    this.#largest.push(0);
    this.#relayout(this.#largest.map(bitsOf));
    return this.#layout.columns.length - 1;
  }

  /** Unpacks a row into `values`. */
  unpack(index: number, values: Int32Array): void {
    const chunk = this.#chunks[(index / rowsPerChunk) | 0] as Int32Array;
    const from = (index % rowsPerChunk) * this.#layout.words;
    const { columns } = this.#layout;
    for (let i = 0; i < columns.length; i++) values[i] = read(chunk, from, columns[i] as Column);
  }

  /** Starts the draft as a copy of a row. */
  draftFrom(index: number): void {
    const { words } = this.#layout;
    const chunk = this.#chunks[(index / rowsPerChunk) | 0] as Int32Array;
    const from = (index % rowsPerChunk) * words;
    for (let i = 0; i < words; i++) this.#draft[i] = chunk[from + i] as number;
  }

  /**
   * Makes room for values that columns are about to be set to, in one pass over all rows: a message to
   * everybody widens a column for each of them.
   */
  reserve(columns: readonly number[], values: Int32Array): void {
    let outgrown = false;
    for (const column of columns) {
      const value = values[column] as number;
      if (value <= (this.#largest[column] as number)) continue;
      this.#largest[column] = value;
      if (bitsOf(value) > (this.#layout.columns[column] as Column).bits) outgrown = true;
    }
    if (outgrown) this.#relayout(this.#largest.map(bitsOf));
  }

  /** Sets a column of the draft to a value that it has room for. */
  set(column: number, value: number): void {
    const { bits, word, shift } = this.#layout.columns[column] as Column;
    const at = mask(bits) << shift;
    this.#draft[word] = ((this.#draft[word] as number) & ~at) | (value << shift);
  }

  /** Adds the draft. Returns its index, or -1 - index when it was there already. */
  add(): number {
    const { words } = this.#layout;
    const draft = this.#draft;
    const table = this.#table;
    const last = table.length - 1;
    let slot = hash(draft, 0, words) & last;
    for (;;) {
      const index = table[slot] as number;
      if (index < 0) break;
      const chunk = this.#chunks[(index / rowsPerChunk) | 0] as Int32Array;
      const from = (index % rowsPerChunk) * words;
      let i = 0;
      while (i < words && chunk[from + i] === draft[i]) i++;
      if (i === words) return -1 - index;
      slot = (slot + 1) & last;
    }
    const index = this.size++;
    const within = index % rowsPerChunk;
    if (within === 0 && this.#chunks.length * rowsPerChunk === index)
      this.#chunks.push(new Int32Array(rowsPerChunk * words));
    const chunk = this.#chunks[(index / rowsPerChunk) | 0] as Int32Array;
    for (let i = 0; i < words; i++) chunk[within * words + i] = draft[i] as number;
    table[slot] = index;
    if (this.size > 0.6 * table.length) this.#rehash(table.length * 2);
    return index;
  }

  /** Takes back the row that was added last. */
  removeLast(): void {
    const { words } = this.#layout;
    const last = this.#table.length - 1;
    const index = --this.size;
    const chunk = this.#chunks[(index / rowsPerChunk) | 0] as Int32Array;
    let slot = hash(chunk, (index % rowsPerChunk) * words, words) & last;
    while (this.#table[slot] !== index) slot = (slot + 1) & last;
    // No other row was put behind it, so that its slot may be free again.
    this.#table[slot] = -1;
  }

  #rehash(slots: number): void {
    const { words } = this.#layout;
    const table = new Int32Array(slots).fill(-1);
    const last = slots - 1;
    for (let index = 0; index < this.size; index++) {
      const chunk = this.#chunks[(index / rowsPerChunk) | 0] as Int32Array;
      let slot = hash(chunk, (index % rowsPerChunk) * words, words) & last;
      while ((table[slot] as number) >= 0) slot = (slot + 1) & last;
      table[slot] = index;
    }
    this.#table = table;
  }

  #relayout(bits: readonly number[]): void {
    const before = this.#layout;
    const after = new Layout(bits);
    const move = (source: Int32Array, from: number, target: Int32Array, to: number): void => {
      for (const [i, column] of before.columns.entries()) {
        const { word, shift } = after.columns[i] as Column;
        const at = to + word;
        target[at] = (target[at] as number) | (read(source, from, column) << shift);
      }
    };
    const draft = new Int32Array(after.words);
    move(this.#draft, 0, draft, 0);
    this.#draft = draft;
    let left = this.size;
    // Chunk by chunk, so that at most one chunk exists in both layouts.
    for (const [c, chunk] of this.#chunks.entries()) {
      const rows = Math.min(left, rowsPerChunk);
      const moved = new Int32Array(rowsPerChunk * after.words);
      for (let row = 0; row < rows; row++)
        move(chunk, row * before.words, moved, row * after.words);
      this.#chunks[c] = moved;
      left -= rows;
    }
    this.#layout = after;
    this.#rehash(this.#table.length);
  }
}

/** Mixes the words as MurmurHash3 does (Appleby). */
function hash(words: Int32Array, from: number, count: number): number {
  let h = count;
  for (let i = 0; i < count; i++) {
    let k = Math.imul(words[from + i] as number, 0xcc9e2d51 | 0);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b | 0);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35 | 0);
  return (h ^ (h >>> 16)) >>> 0;
}
