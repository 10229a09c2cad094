/**
 * Abstract systems: labelled successors over plain data, for models with shared variables and joint
 * steps. Same properties, same output, same search as systems of machines.
 */
import { UserMistake } from './errors.ts';
import type { ParameterSpecs, ParameterValues } from './parameters.ts';
import { listedProperties, type Properties, type Property } from './property.ts';

/** One successor: what happened, and the state that it leads to. */
export interface Successor<S> {
  readonly label: string;
  readonly state: S;
}

/** What may be exchanged in the states of an abstract system, and how. */
export interface StateSymmetry<P extends ParameterSpecs, S> {
  /** Sets of names, the members of each exchangeable. */
  readonly sets: (parameters: ParameterValues<P>) => readonly (readonly string[])[];
  /** The state with every name replaced: `to` gives the new name, and any other text unchanged. */
  readonly permute: (state: S, to: (name: string) => string) => S;
}

export interface TransitionSystemOptions<P extends ParameterSpecs, S> {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: P;
  /** The initial states, plain data. */
  readonly initial: (parameters: ParameterValues<P>) => readonly S[];
  /** Every successor, one for each way in which it comes about; a self-loop is one too. */
  readonly next: (state: S, parameters: ParameterValues<P>) => Iterable<Successor<S>>;
  /**
   * States outside are counted as generated, but neither stored nor expanded (TLC's constraint).
   */
  readonly constraint?: (state: S, parameters: ParameterValues<P>) => boolean;
  /** States outside are not even counted (Stateright's boundary). */
  readonly boundary?: (state: S, parameters: ParameterValues<P>) => boolean;
  /**
   * What endless executions owe to the steps of a label: weak (what stays possible happens), strong (what
   * is possible again and again happens) or nothing. Default: some step happens while one is possible.
   */
  readonly fairness?: (label: string) => 'weak' | 'strong' | undefined;
  /** What a check with `symmetry` may exchange; states are then counted up to such exchanges. */
  readonly symmetry?: StateSymmetry<P, S>;
  /** Their predicates see the state itself. */
  readonly properties?: Properties<S>;
}

export interface TransitionSystem<P extends ParameterSpecs = ParameterSpecs, S = unknown>
  extends Omit<TransitionSystemOptions<P, S>, 'properties'> {
  readonly kind: 'transition-system';
  readonly properties: readonly Property<S>[];
}

/** A transition system of unknown types, as tools handle it. */
// biome-ignore lint/suspicious/noExplicitAny: a tool takes systems whose types it cannot know
export type AnyTransitionSystem = TransitionSystem<any, any>;

/**
 * Defines an abstract system.
 *
 *     defineTransitionSystem({ name: 'counter', initial: () => [0],
 *       next: (n) => n < 3 ? [{ label: 'increment', state: n + 1 }] : [],
 *       properties: ({ invariant }) => [invariant('small', (n) => n <= 3)] })
 */
export function defineTransitionSystem<
  const P extends ParameterSpecs = Record<never, never>,
  S = unknown,
>(options: TransitionSystemOptions<P, S>): TransitionSystem<P, S> {
  const properties = listedProperties(options.properties, options.name);
  for (const property of properties) {
    if (property.kind === 'linearizable')
      throw new UserMistake(
        `"${options.name}" is a transition system, whose states have no clients; property "${property.name}" needs a system of machines that mark \`invoked\` and \`returned\``,
      );
    if (property.kind === 'alwaysPossible' && property.without !== undefined)
      throw new UserMistake(
        `"${options.name}" is a transition system, which makes no decisions; property "${property.name}" cannot be without some`,
      );
  }
  return { ...options, kind: 'transition-system', properties };
}

/** The properties as the search takes them. */
export function searchable(system: AnyTransitionSystem): readonly Property<unknown>[] {
  return system.properties as readonly Property<unknown>[];
}
