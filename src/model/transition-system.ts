/**
 * Abstract systems: labelled successors over plain data, for models with shared variables and joint
 * steps. Same properties, same output, same search as systems of machines.
 */
import type { ParameterSpecs, ParameterValues } from './parameters.ts';
import type {
  AlwaysPossible,
  Invariant,
  Property,
  Reachable,
  TransitionProperty,
} from './property.ts';

/** One successor: what happened, and the state that it leads to. */
export interface Successor<S> {
  readonly label: string;
  readonly state: S;
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
  readonly properties?: readonly StateProperty<S>[];
}

/** A property whose predicates see the state itself. */
export type StateProperty<S> =
  | Invariant<S>
  | TransitionProperty<S>
  | Reachable<S>
  | (Omit<AlwaysPossible<S>, 'without'> & { readonly without?: never });

export interface TransitionSystem<P extends ParameterSpecs = ParameterSpecs, S = unknown>
  extends TransitionSystemOptions<P, S> {
  readonly kind: 'transition-system';
}

/** A transition system of unknown types, as tools handle it. */
// biome-ignore lint/suspicious/noExplicitAny: a tool takes systems whose types it cannot know
export type AnyTransitionSystem = TransitionSystem<any, any>;

/**
 * Defines an abstract system.
 *
 *     defineTransitionSystem({ name: 'counter', initial: () => [0],
 *       next: (n) => n < 3 ? [{ label: 'increment', state: n + 1 }] : [],
 *       properties: [invariant('small', (n) => n <= 3)] })
 */
export function defineTransitionSystem<
  const P extends ParameterSpecs = Record<never, never>,
  S = unknown,
>(options: TransitionSystemOptions<P, S>): TransitionSystem<P, S> {
  return { ...options, kind: 'transition-system' };
}

/** The properties as the search takes them. */
export function searchable(system: AnyTransitionSystem): readonly Property<unknown>[] {
  return (system.properties ?? []) as readonly Property<unknown>[];
}
