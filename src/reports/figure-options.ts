/** What every page of figures is asked. */
import type { Seed } from '../simulator/random.ts';

export interface FigureOptions {
  readonly quick: boolean;
  readonly seed: Seed;
  /** Runs of each point. Default: as many as the page needs, and few with `quick`. */
  readonly runs?: number;
  readonly progress: (what: string, isNew: boolean) => void;
}
