/** An instance: a system with its parameters filled in, its machines checked, its addresses known. */
import type { Address, NodeId } from './effects.ts';
import { suggestion, UserMistake } from './errors.ts';
import { createStepper } from './local-step.ts';
import { refuseForbidden } from './machine-rules.ts';
import { type NetworkSemantics, networkSemantics } from './network.ts';
import type { NodeDefinition, Place, ProcessDefinition } from './node.ts';
import { type ParameterValue, parameterValues } from './parameters.ts';
import type { Node, Process } from './process.ts';
import type { Property, Timing } from './property.ts';
import { type AnySystem, type Observer, varied } from './system.ts';
import type { View } from './view.ts';

export interface Instance {
  readonly system: AnySystem;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly nodes: readonly NodeDefinition[];
  readonly network: NetworkSemantics;
  readonly timing: Timing;
  readonly observer: Observer<unknown> | undefined;
  /** Whether a property asks what clients have seen, so that it is part of the state. */
  readonly hasHistory: boolean;
  /** The ways in which the system may start: inputs by address, in place of the declared ones. */
  readonly starts: readonly ReadonlyMap<Address, unknown>[];
  /** Whether some process declares an immediate choice; see openImmediateChoices. */
  readonly hasImmediateChoices: boolean;
  readonly properties: readonly Property<View>[];
  /** The node of that name. Throws a {@link UserMistake} for an unknown one. */
  node(id: NodeId): NodeDefinition;
  /** The node that hosts the address. Throws a {@link UserMistake} for an unknown one. */
  placeOf(address: Address): Place;
}

const name = /^[A-Za-z0-9_.:-]+$/;

/**
 * Fills in the parameters and builds the nodes. Throws a {@link UserMistake} for a wrong parameter, a
 * machine that does what it may not, an unknown node id.
 */
export function instantiate(
  system: AnySystem,
  given: Readonly<Record<string, unknown>> = {},
): Instance {
  const specs = system.parameters ?? {};
  let defaults: Readonly<Record<string, unknown>> = {};
  for (const { parameters } of system.variations) defaults = { ...defaults, ...parameters };
  const parameters = parameterValues(specs, { ...defaults, ...given }, system.name);
  const declared = system.nodes(parameters as never) as Readonly<Record<string, Process | Node>>;
  const ids = Object.keys(declared);
  if (ids.length === 0)
    throw new UserMistake(
      `system "${system.name}" has no nodes with the parameters ${JSON.stringify(parameters)}; it needs at least one`,
    );
  const nodes: NodeDefinition[] = [];
  const byId = new Map<NodeId, NodeDefinition>();
  const places = new Map<Address, Place>();

  const locateFrom =
    (node: number, id: NodeId, locals: ReadonlySet<string>, families: ReadonlySet<string>) =>
    (to: Address, sender: Address): Place => {
      if (locals.has(to)) return { node, address: `${id}/${to}` };
      const slash = to.indexOf('/');
      if (slash > 0 && families.has(to.slice(0, slash))) return { node, address: `${id}/${to}` };
      return placeOf(to, `${sender} sends to`);
    };

  const placeOf = (address: Address, whoSays: string): Place => {
    const place = places.get(address);
    if (place !== undefined) return place;
    const [id = '', family = '', key] = address.split('/');
    const node = byId.get(id);
    if (node?.families.has(family) === true && key !== undefined)
      return { node: node.index, address };
    throw new UserMistake(
      `${whoSays} "${address}", which is no process of "${system.name}"${suggestion(address, [...places.keys()])}`,
    );
  };

  for (const [index, id] of ids.entries()) {
    if (!name.test(id))
      throw new UserMistake(
        `node ${JSON.stringify(id)} of "${system.name}": a node's name is made of letters, digits and . _ : -`,
      );
    const entry = declared[id];
    if (entry === undefined || (entry.kind !== 'process' && entry.kind !== 'node'))
      throw new UserMistake(
        `node "${id}" of "${system.name}" is neither a process nor a node; use defineProcess({ machine }) or defineNode({ processes })`,
      );
    const hosted: readonly (readonly [string, Process])[] =
      entry.kind === 'process' ? [[id, entry]] : Object.entries(entry.processes);
    const define = (address: Address, local: string, process: Process): ProcessDefinition => {
      let own = process;
      for (const variation of system.variations) own = varied(own, variation);
      refuseForbidden(own);
      refuseBadOptions(own, address, ids);
      return { address, name: local, process: own, stepper: createStepper(own, address) };
    };
    const processes = hosted.map(([local, process]) =>
      define(entry.kind === 'process' ? id : `${id}/${local}`, local, process),
    );
    const families = new Map<string, ProcessDefinition>();
    if (entry.kind === 'node')
      for (const [family, { process }] of Object.entries(entry.families))
        families.set(family, define(`${id}/${family}`, family, process));
    const locals = new Set(entry.kind === 'node' ? Object.keys(entry.processes) : []);
    const locate = locateFrom(index, id, locals, new Set(families.keys()));
    const node: NodeDefinition = { id, index, processes, families, locate };
    for (const { address } of processes) places.set(address, { node: index, address });
    nodes.push(node);
    byId.set(id, node);
  }
  refuseUnknownMachines(system, nodes);

  return {
    system,
    parameters,
    nodes,
    network: networkSemantics(system.network ?? {}, system.name),
    timing: system.timing ?? 'asynchronous',
    observer: system.observe as Observer<unknown> | undefined,
    hasHistory: system.properties.some(
      ({ kind }: { readonly kind: Property['kind'] }) => kind === 'linearizable',
    ),
    starts: startsOf(system, parameters, places),
    hasImmediateChoices: nodes.some(({ processes, families }) =>
      [...processes, ...families.values()].some(({ process }) =>
        process.choices?.some(({ immediate }) => immediate === true),
      ),
    ),
    properties: system.properties as readonly Property<View>[],
    node(id) {
      const node = byId.get(id);
      if (node === undefined)
        throw new UserMistake(
          `"${system.name}" has no node "${id}"${suggestion(id, [...byId.keys()])}`,
        );
      return node;
    },
    placeOf: (address) => placeOf(address, 'the address'),
  };
}

function startsOf(
  system: AnySystem,
  parameters: Readonly<Record<string, ParameterValue>>,
  places: ReadonlyMap<Address, Place>,
): readonly ReadonlyMap<Address, unknown>[] {
  const starts = system.starts?.(parameters as never) ?? [{}];
  if (starts.length === 0)
    throw new UserMistake(
      `"${system.name}" has no start with the parameters ${JSON.stringify(parameters)}; it needs at least one`,
    );
  for (const address of starts.flatMap((start) => Object.keys(start)))
    if (!places.has(address))
      throw new UserMistake(
        `a start of "${system.name}" has an input for "${address}", which is no process of it${suggestion(address, [...places.keys()])}`,
      );
  return starts.map((start) => new Map(Object.entries(start)));
}

function refuseBadOptions(process: Process, address: Address, nodes: readonly NodeId[]): void {
  for (const { event, weight, immediate, after } of process.choices ?? []) {
    if (typeof event?.type !== 'string')
      throw new UserMistake(
        `${address}: a choice has the event ${JSON.stringify(event)}; an event is an object with a type`,
      );
    if (weight !== undefined && !(Number.isFinite(weight) && weight >= 0))
      throw new UserMistake(
        `${address}: the choice ${event.type} has the weight ${weight}; it must be a number, zero or more`,
      );
    if (immediate === true && after !== undefined)
      throw new UserMistake(
        `${address}: the choice ${event.type} is immediate and has a delay (after); leave one of them out`,
      );
  }
  for (const [delay, peers] of Object.entries(process.suspects ?? {})) {
    if (peers === undefined || typeof peers === 'function') continue;
    for (const peer of peers)
      if (!nodes.includes(peer))
        throw new UserMistake(
          `${address}: the delay "${delay}" suspects "${peer}", which is no node${suggestion(peer, nodes)}`,
        );
  }
}

/** A variant that names a machine which no process has would silently change nothing. */
function refuseUnknownMachines(system: AnySystem, nodes: readonly NodeDefinition[]): void {
  const known = new Set<string>();
  for (const { processes, families } of nodes)
    for (const { process } of [...processes, ...families.values()]) known.add(process.machine.id);
  for (const { provide, patch, recover } of system.variations)
    for (const id of [provide, patch, recover].flatMap((rules) => Object.keys(rules ?? {})))
      if (!known.has(id))
        throw new UserMistake(
          `"${system.name}" changes the rules of machine "${id}", which no process has${suggestion(id, [...known])}`,
        );
}
