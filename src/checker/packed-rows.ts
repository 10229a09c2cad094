/**
 * Global states as rows of small integers, one a column, packed into as few bits as the values seen so
 * far need, in a set with open addressing. A JavaScript Map of states is ten times slower and ends at
 * 16.7 million entries. Spin calls the same idea COLLAPSE (Holzmann 1997).
 */
const rowsPerChunk = 1 << 16;

interface Column {
  bits: number;
  word: number;
  shift: number;
}

/** Where the columns lie in a row. Columns do not cross words; a column that outgrows its bits moves. */
class Layout {
  readonly columns: Column[] = [];
  words = 1;

  constructor(bits: readonly number[]) {
    let word = 0;
    let shift = 0;
    for (const width of bits) {
      if (shift + width > 32) {
        word++;
        shift = 0;
      }
      this.columns.push({ bits: width, word, shift });
      shift += width;
    }
    this.words = word + 1;
  }
}

function read(words: Int32Array, from: number, { bits, word, shift }: Column): number {
  if (bits === 0) return 0;
  return ((words[from + word] as number) >>> shift) & mask(bits);
}

function mask(bits: number): number {
  return bits >= 32 ? -1 : (1 << bits) - 1;
}

export class PackedRows {
  #layout: Layout;
  #chunks: Int32Array[] = [];
  #table = new Int32Array(1 << 12).fill(-1);
  /** The row under construction. */
  #draft: Int32Array;
  size = 0;

  constructor(columns: number) {
    this.#layout = new Layout(Array.from({ length: columns }, () => 0));
    this.#draft = new Int32Array(this.#layout.words);
  }

  get columns(): number {
    return this.#layout.columns.length;
  }

  /** A new column, zero in every row so far. Returns its number. */
  addColumn(): number {
    this.#relayout([...this.#layout.columns.map(({ bits }) => bits), 0]);
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

  /** Sets a column of the draft, widening the column in all rows when the value needs it. */
  set(column: number, value: number): void {
    const { bits, word, shift } = this.#layout.columns[column] as Column;
    if (bits < 32 && value >>> bits !== 0) {
      this.#widen(column, value);
      return this.set(column, value);
    }
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
    if (within === 0) this.#chunks.push(new Int32Array(rowsPerChunk * words));
    const chunk = this.#chunks[(index / rowsPerChunk) | 0] as Int32Array;
    for (let i = 0; i < words; i++) chunk[within * words + i] = draft[i] as number;
    table[slot] = index;
    if (this.size > 0.6 * table.length) this.#rehash(table.length * 2);
    return index;
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

  #widen(column: number, value: number): void {
    const needed = 32 - Math.clz32(value);
    // Small columns grow by what they need, when few rows are there; large ones get room to grow.
    const bits = Math.min(32, needed <= 8 ? needed : needed + 1);
    this.#relayout(this.#layout.columns.map((old, i) => (i === column ? bits : old.bits)));
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
