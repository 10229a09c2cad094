/** Steps that a search may leave out, because others show whatever they show. */
import type { Decision } from '../model/decision.ts';
import type { Instance } from '../model/instance.ts';
import type { Timing } from '../model/property.ts';
import type { FullScope } from '../model/scope.ts';

/**
 * On an unordered, lossy network under asynchronous timing, a state can do whatever the same state with
 * fewer messages in flight can do, since nobody is forced to deliver. So losing single messages shows
 * nothing that not delivering them does not show, except what remains possible after a loss; and for
 * that, losing everything in flight is the worst. In the same way, where messages may be duplicated,
 * delivering one and keeping a copy dominates delivering it for good. (docs/semantics.md has the proof.)
 */
export function hasDominatedSteps(
  { network, system }: Instance,
  { scope, timing }: { readonly scope: FullScope; readonly timing: Timing },
): boolean {
  const losesAll = network.order === 'unordered' && network.reliable.length === 0;
  // A bound may tell states apart by what is in flight.
  if (system.constraint !== undefined || system.boundary !== undefined) return false;
  return losesAll && scope.loss && timing === 'asynchronous';
}

/** Whether a delivery is forbidden as one that keeps a copy and not as one that does not, or the reverse. */
export function tellsCopiesApart(
  without: (decision: Decision) => boolean,
  decision: Decision,
): boolean {
  if (decision.type !== 'deliver' || decision.duplicate !== true) return false;
  const { duplicate: _, ...plain } = decision;
  return without(decision) !== without(plain);
}
