/** A growing list of 32-bit integers in chunks: no copying as it grows, four bytes an element. */
const chunkBits = 18;
const chunkSize = 1 << chunkBits;
const chunkMask = chunkSize - 1;

export class Integers {
  readonly #chunks: Int32Array[] = [];
  length = 0;

  push(value: number): void {
    const slot = this.length & chunkMask;
    if (slot === 0) this.#chunks.push(new Int32Array(chunkSize));
    (this.#chunks[this.length >>> chunkBits] as Int32Array)[slot] = value;
    this.length++;
  }

  at(index: number): number {
    return (this.#chunks[index >>> chunkBits] as Int32Array)[index & chunkMask] as number;
  }

  /** Replaces an element that is there. */
  set(index: number, value: number): void {
    (this.#chunks[index >>> chunkBits] as Int32Array)[index & chunkMask] = value;
  }

  removeLast(): void {
    this.length--;
    if ((this.length & chunkMask) === 0) this.#chunks.pop();
  }
}
