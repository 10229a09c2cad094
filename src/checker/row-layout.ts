/** Where the columns of a packed row lie: which word, and which bits of it. */

/**
 * Columns do not cross words. The bits that a word has left go to its columns, the widest first, since
 * those are likeliest to grow: a column that outgrows its bits costs a pass over all rows.
 */
export class RowLayout {
  /** For each column its word, its lowest bit there, and the mask of its values. */
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;
  readonly words: number;

  constructor(widths: readonly number[]) {
    this.word = new Int32Array(widths.length);
    this.shift = new Int32Array(widths.length);
    this.mask = new Int32Array(widths.length);
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
        this.word[column] = word;
        // A column of no bits may stand at the end of its word, where a shift by 32 would wrap round.
        this.shift[column] = width === 0 ? 0 : shift;
        this.mask[column] = width >= 32 ? -1 : (1 << width) - 1;
        shift += width;
      }
    }
    this.words = members.length;
  }

  get columns(): number {
    return this.word.length;
  }

  /** The value of a column in the row that starts at `from`. */
  read(words: Int32Array, from: number, column: number): number {
    const at = from + (this.word[column] as number);
    return (
      ((words[at] as number) >>> (this.shift[column] as number)) & (this.mask[column] as number)
    );
  }

  /**
   * Writes rows of this layout, one after the other, into empty ones of a wider layout.
   */
  move(words: Int32Array, rows: number, wider: RowLayout, target: Int32Array): void {
    for (let column = 0; column < this.columns; column++) {
      const mask = this.mask[column] as number;
      // A column of no bits is zero in all rows.
      if (mask === 0) continue;
      const shift = this.shift[column] as number;
      const wide = wider.shift[column] as number;
      let from = this.word[column] as number;
      let to = wider.word[column] as number;
      for (let row = 0; row < rows; row++, from += this.words, to += wider.words) {
        const value = ((words[from] as number) >>> shift) & mask;
        target[to] = (target[to] as number) | (value << wide);
      }
    }
  }
}

/** Bits that the value needs. */
export function bitsOf(value: number): number {
  return 32 - Math.clz32(value);
}
