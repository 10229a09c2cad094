/** Checking: every execution of a system within a scope, or a shortest one that violates a property. */
import { UserMistake } from '../model/errors.ts';
import type { AnySystem, GivenParameters } from '../model/system.ts';
import type { AnyTransitionSystem } from '../model/transition-system.ts';
import type { CheckOptions, CheckResult } from './check-contract.ts';
import { checkSystem } from './check-system.ts';
import { checkTransitionSystem } from './check-transition-system.ts';

/**
 * Checks the system's properties in every state reachable within the scope.
 *
 *     check(system, { parameters: { participants: 3 }, scope: { crashes: 1 } }).verdict
 *
 * Throws a UserMistake for a wrong parameter, scope or timing, for contexts that are not plain data,
 * and for a machine that breaks the rules in a step.
 */
export function check<TSystem extends AnySystem | AnyTransitionSystem>(
  system: TSystem,
  options?: CheckOptions<GivenParameters<TSystem>>,
): CheckResult;
export function check(
  system: AnySystem | AnyTransitionSystem,
  options: CheckOptions = {},
): CheckResult {
  const { maxStates = 5_000_000, counterexamples = 1 } = options;
  if (!(Number.isInteger(maxStates) && maxStates > 0))
    throw new UserMistake(
      `the budget of states is ${maxStates}; it must be a whole number above zero`,
    );
  if (!(Number.isInteger(counterexamples) && counterexamples > 0))
    throw new UserMistake(
      `the number of counterexamples is ${counterexamples}; it must be a whole number above zero`,
    );
  const { store = 'exact', order = 'breadth-first' } = options;
  if (!['exact', 'fingerprints'].includes(store))
    throw new UserMistake(
      `the store is ${JSON.stringify(store)}; it must be exact or fingerprints`,
    );
  if (!['breadth-first', 'depth-first'].includes(order))
    throw new UserMistake(
      `the order is ${JSON.stringify(order)}; it must be breadth-first or depth-first`,
    );
  if (counterexamples > 1 && (store !== 'exact' || order !== 'breadth-first'))
    throw new UserMistake(
      'several counterexamples are the shortest of each kind, for which states are kept exactly and searched breadth-first; leave out the other store and order',
    );
  const legal = { ...options, maxStates, counterexamples, store, order };
  return system.kind === 'transition-system'
    ? checkTransitionSystem(system, legal)
    : checkSystem(system, legal);
}
