/** How a run ended, read off its last state. */
import type { AnySystem } from '../model/system.ts';
import type { View } from '../model/view.ts';
import type { Outcome } from './options.ts';

export interface Ending {
  readonly outcome: Outcome;
  /** Why the run is blocked. */
  readonly reason: string | undefined;
}

export function endingOf(system: AnySystem, end: View): Ending {
  if (system.settled === undefined || system.settled(end) === true)
    return { outcome: 'recovered', reason: undefined };
  const reason: string | undefined = system.blocked?.(end);
  return reason === undefined ? { outcome: 'stuck', reason } : { outcome: 'blocked', reason };
}
