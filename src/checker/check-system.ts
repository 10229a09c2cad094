/** Checking a system of machines. */
import { UserMistake } from '../model/errors.ts';
import { isTemporal, type Property } from '../model/property.ts';
import type { AnySystem } from '../model/system.ts';
import { rememberingProperty } from './answers.ts';
import {
  type CheckResult,
  type LegalOptions,
  searchOptions,
  summary,
  withCounterexamples,
} from './check-contract.ts';
import {
  type CutsAsWays,
  isCutShort,
  symmetryOf,
  untilOrdersAreKnown,
  withWaysCompared,
} from './check-symmetric.ts';
import { runFile } from './counterexample.ts';
import { decisionClasses, describeFairness } from './fairness.ts';
import { questionOf } from './question.ts';
import { hasDominatedSteps, tellsCopiesApart } from './reduction.ts';
import { Names } from './renaming.ts';
import { search } from './search.ts';
import { decisionShape } from './shapes.ts';
import type { Decisions, Space } from './space.ts';
import type { SpaceSymmetry } from './space-symmetry.ts';
import { SystemSpace } from './system-space.ts';
import { TimedSpace } from './timed-space.ts';

interface Asking {
  readonly reduce: boolean;
  readonly cuts: CutsAsWays;
}

export function checkSystem(system: AnySystem, options: LegalOptions): CheckResult {
  const question = questionOf(system, options);
  const { instance, timing, scope, bounds, asked, notAsked } = question;
  const symmetry = options.symmetry === true ? symmetryOf(question, options) : undefined;
  const isLossy = scope.loss;
  let toldCopiesApart = false;
  const searched = <V>(
    space: Space<Decisions, V> & { readonly symmetry?: SpaceSymmetry | undefined },
    properties: readonly Property<V>[],
    { reduce, cuts }: Asking,
  ) =>
    search(space, properties, {
      ...searchOptions(options, decisionShape(instance)),
      forbids: (property, label: Decisions) => {
        if (property.kind !== 'alwaysPossible' || property.without === undefined) return false;
        if (cuts === 'not taken' && label.some(isCutShort)) return true;
        const { without } = property;
        space.symmetry?.compareWithout(property.name, without, label);
        if (reduce && label.some((decision) => tellsCopiesApart(without, decision)))
          toldCopiesApart = true;
        return label.some(without);
      },
      fairness: decisionClasses(isLossy, timing === 'timed'),
    });
  const askUntimed = (asking: Asking, names?: Names) => {
    const { store, order } = options;
    const { reduce } = asking;
    const space = new SystemSpace(instance, {
      ...{ scope, timing, reduce, store, order },
      ...(names === undefined ? {} : { names }),
    });
    const remembered = asked.map((property) => {
      const quick = rememberingProperty(space.questions, property);
      return space.symmetry?.invariance.property(quick) ?? quick;
    });
    const result = searched(space, remembered, asking);
    const hasAddedPrefixes = space.symmetry?.hasAddedPrefixes ?? false;
    return { space, result, sawMessages: space.questions.sawMessages, hasAddedPrefixes };
  };
  const ask = (reduce: boolean) => {
    if (bounds !== undefined) {
      if (options.store === 'fingerprints')
        throw new UserMistake(
          'under timed timing states are kept exactly; leave out the fingerprints',
        );
      const space = new TimedSpace(instance, scope, bounds);
      const result = searched(space, asked, { reduce, cuts: 'taken' });
      return { space, result, sawMessages: false };
    }
    if (symmetry === undefined) return askUntimed({ reduce, cuts: 'taken' });
    return withWaysCompared(system.name, asked, (cuts) =>
      untilOrdersAreKnown((sequences) =>
        askUntimed({ reduce, cuts }, new Names(symmetry, system.name, sequences)),
      ),
    );
  };
  // On an endless execution losing and not delivering differ: the reduction is for safety and AG EF.
  const temporal = asked.some(isTemporal);
  let reduced =
    (options.reduce ?? true) && !temporal && hasDominatedSteps(instance, { scope, timing });
  let { space, result, sawMessages } = ask(reduced);
  // These predicates may tell apart what the reduction leaves out.
  if (reduced && (sawMessages || toldCopiesApart)) {
    reduced = false;
    ({ space, result } = ask(false));
  }
  return {
    system: system.name,
    parameters: instance.parameters,
    timing,
    scope,
    ...summary(result),
    merged: space.hasMerged,
    reduced,
    ...(symmetry === undefined ? {} : { symmetry: symmetry.sets }),
    order: options.order,
    ...(options.store === 'fingerprints' ? { omission: omissionOdds(result.distinct) } : {}),
    properties: result.verdicts.map((verdict) =>
      withCounterexamples(verdict, options.counterexamples, (witness) =>
        runFile(
          instance,
          verdict.name,
          { ...options, scope, reduced, tickMs: bounds?.tickMs },
          { ...witness, from: space.startOf(witness.from) },
        ),
      ),
    ),
    notAsked: notAsked.map(({ name }) => name),
    ...(temporal ? { fairness: describeFairness(isLossy, timing === 'timed') } : {}),
  };
}

/** The odds that two of so many states share 64 bits (birthday bound). */
function omissionOdds(states: number): number {
  return Math.min(1, states ** 2 / 2 ** 65);
}
