/** The records that a traced run wrote, as the papers name them. */
import type { Run } from '../../../src/index.ts';

/** `forced commit`: the records of these processes, with their durability, in the order of writing. */
export function records({ trace }: Run, who: RegExp): string[] {
  return trace.flatMap(({ effects }) =>
    effects.flatMap((effect) =>
      effect.type === 'write' && who.test(effect.process)
        ? [`${effect.durability} ${(effect.record as { readonly record: string }).record}`]
        : [],
    ),
  );
}

/** The same of the names that a paper gives. */
export const named = (forced: readonly string[], unforced: readonly string[]): string[] => [
  ...forced.map((name) => `forced ${name}`),
  ...unforced.map((name) => `unforced ${name}`),
];
