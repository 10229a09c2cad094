/** Checking a system up to exchanges of its nodes: what may be asked so, and what has to be asked twice. */
import { type Decision, isActing } from '../model/decision.ts';
import { UserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import { isTemporal, type Property } from '../model/property.ts';
import type { LegalOptions } from './check-contract.ts';
import type { FullQuestion } from './question.ts';
import { OrderCounts } from './renaming.ts';
import type { SearchResult } from './search.ts';
import { type SymmetricSets, symmetricSets } from './symmetric-sets.ts';

/** The symmetric sets of a check. Throws a {@link UserMistake} where it cannot be asked up to exchanges. */
export function symmetryOf(
  { instance, timing, asked }: FullQuestion,
  { counterexamples }: LegalOptions,
): SymmetricSets {
  const { system, parameters } = instance;
  const { symmetry } = system;
  const refuse = (why: string): UserMistake =>
    new UserMistake(
      `"${system.name}" cannot be checked up to exchanges of its nodes: ${why}, or leave out symmetry`,
    );
  if (symmetry === undefined)
    throw refuse(
      'it declares none; add `symmetry: () => [[...]]` with the sets of nodes that nothing tells apart',
    );
  if (timing === 'timed')
    throw refuse(
      'under timed timing the ages of timers and messages are not exchanged; ask untimed',
    );
  const temporal = asked.find(isTemporal);
  if (temporal !== undefined)
    throw refuse(
      `property "${temporal.name}" speaks of endless executions, in which it matters who is treated fairly; ask about it alone`,
    );
  const linearizable = instance.properties.find(({ kind }) => kind === 'linearizable');
  if (linearizable !== undefined)
    throw refuse(
      `property "${linearizable.name}" makes histories a part of the state, which are not exchanged; ask about it alone`,
    );
  if (counterexamples > 1)
    throw refuse(
      'several counterexamples that end differently are told apart by names; ask for one',
    );
  const declared: readonly (readonly string[])[] = symmetry(parameters);
  const sets = symmetricSets(
    declared,
    system.name,
    instance.nodes.map(({ id }) => id),
  );
  for (const members of sets.sets) refuseUnlike(instance, members);
  return sets;
}

/** Nodes of a set host the same processes; whether these are alike, their steps will show. */
function refuseUnlike(instance: Instance, members: readonly string[]): void {
  const hosted = (id: string): string => {
    const { processes, families } = instance.node(id);
    return [...processes, ...families.values()]
      .map(({ name, process }) => `${name === id ? '' : `${name}: `}${process.machine.id}`)
      .join(', ');
  };
  const [first, ...others] = members as readonly [string, ...string[]];
  const unlike = others.find((id) => hosted(id) !== hosted(first));
  if (unlike !== undefined)
    throw new UserMistake(
      `"${instance.system.name}" is not symmetric in ${first} and ${unlike}: the one runs ${hosted(first)}, the other ${hosted(unlike)}; declare only nodes that nothing but their names tells apart`,
    );
}

/** Asks, and asks again with one more list as a sequence each time one turns out to have an order. */
export function untilOrdersAreKnown<T>(ask: (sequences: ReadonlySet<string>) => T): T {
  const sequences = new Set<string>();
  for (;;)
    try {
      return ask(sequences);
    } catch (error) {
      if (!(error instanceof OrderCounts) || sequences.has(error.place)) throw error;
      sequences.add(error.place);
    }
}

/** Whether the decision ends in a crash within it. */
export function isCutShort(decision: Decision): boolean {
  return isActing(decision) && decision.crashAfter !== undefined;
}

/** What the search is told of crashes within a step, as ways to a goal that must stay possible. */
export type CutsAsWays = 'not taken' | 'taken';

/**
 * Asks what is always possible, first without crashes within a step as ways to it: where some of those keep what
 * only exchanged nodes would keep, a way that uses one may not exist for all. So `holds` holds; `violated` is
 * asked again with them, and is true where it stays so. (A property that does not forbid decisions needs no
 * such care: where a node may crash within a step it may crash before it, and no crash follows on either way,
 * so that a goal which can always be reached can be reached after that one.)
 */
export function withWaysCompared<
  R extends { readonly result: SearchResult<unknown>; readonly hasAddedPrefixes: boolean },
>(system: string, properties: readonly Property<never>[], ask: (cuts: CutsAsWays) => R): R {
  if (!properties.some((one) => one.kind === 'alwaysPossible' && one.without !== undefined))
    return ask('taken');
  const strict = ask('not taken');
  const violated = impossibleIn(strict.result);
  if (violated.length === 0) return strict;
  const lenient = ask('taken');
  if (!lenient.hasAddedPrefixes) return lenient;
  const still = impossibleIn(lenient.result);
  const unsure = violated.find((name) => !still.includes(name));
  if (unsure !== undefined)
    throw new UserMistake(
      `"${system}" cannot be checked up to exchanges of its nodes: whether property "${unsure}" holds hangs on a crash between two messages to different nodes; check it without symmetry`,
    );
  return lenient;
}

function impossibleIn({ verdicts }: SearchResult<unknown>): readonly string[] {
  return verdicts
    .filter(({ kind, verdict }) => kind === 'alwaysPossible' && verdict === 'violated')
    .map(({ name }) => name);
}
