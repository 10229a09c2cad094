/** What the verdicts of a property in many runs amount to. */
import type { Property, PropertyVerdict } from '../model/property.ts';

export interface MergedVerdicts {
  readonly add: (properties: readonly PropertyVerdict[]) => void;
  /** In the order of the system's properties; those that no run judges are left out. */
  readonly verdicts: () => readonly PropertyVerdict[];
}

/** One violation is one; what is to be reached is reached once it was in one run. */
export function mergeVerdicts(properties: readonly Property[]): MergedVerdicts {
  const merged = new Map<string, PropertyVerdict>();
  return {
    add(verdicts) {
      for (const next of verdicts) {
        const before = merged.get(next.name);
        if (before === undefined) {
          merged.set(next.name, next);
          continue;
        }
        const both = [before.verdict, next.verdict];
        const wanted = next.kind === 'reachable' ? 'holds' : 'unknown';
        const verdict = both.includes('violated')
          ? 'violated'
          : both.includes(wanted)
            ? wanted
            : next.verdict;
        const exercised = before.exercised || next.exercised;
        merged.set(next.name, { ...next, verdict, exercised });
      }
    },
    verdicts: () =>
      properties.flatMap(({ name }) => {
        const verdict = merged.get(name);
        return verdict === undefined ? [] : [verdict];
      }),
  };
}
