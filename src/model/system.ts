/**
 * A system: nodes, network, timing and properties, as a function of parameters. Also the variant: the
 * one small thing that lessons, seeded bugs and protocol variants all are.
 */
import type { AnyStateMachine, InputFrom } from 'xstate';
import type { Address, NodeId } from './effects.ts';
import { suggestion, UserMistake } from './errors.ts';
import type { NetworkOptions } from './network.ts';
import type { ParameterSpecs, ParameterValue, ParameterValues } from './parameters.ts';
import type { Process } from './process.ts';
import { listedProperties, type Properties, type Property, type Timing } from './property.ts';
import type { Scenario } from './scenario.ts';
import type { Scope } from './scope.ts';
import type { Nodes, View } from './view.ts';

/** A mark as an observer sees it. */
export interface ObservedMark {
  readonly name: string;
  readonly process: Address;
  readonly data?: unknown;
}

/**
 * An observer folds the marks that processes leave into a value that properties see. The value is part
 * of the state in the checker, so it must be plain data, and as small as the property allows.
 */
export interface Observer<O> {
  readonly initial: O;
  readonly on: (observed: O, mark: ObservedMark) => O;
}

/** A time span that metrics measure on each process: from one mark to the next of another name. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/**
 * A ratio that runs show: one figure of their metrics over another, both by their paths, such as
 * `messagesByType.call.sent` per `operations.arrived`.
 */
export interface Ratio {
  readonly of: string;
  readonly per: string;
}

/** One way in which a system may start: inputs by address, in place of the declared ones. */
export type Start<N extends Nodes = Nodes> = {
  readonly [K in keyof N]?: NonNullable<N[K]> extends Process<infer M>
    ? InputFrom<M>
    : Readonly<Record<string, unknown>>;
};

/** What {@link defineSystem} takes. */
export interface SystemOptions<P extends ParameterSpecs, N extends Nodes, O> {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: P;
  readonly nodes: (parameters: ParameterValues<P>) => N;
  readonly network?: NetworkOptions;
  /**
   * Sets of nodes that nothing tells apart but their names, so that exchanging two of a set everywhere gives
   * the same system. A check with `symmetry` counts states up to such exchanges, and refuses where it finds
   * a step, a declaration or a property that does tell them apart.
   */
  readonly symmetry?: (parameters: ParameterValues<P>) => readonly (readonly NodeId[])[];
  /**
   * The ways in which the system may start, all of which a check tries; a run takes the first. Default:
   * one, with the declared inputs.
   */
  readonly starts?: (parameters: ParameterValues<P>) => readonly Start<NoInfer<N>>[];
  /**
   * States outside are counted as generated, but neither stored nor expanded (TLC's constraint). A bound
   * on checks, not on runs: what lies beyond was not asked.
   */
  readonly constraint?: (view: View<N, O, ParameterValues<P>>) => boolean;
  /** States outside are not even counted (Stateright's boundary). A bound on checks, not on runs. */
  readonly boundary?: (view: View<N, O, ParameterValues<P>>) => boolean;
  /** The timing that claims are made under, unless a check asks for another. Default asynchronous. */
  readonly timing?: Timing;
  /** The scope of a check that names none. */
  readonly scope?: Scope;
  readonly observe?: Observer<O>;
  readonly properties?: Properties<View<N, O, ParameterValues<P>>>;
  /** Whether nothing is left to wait for: the goal of a run. */
  readonly settled?: (view: View<N, O, ParameterValues<P>>) => boolean;
  /** Why a run that has not settled may rightly stand still, or undefined when it should go on. */
  readonly blocked?: (view: View<N, O, ParameterValues<P>>) => string | undefined;
  /** The nodes that lead at this moment: coordinators, leaders. What a partition of primaries cuts off. */
  readonly primaries?: (view: View<N, O, ParameterValues<P>>) => readonly NodeId[];
  /** Spans by name, measured on each process: `{ inDoubt: { from: 'uncertain', to: 'certain' } }`. */
  readonly spans?: Readonly<Record<string, Span>>;
  /** Ratios by name: `{ amplification: { of: 'messagesByType.call.sent', per: 'operations.arrived' } }`. */
  readonly ratios?: Readonly<Record<string, Ratio>>;
  readonly scenarios?: Readonly<Record<string, Scenario>>;
}

/** Values for some of a system's parameters, typed by it; of a system of unknown types, any. */
export type GivenParameters<TSystem> = TSystem extends {
  readonly parameters?: infer P extends ParameterSpecs;
}
  ? string extends keyof P
    ? Readonly<Record<string, unknown>>
    : Partial<ParameterValues<P>>
  : Readonly<Record<string, unknown>>;

/** A change of rules: of guards and actions, of a machine's config, of recovery, of parameters. */
export interface Variation {
  /** Replaced guards, actions and delays, by machine id. */
  readonly provide?: Readonly<Record<string, Parameters<AnyStateMachine['provide']>[0]>>;
  /** A changed machine config, by machine id: adds or removes transitions. */
  readonly patch?: Readonly<Record<string, (config: MachineConfigData) => MachineConfigData>>;
  /** A replaced recovery, by machine id. */
  readonly recover?: Readonly<
    Record<
      string,
      (records: readonly unknown[], original: (records: readonly unknown[]) => unknown) => unknown
    >
  >;
  /** Changed defaults of parameters. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

/** A machine's config as XState keeps it: a plain object. */
export type MachineConfigData = AnyStateMachine['config'];

/** A defined system. `run`, `check` and the command take one. */
export interface System<
  P extends ParameterSpecs = ParameterSpecs,
  N extends Nodes = Nodes,
  O = unknown,
> extends Omit<SystemOptions<P, N, O>, 'properties'> {
  readonly kind: 'system';
  readonly properties: readonly Property<View<N, O, ParameterValues<P>>>[];
  readonly variations: readonly Variation[];
}

/** A system of unknown types, as tools handle it. */
// biome-ignore lint/suspicious/noExplicitAny: a tool takes systems whose types it cannot know
export type AnySystem = System<any, any, any>;

/**
 * Defines a system.
 *
 *     export const system = defineSystem({
 *       name: 'my-commit', parameters: { participants: 3 },
 *       nodes: ({ participants }) => ({ coordinator: ..., ...replicate('p', participants, () => ...) }),
 *       network: { order: 'unordered', loss: true },
 *       properties: ({ invariant }) => [
 *         invariant('agreement', ({ processes }) => ...processes.coordinator...),
 *       ],
 *     })
 */
export function defineSystem<
  const P extends ParameterSpecs = Record<never, never>,
  N extends Nodes = Nodes,
  O = undefined,
>(options: SystemOptions<P, N, O>): System<P, N, O> {
  if (typeof options.name !== 'string' || options.name === '')
    throw new UserMistake(
      `a system's name is ${JSON.stringify(options.name)}; give it a text such as "my-commit"`,
    );
  const properties = listedProperties(options.properties, options.name);
  return { ...options, kind: 'system', properties, variations: [] };
}

/**
 * The same system with some rules changed. `name` says which: the variant is called `system/name`.
 *
 *     variant(system, 'impatient', { provide: { participant: { guards: { mayDecideAlone: () => true } } } })
 */
export function variant<P extends ParameterSpecs, N extends Nodes, O>(
  system: System<P, N, O>,
  name: string,
  variation: Variation &
    Partial<
      Pick<
        SystemOptions<P, N, O>,
        | 'description'
        | 'properties'
        | 'scope'
        | 'timing'
        | 'network'
        | 'symmetry'
        | 'scenarios'
        | 'starts'
        | 'constraint'
        | 'boundary'
      >
    >,
): System<P, N, O> {
  const { provide, patch, recover, parameters, properties, ...changed } = variation;
  const rules: Variation = {
    ...(provide && { provide }),
    ...(patch && { patch }),
    ...(recover && { recover }),
    ...(parameters && { parameters }),
  };
  const called = `${system.name}/${name}`;
  return {
    ...system,
    ...changed,
    properties: properties === undefined ? system.properties : listedProperties(properties, called),
    name: called,
    variations: [...system.variations, rules],
  };
}

/** The process with a variation's rules for its machine, if there are any. */
export function varied(process: Process, variation: Variation): Process {
  const { id } = process.machine;
  let { machine } = process;
  const patch = variation.patch?.[id];
  if (patch !== undefined) {
    const create = machine.constructor as new (
      config: MachineConfigData,
      implementations: AnyStateMachine['implementations'],
    ) => AnyStateMachine;
    machine = new create(patch(machine.config), machine.implementations);
  }
  const provide = variation.provide?.[id];
  // A patch may bring in rules that the machine did not have.
  if (provide !== undefined && patch === undefined) refuseUnknownRules(machine, provide);
  if (provide !== undefined) machine = machine.provide(provide) as AnyStateMachine;
  const recover = variation.recover?.[id];
  if (recover === undefined) return { ...process, machine };
  const original = (process.recover ?? (() => process.input)) as (
    records: readonly unknown[],
  ) => unknown;
  return {
    ...process,
    machine,
    recover: ((records: readonly unknown[]) => recover(records, original)) as never,
  };
}

/** A misspelt rule would silently change nothing. */
function refuseUnknownRules(
  { id, implementations }: AnyStateMachine,
  provide: NonNullable<Variation['provide']>[string],
): void {
  for (const kind of ['guards', 'actions', 'delays'] as const) {
    const known = Object.keys(implementations[kind]);
    for (const name of Object.keys(provide[kind] ?? {}))
      if (!known.includes(name))
        throw new UserMistake(
          `a variant changes "${name}", which is none of the ${kind} of machine "${id}"${suggestion(name, known)}`,
        );
  }
}
