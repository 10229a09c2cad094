/** Operations drawn from a mix: which kind, and what its fields hold. */
import type { EventObject } from 'xstate';
import { keyName, serialOf } from '../model/demand.ts';
import type { FullOperation } from '../model/loop-rules.ts';
import type { FieldLaw } from '../model/loops.ts';
import type { Streams } from './random.ts';

/** A drawn operation, for whichever place among those of its client it will have. */
export type DrawnOperation = (number: number) => EventObject;

/** One draw for the kind, where there are several, and one for each field that the number does not give. */
export function drawOperation(
  mix: readonly FullOperation[],
  process: string,
  owner: string,
  streams: Streams,
): DrawnOperation {
  const { operation, fields } = ofWeight(mix, owner, streams);
  const drawn: Record<string, unknown> = { ...operation };
  const serials: string[] = [];
  for (const name of Object.keys(fields)) {
    const law = fields[name] as FieldLaw;
    if (law.kind === 'serial') serials.push(name);
    else drawn[name] = drawValue(law, () => streams.draw(`field ${name}`, owner));
  }
  return (number) => {
    for (const name of serials) drawn[name] = serialOf(process, number);
    return { ...drawn } as unknown as EventObject;
  };
}

function ofWeight(mix: readonly FullOperation[], owner: string, streams: Streams): FullOperation {
  const [first] = mix;
  if (first === undefined) throw new Error(`broken promise: loop ${owner} has no operations`);
  if (mix.length === 1) return first;
  let total = 0;
  for (const { weight } of mix) total += weight;
  let left = streams.draw('mix', owner) * total;
  for (const one of mix) {
    left -= one.weight;
    if (left < 0) return one;
  }
  return mix.at(-1) as FullOperation;
}

/** A value by the law, from one draw. */
export function drawValue(law: Exclude<FieldLaw, { kind: 'serial' }>, draw: () => number): unknown {
  switch (law.kind) {
    case 'uniform':
      return keyName(law, 1 + Math.floor(draw() * law.keys));
    case 'zipf':
      return keyName(law, 1 + rankOf(draw(), zipfTable(law.keys, law.exponent ?? 0.99)));
    case 'values': {
      const { values, weights } = law;
      if (weights === undefined) return values[Math.floor(draw() * values.length)];
      let left = draw() * weights.reduce((sum, weight) => sum + weight, 0);
      for (const [index, weight] of weights.entries()) {
        left -= weight;
        if (left < 0) return values[index];
      }
      return values[weights.findLastIndex((weight) => weight > 0)];
    }
  }
}

const tables = new Map<string, Float64Array>();
const tablesAtMost = 16;

/**
 * The distribution function of Zipf's law over ranks: `P(rank <= i) = H(i, s) / H(n, s)` with the
 * generalised harmonic numbers `H(i, s) = 1/1^s + .. + 1/i^s`. Summed from the small terms on, so that
 * nothing is lost.
 */
function zipfTable(keys: number, exponent: number): Float64Array {
  const name = `${keys} ${exponent}`;
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = new Float64Array(keys);
  let beyond = 0;
  for (let rank = keys; rank >= 1; rank--) {
    table[rank - 1] = beyond;
    beyond += rank ** -exponent;
  }
  for (let index = 0; index < keys; index++) table[index] = 1 - (table[index] as number) / beyond;
  if (tables.size >= tablesAtMost) tables.clear();
  tables.set(name, table);
  return table;
}

/** Inversion: the first rank, from 0, whose distribution function exceeds the draw. By bisection. */
function rankOf(draw: number, table: Float64Array): number {
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] as number) > draw) high = middle;
    else low = middle + 1;
  }
  return low;
}
