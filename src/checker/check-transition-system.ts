/** Checking a transition system. */
import { UserMistake } from '../model/errors.ts';
import { parameterValues } from '../model/parameters.ts';
import {
  type AnyTransitionSystem,
  type Successor,
  searchable,
} from '../model/transition-system.ts';
import {
  type CheckResult,
  type LegalOptions,
  searchOptions,
  summary,
  withCounterexamples,
} from './check-contract.ts';
import { statePath } from './counterexample.ts';
import { labelClasses, progressClass } from './fairness.ts';
import { keyedSpace } from './keyed-space.ts';
import { search } from './search.ts';
import { labelShape } from './shapes.ts';

export function checkTransitionSystem(
  system: AnyTransitionSystem,
  options: LegalOptions,
): CheckResult {
  const parameters = parameterValues(
    system.parameters ?? {},
    options.parameters ?? {},
    system.name,
  );
  if (options.timing !== undefined)
    throw new UserMistake(
      `"${system.name}" is a transition system, which has no timing; leave it out`,
    );
  if (Object.keys(options.scope ?? {}).length > 0)
    throw new UserMistake(
      `"${system.name}" is a transition system, which has no scope; bound it by its parameters`,
    );
  if (options.store === 'fingerprints')
    throw new UserMistake(
      `"${system.name}" is a transition system, whose states are kept as their canonical text; leave out the fingerprints`,
    );
  const properties = searchable(system);
  const space = keyedSpace(system, parameters);
  const result = search(space, properties, {
    ...searchOptions(options, labelShape),
    forbids: () => false,
    fairness:
      system.fairness === undefined
        ? progressClass<Successor<unknown>>()
        : labelClasses(({ label }: Successor<unknown>) => label, system.fairness),
  });
  return {
    system: system.name,
    parameters,
    timing: undefined,
    scope: undefined,
    ...summary(result),
    merged: false,
    reduced: false,
    order: options.order,
    properties: result.verdicts.map((verdict) =>
      withCounterexamples(verdict, options.counterexamples, (witness) =>
        statePath(space.view(witness.from), witness),
      ),
    ),
    notAsked: [],
  };
}
