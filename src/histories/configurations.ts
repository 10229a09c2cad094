/**
 * The configurations seen: which operations have their place, and the state that they lead to. What was
 * tried from one of them need not be tried again (Lowe 2017, who added this memory to Wing & Gong's
 * search). Kept whole and compared whole: two configurations are never taken for one.
 */
export class Configurations {
  /** Words of 32 operations. */
  readonly #words: number;
  readonly #width: number;
  #rows: Int32Array;
  #slots: Int32Array;
  #count = 0;

  constructor(operations: number) {
    this.#words = Math.max(1, Math.ceil(operations / 32));
    this.#width = this.#words + 1;
    this.#rows = new Int32Array(256 * this.#width);
    this.#slots = new Int32Array(1024);
  }

  get size(): number {
    return this.#count;
  }

  /** True if the configuration is new; it is then remembered. `set` has a bit for each operation. */
  add(set: Int32Array, state: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash(set, this.#words, state) & mask;
    while (true) {
      const row = slots[slot] as number;
      if (row === 0) break;
      if (this.#equals((row - 1) * this.#width, set, state)) return false;
      slot = (slot + 1) & mask;
    }
    this.#append(set, state);
    slots[slot] = this.#count;
    if (this.#count * 2 > slots.length) this.#rehash();
    return true;
  }

  #equals(start: number, set: Int32Array, state: number): boolean {
    const rows = this.#rows;
    if (rows[start + this.#words] !== state) return false;
    for (let word = 0; word < this.#words; word++)
      if (rows[start + word] !== set[word]) return false;
    return true;
  }

  #append(set: Int32Array, state: number): void {
    const start = this.#count * this.#width;
    if (start + this.#width > this.#rows.length) {
      const grown = new Int32Array(this.#rows.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    for (let word = 0; word < this.#words; word++) this.#rows[start + word] = set[word] as number;
    this.#rows[start + this.#words] = state;
    this.#count++;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const set = new Int32Array(this.#words);
    for (let row = 0; row < this.#count; row++) {
      const start = row * this.#width;
      for (let word = 0; word < this.#words; word++) set[word] = this.#rows[start + word] as number;
      let slot = hash(set, this.#words, this.#rows[start + this.#words] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row + 1;
    }
    this.#slots = slots;
  }
}

/** Multiply and mix, as in MurmurHash3: neighbouring sets differ in one bit only. */
function hash(set: Int32Array, words: number, state: number): number {
  let mixed = Math.imul(state + 1, 0x9e3779b1);
  for (let word = 0; word < words; word++) {
    mixed = Math.imul(mixed ^ (set[word] as number), 0x85ebca6b);
    mixed = (mixed ^ (mixed >>> 15)) | 0;
  }
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
