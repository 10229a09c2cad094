/** How a run ended, read off its last state. */
import type { AnySystem } from '../model/system.ts';
import type { View } from '../model/view.ts';
import type { Outcome } from './options.ts';

export interface Ending {
  readonly outcome: Outcome;
  /** Why the run is blocked. */
  readonly reason: string | undefined;
}

/**
 * How the run ended. `isSuspended`: with nodes paused or messages held back until the end it could not go
 * on, which its last state does not show.
 */
export function endingOf(system: AnySystem, end: View, isSuspended = false): Ending {
  if (system.settled === undefined || system.settled(end) === true)
    return { outcome: 'recovered', reason: undefined };
  const reason: string | undefined = system.blocked?.(end);
  if (reason === undefined && isSuspended)
    return { outcome: 'blocked', reason: 'a node is paused or messages are held until the end' };
  return reason === undefined ? { outcome: 'stuck', reason } : { outcome: 'blocked', reason };
}
