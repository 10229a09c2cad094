/**
 * A running 64-bit digest of numbers, texts and plain data, by which two runs are compared. Not
 * cryptographic: it tells accidents apart, not adversaries.
 */
export class Digest {
  #high = 0x9e3779b9 | 0;
  #low = 0x85ebca6b | 0;

  /** Mixes a number in; fractions and numbers beyond 32 bits count with all their bits. */
  number(value: number): void {
    if ((value | 0) === value) {
      this.#mix(value);
      return;
    }
    scratch[0] = value;
    this.#mix(words[0] ?? 0);
    this.#mix(words[1] ?? 0);
  }

  text(value: string): void {
    const { one, two } = textHash(value);
    this.#mix(one);
    this.#mix(two);
  }

  /** Mixes plain data in; the order of an object's keys counts, as machines always write them alike. */
  data(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return this.number(value);
      case 'boolean':
        return this.#mix(value ? 3 : 5);
      case 'object':
        break;
      default:
        return this.#mix(7);
    }
    if (value === null) return this.#mix(11);
    if (Array.isArray(value)) {
      this.#mix(13 + value.length);
      for (const element of value) this.data(element);
      return;
    }
    this.#mix(17);
    const entries = value as Record<string, unknown>;
    for (const key in entries) {
      this.text(key);
      this.data(entries[key]);
    }
  }

  /** Sixteen hexadecimal digits. */
  hex(): string {
    const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
    return word(finish(this.#high)) + word(finish(this.#low ^ this.#high));
  }

  #mix(word: number): void {
    const k = Math.imul(word, 0xcc9e2d51 | 0);
    const rotated = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    const high = this.#high ^ rotated;
    this.#high = (Math.imul((high << 13) | (high >>> 19), 5) + 0xe6546b64) | 0;
    this.#low = Math.imul(this.#low ^ word ^ (this.#high >>> 7), 0x01000193);
  }
}

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/** MurmurHash3's finaliser (Appleby), which spreads every bit over the word. */
function finish(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b | 0);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35 | 0);
  return h ^ (h >>> 16);
}

/** Two hashes of a text, independent of each other: one alone would collide among 100,000 texts. */
interface TextHash {
  readonly one: number;
  readonly two: number;
}

const known = new Map<string, TextHash>();
const knownAtMost = 10_000;

function textHash(value: string): TextHash {
  const cached = known.get(value);
  if (cached !== undefined) return cached;
  let one = 0x811c9dc5 | 0;
  let two = value.length;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ (two >>> 15) ^ code, 0x5bd1e995) + code;
  }
  const hash = { one, two: finish(two) };
  // The names of a system are few; texts made during a run must not fill the memory.
  if (known.size < knownAtMost && value.length < 64) known.set(value, hash);
  return hash;
}
