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
import { KeyedSymmetry } from './keyed-symmetry.ts';
import { search } from './search.ts';
import { labelShape } from './shapes.ts';
import { type SymmetricSets, symmetricSets } from './symmetric-sets.ts';

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
  const symmetry = options.symmetry === true ? symmetryOf(system, parameters, options) : undefined;
  const orbits = symmetry && new KeyedSymmetry(system, parameters, symmetry);
  const properties = searchable(system).map((property) => orbits?.property(property) ?? property);
  const space = orbits?.space() ?? keyedSpace(system, parameters);
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
    ...(symmetry === undefined ? {} : { symmetry: symmetry.sets }),
    order: options.order,
    properties: result.verdicts.map((verdict) =>
      withCounterexamples(verdict, options.counterexamples, (witness) =>
        statePath(space.start(witness.from), witness),
      ),
    ),
    notAsked: [],
  };
}

function symmetryOf(
  { name, symmetry }: AnyTransitionSystem,
  parameters: Readonly<Record<string, unknown>>,
  { counterexamples }: LegalOptions,
): SymmetricSets {
  if (symmetry === undefined)
    throw new UserMistake(
      `"${name}" cannot be checked up to exchanges: it declares none; add \`symmetry: { sets, permute }\`, or leave out symmetry`,
    );
  if (counterexamples > 1)
    throw new UserMistake(
      `"${name}" cannot be checked up to exchanges for several counterexamples; ask for one, or leave out symmetry`,
    );
  return symmetricSets(symmetry.sets(parameters as never), name, undefined);
}
