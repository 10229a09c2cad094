/**
 * Folding: retransmission repeats itself for as long as nobody answers, and a reader wants it told once.
 * A block of moments that says the same several times in a row is shown once and then counted.
 */

/** What is shown of a list of moments: one of them, or that the block before it went on. */
export type Folded =
  | { readonly kind: 'moment'; readonly index: number }
  | {
      readonly kind: 'repeated';
      /** The first and the last moment left out. */
      readonly first: number;
      readonly last: number;
      /** How many more times the block of `length` moments before it happened. */
      readonly times: number;
      readonly length: number;
    };

/** Two retransmission timers of different periods make blocks of a dozen moments; longer is a plot. */
const longestBlock = 12;
/** Once more is told: it is shorter than saying so. */
const fewestFolded = 2;

/** Folds a list of moments, given by what is said of each apart from its time. */
export function folded(said: readonly string[]): readonly Folded[] {
  const shown: Folded[] = [];
  let index = 0;
  while (index < said.length) {
    const block = repeatedAt(said, index);
    const length = block?.length ?? 1;
    for (let offset = 0; offset < length; offset++)
      shown.push({ kind: 'moment', index: index + offset });
    index += length;
    if (block === undefined) continue;
    const last = index + block.times * length - 1;
    shown.push({ kind: 'repeated', first: index, last, times: block.times, length });
    index = last + 1;
  }
  return shown;
}

/** The shortest block that begins here and is repeated, with how many more times it happens. */
function repeatedAt(
  said: readonly string[],
  from: number,
): { readonly length: number; readonly times: number } | undefined {
  for (let length = 1; length <= longestBlock; length++) {
    let end = from + length;
    while (end < said.length && said[end] === said[end - length]) end++;
    const times = Math.floor((end - from) / length) - 1;
    if (times >= fewestFolded) return { length, times };
  }
  return undefined;
}
