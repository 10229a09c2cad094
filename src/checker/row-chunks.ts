/** Rows of words by index, in chunks, so that growing copies nothing. */
import type { RowLayout } from './row-layout.ts';

const chunkBits = 14;
export const rowsPerChunk = 1 << chunkBits;
const within = rowsPerChunk - 1;

export class RowChunks {
  readonly #chunks: (Int32Array | undefined)[] = [];
  #words: number;
  /** One more than the last row. */
  length = 0;
  /** Rows before this one have been let go. */
  #first = 0;

  constructor(words: number) {
    this.#words = words;
  }

  /** The chunk of a row, which starts there at {@link offset}. */
  chunk(index: number): Int32Array {
    return this.#chunks[index >>> chunkBits] as Int32Array;
  }

  offset(index: number): number {
    return (index & within) * this.#words;
  }

  /** Appends a row. */
  push(row: Int32Array): void {
    const index = this.length++;
    const place = index >>> chunkBits;
    let chunk = this.#chunks[place];
    if (chunk === undefined) {
      chunk = new Int32Array(rowsPerChunk * this.#words);
      this.#chunks[place] = chunk;
    }
    const from = (index & within) * this.#words;
    for (let i = 0; i < this.#words; i++) chunk[from + i] = row[i] as number;
  }

  removeLast(): void {
    this.length--;
  }

  /** Lets rows before that one go, whole chunks at a time. */
  dropBefore(index: number): void {
    const first = index >>> chunkBits;
    for (let place = this.#first; place < first; place++) this.#chunks[place] = undefined;
    if (first > this.#first) this.#first = first;
  }

  /** Copies a row into `row`. */
  read(index: number, row: Int32Array): void {
    const chunk = this.chunk(index);
    const from = this.offset(index);
    for (let i = 0; i < this.#words; i++) row[i] = chunk[from + i] as number;
  }

  /** Moves all rows to a wider layout, chunk by chunk, so that at most one exists in both. */
  relayout(before: RowLayout, after: RowLayout): void {
    this.#words = after.words;
    for (const [place, chunk] of this.#chunks.entries()) {
      if (chunk === undefined) continue;
      const rows = Math.min(rowsPerChunk, this.length - place * rowsPerChunk);
      const moved = new Int32Array(rowsPerChunk * after.words);
      before.move(chunk, rows, after, moved);
      this.#chunks[place] = moved;
    }
  }
}
