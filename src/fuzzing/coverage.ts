/**
 * Coverage: which states, transitions and marks of every machine the runs reached, and which never. What
 * there is to reach is read off the machines' own definitions. (The paths of `@xstate/graph` would say
 * which of it a machine alone could reach; they are endless where a context grows, and a machine alone
 * does not have the messages that its peers send.)
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { Address } from '../model/effects.ts';
import type { Instance } from '../model/instance.ts';
import { withPassageKept } from '../model/local-step.ts';
import { definitionOf, type Executed, type ProcessDefinition } from '../model/node.ts';
import { initialState } from '../model/relation.ts';
import type { TraceEntry } from '../model/trace.ts';
import { machineStructure, nameOfState, namesOfTransitions } from './machine-structure.ts';

/** Names, and in how many of the runs each was reached. */
export interface Reached {
  readonly reached: number;
  readonly total: number;
  /** The names that no run reached. */
  readonly never: readonly string[];
  /** In how many runs each name was reached. */
  readonly runs: Readonly<Record<string, number>>;
}

export interface MachineCoverage {
  readonly machine: string;
  /** The processes and families that run it, by address. */
  readonly processes: readonly Address[];
  readonly states: Reached;
  readonly transitions: Reached;
}

export interface Coverage {
  /** The runs that were looked at. */
  readonly runs: number;
  readonly machines: readonly MachineCoverage[];
  readonly marks: Reached;
}

export interface CoverageRecorder {
  /** Does the work, such as a run, so that its steps say what they went through. */
  readonly watched: <T>(work: () => T) => T;
  /** Counts a run whose trace was recorded while it was watched. */
  readonly add: (trace: readonly TraceEntry[]) => void;
  readonly coverage: () => Coverage;
}

interface Machine {
  readonly name: string;
  readonly processes: Address[];
  readonly states: Map<string, number>;
  readonly transitions: Map<string, number>;
}

/** A recorder for runs of this instance, or of another one of the same system and parameters. */
export function recordCoverage(instance: Instance): CoverageRecorder {
  const machines = new Map<string, Machine>();
  const byDefinition = new Map<Address, Machine>();
  const marks = new Map<string, number>();
  for (const { from, to } of Object.values(instance.system.spans ?? {}) as readonly {
    readonly from: string;
    readonly to: string;
  }[])
    for (const name of [from, to]) marks.set(name, 0);
  for (const definition of definitionsOf(instance)) {
    const machine = machineOf(definition, machines);
    machine.processes.push(definition.address);
    byDefinition.set(definition.address, machine);
    for (const name of machineStructure(definition.stepper.machine).marks)
      if (!marks.has(name)) marks.set(name, 0);
  }
  // Every run starts alike, and what a start went through is not in its trace.
  const start = withPassageKept(() => initialState(instance).effects);
  let runs = 0;

  const machineAt = (address: Address): Machine | undefined => {
    const { node } = instance.placeOf(address);
    const definition = instance.nodes[node];
    if (definition === undefined) return undefined;
    return byDefinition.get(definitionOf(definition, address).address);
  };

  return {
    watched: withPassageKept,
    add(trace) {
      runs++;
      const seen = new Set<string>();
      const count = (counts: Map<string, number>, id: string, name: string): void => {
        const key = `${id}\n${name}`;
        if (seen.has(key)) return;
        seen.add(key);
        counts.set(name, (counts.get(name) ?? 0) + 1);
      };
      const note = (effect: Executed): void => {
        if (effect.type === 'mark') return count(marks, 'mark', effect.name);
        if (effect.type !== 'step' || effect.passed === undefined) return;
        const machine = machineAt(effect.process);
        if (machine === undefined) return;
        const { name, states, transitions } = machine;
        const visit = (node: AnyStateNode): void => {
          if (node.parent === undefined) return;
          count(states, `state ${name}`, nameOfState(node));
          visit(node.parent);
        };
        for (const node of effect.passed.nodes) visit(node);
        for (const taken of effect.passed.transitions) {
          const source = taken.source as AnyStateNode | undefined;
          const transition = source && namesOfTransitions(source).get(taken);
          // The first transition into a machine is nobody's.
          if (source === undefined || transition === undefined) continue;
          // A state that an eventless transition leaves at once is in no snapshot.
          visit(source);
          count(transitions, `transition ${name}`, transition);
        }
      };
      for (const effect of start) note(effect);
      for (const { effects } of trace) for (const effect of effects) note(effect);
    },
    coverage: () => ({
      runs,
      machines: [...machines.values()].map(({ name, processes, states, transitions }) => ({
        machine: name,
        processes,
        states: reachedOf(states),
        transitions: reachedOf(transitions),
      })),
      marks: reachedOf(marks),
    }),
  };
}

function definitionsOf({ nodes }: Instance): readonly ProcessDefinition[] {
  return nodes.flatMap(({ processes, families }) => [...processes, ...families.values()]);
}

/** Processes run the same machine when it has the same name and the same states and transitions. */
function machineOf(
  { address, stepper }: ProcessDefinition,
  machines: Map<string, Machine>,
): Machine {
  const { states, transitions } = machineStructure(stepper.machine);
  const { id } = stepper.machine as AnyStateMachine;
  const key = JSON.stringify([id, states, transitions]);
  const known = machines.get(key);
  if (known !== undefined) return known;
  const isTaken = [...machines.values()].some(({ name }) => name === id);
  const made: Machine = {
    name: isTaken ? `${id} of ${address}` : id,
    processes: [],
    states: new Map(states.map((name) => [name, 0])),
    transitions: new Map(transitions.map((name) => [name, 0])),
  };
  machines.set(key, made);
  return made;
}

function reachedOf(counts: ReadonlyMap<string, number>): Reached {
  const never = [...counts].flatMap(([name, runs]) => (runs === 0 ? [name] : []));
  const total = counts.size;
  return { reached: total - never.length, total, never, runs: Object.fromEntries(counts) };
}
