/** Hashes of rows. */

/**
 * Of a packed row, word by word. It depends on how the row is packed, so whoever packs rows anew must
 * hash them anew.
 */
export function rowHash(words: Int32Array, from: number, length: number): number {
  let h = 0;
  for (let i = 0; i < length; i++) {
    h = Math.imul(h ^ (words[from + i] as number), 0x9e3779b1);
    h ^= h >>> 15;
  }
  h = Math.imul(h, 0x85ebca6b);
  return h ^ (h >>> 13);
}

/**
 * Of one column. The exclusive or over all columns is a hash of the row that does not depend on how it is
 * packed (Zobrist 1970): the first half of its fingerprint, which outlives the row. It mixes the column's
 * number and value as the finaliser of MurmurHash3 does (Appleby). Zero gives zero: a new column changes
 * the hash of no row.
 */
export function firstColumnHash(column: number, value: number): number {
  if (value === 0) return 0;
  let h = Math.imul(value, 0x9e3779b1) ^ Math.imul(column + 1, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The same with other constants, for the second half. */
export function secondColumnHash(column: number, value: number): number {
  if (value === 0) return 0;
  let h = Math.imul(value, 0x27d4eb2f) ^ Math.imul(column + 1, 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return h ^ (h >>> 15);
}
