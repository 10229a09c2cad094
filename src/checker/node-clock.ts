/**
 * A node's clock: its reading, and how far it has gone wrong lately. Over any t ticks it advances by t,
 * give or take ⌈ρ t⌉. Of all stretches of time up to now only the worst counts, which is a leaky bucket on
 * each side: with ρ = k/n, a tick in which the clock advances by c fills the fast one by n (c - 1) - k and
 * the slow one by n (1 - c) - k, neither goes below 0, and neither may reach n.
 */
import type { TimedBounds } from '../model/timed-scope.ts';

export interface NodeClock {
  /** In ticks; 0 for ever on a node where nobody reads it. */
  readonly reading: number;
  readonly fast: number;
  readonly slow: number;
}

/**
 * The clock after one tick, for each number of ticks by which it may have advanced. Where nothing on the
 * node goes by the clock, it may as well be right: that leaves it most freedom for later.
 */
export function clocksAfterTick(
  { reading, fast, slow }: NodeClock,
  { numerator: k, denominator: n }: TimedBounds['drift'],
  { isRead, isUsed }: { readonly isRead: boolean; readonly isUsed: boolean },
): readonly { readonly advance: number; readonly clock: NodeClock }[] {
  const advances = k > 0 && (isRead || isUsed) ? [1, 0, 2] : [1];
  return advances.flatMap((advance) => {
    const clock: NodeClock = {
      reading: isRead ? reading + advance : 0,
      fast: k === 0 ? 0 : Math.max(0, fast + n * (advance - 1) - k),
      slow: k === 0 ? 0 : Math.max(0, slow + n * (1 - advance) - k),
    };
    return clock.fast < Math.max(1, n) && clock.slow < Math.max(1, n) ? [{ advance, clock }] : [];
  });
}
