/**
 * What all runs of a system with the same parameters have in common: its instance, its first step, and
 * what the simulation asks of its nodes. `nodes` is a function of the parameters, so one answer serves
 * every run; with short runs, preparing them took as long as running them.
 */
import { type Instance, instantiate } from '../model/instance.ts';
import type { Executed, NodeDefinition } from '../model/node.ts';
import { initialState, type Step } from '../model/relation.ts';
import type { AnySystem } from '../model/system.ts';
import { type Asked, withWorkload } from '../model/workload.ts';

/** What a node can do at all, so that a simulation need not ask it after each step. */
export interface NodeFacts {
  readonly definition: NodeDefinition;
  readonly hasChoices: boolean;
  readonly hasImmediate: boolean;
  readonly hasOperations: boolean;
  readonly hasClock: boolean;
  /** What it does when it starts. */
  readonly start: readonly Executed[];
}

export interface Prepared {
  readonly instance: Instance;
  readonly first: Step;
  readonly nodes: readonly NodeFacts[];
}

const known = new WeakMap<AnySystem, Map<string, Prepared>>();
const knownAtMost = 32;

/** Throws what {@link instantiate} throws, and what a machine throws that cannot start. */
export function preparedFor(
  system: AnySystem,
  parameters: Readonly<Record<string, unknown>>,
): Prepared {
  let ofSystem = known.get(system);
  if (ofSystem === undefined) {
    ofSystem = new Map();
    known.set(system, ofSystem);
  }
  const key = JSON.stringify(Object.entries(parameters));
  let prepared = ofSystem.get(key);
  if (prepared === undefined) {
    prepared = prepare(instantiate(system, parameters));
    if (ofSystem.size >= knownAtMost) ofSystem.clear();
    ofSystem.set(key, prepared);
  }
  return prepared;
}

/** The same with the operations of a workload. A machine starts without them, so nothing starts anew. */
export function withOperations(prepared: Prepared, asked: Asked): Prepared {
  const instance = withWorkload(prepared.instance, asked);
  if (instance === prepared.instance) return prepared;
  const nodes = prepared.nodes.map((facts, index): NodeFacts => {
    const definition = instance.nodes[index] as NodeDefinition;
    return { ...facts, definition, hasOperations: hasOperations(definition) };
  });
  return { ...prepared, instance, nodes };
}

function hasOperations({ processes }: NodeDefinition): boolean {
  return processes.some(
    ({ process, demand }) => demand !== undefined || (process.operations?.length ?? 0) > 0,
  );
}

function prepare(instance: Instance): Prepared {
  const first = initialState(instance);
  const nodes = instance.nodes.map((definition): NodeFacts => {
    const hosted = [...definition.processes, ...definition.families.values()];
    const some = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) > 0;
    return {
      definition,
      hasChoices: hosted.some(({ process }) => some(process.choices)),
      hasImmediate: instance.hasImmediateChoices,
      hasOperations: hasOperations(definition),
      hasClock: hosted.some(({ process }) => process.clock === true),
      start: first.effects.filter(
        (effect) => instance.placeOf(actorOf(effect)).node === definition.index,
      ),
    };
  });
  return { instance, first, nodes };
}

function actorOf(effect: Executed): string {
  if (effect.type === 'send') return effect.envelope.from;
  return effect.type === 'local' ? effect.from : effect.process;
}
