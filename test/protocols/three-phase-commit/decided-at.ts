/** When a run's processes have decided. */
import type { Run } from '../../../src/index.ts';

/** The times, in ms, at which processes of such an address have decided; each once. */
export const decidedAt = ({ trace }: Run, of: RegExp): readonly number[] => [
  ...new Set(
    trace.flatMap(({ atUs = 0, effects }) =>
      effects.some(
        (effect) => effect.type === 'mark' && effect.name === 'decided' && of.test(effect.process),
      )
        ? [atUs / 1000]
        : [],
    ),
  ),
];
