/** Renaming of what the relation is made of: nodes, messages, effects, marks, decisions, cut links. */
import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode, EventObject } from 'xstate';
import type { Decision } from '../model/decision.ts';
import type { Address, Effect } from '../model/effects.ts';
import { UserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { ProcessState } from '../model/local-step.ts';
import {
  type Agenda,
  definitionOf,
  type NodeDefinition,
  type NodeState,
  type ProcessDefinition,
  type RoutedEnvelope,
  type Running,
} from '../model/node.ts';
import type { Disk, LogEntry } from '../model/storage.ts';
import type { ObservedMark } from '../model/system.ts';
import type { Names } from './renaming.ts';
import type { Transposition } from './symmetric-sets.ts';

/** What is renamed with what, and where the renamed nodes stand. */
export class NodeRenaming {
  readonly exchange: Transposition;
  /** For each node the index of the one whose name it gets. */
  readonly nodes: readonly number[];
  readonly #names: Names;
  readonly #instance: Instance;

  constructor(names: Names, exchange: Transposition, instance: Instance) {
    this.#names = names;
    this.exchange = exchange;
    this.#instance = instance;
    const { a, b } = exchange;
    this.nodes = instance.nodes.map(
      ({ id, index }) =>
        instance.nodes.find((n) => n.id === (id === a ? b : id === b ? a : id))?.index ?? index,
    );
  }

  /** The state of a node as one of the node whose name it gets. */
  node(index: number, { up, running, operations, disk, agenda }: NodeState): NodeState {
    const target = this.#instance.nodes[this.nodes[index] as number] as NodeDefinition;
    const renamed = running.map((one) => this.#running(one, target));
    const declared = renamed.filter(({ parent }) => parent === undefined);
    // As in the relation, instances stand by address, so that equal nodes have equal lists.
    const instances = renamed
      .filter(({ parent }) => parent !== undefined)
      .sort((one, other) => (one.address < other.address ? -1 : 1));
    return {
      up,
      running: [...declared, ...instances],
      operations,
      disk: this.#disk(disk, target),
      ...(agenda === undefined ? {} : { agenda: this.#agenda(agenda, target) }),
    };
  }

  envelope({ from, to, message, source, target }: RoutedEnvelope): RoutedEnvelope {
    return {
      from: this.#address(from),
      to: this.#address(to),
      message: this.#event(message, 'message'),
      source: this.nodes[source] as number,
      target: this.nodes[target] as number,
    };
  }

  marks(marks: readonly ObservedMark[]): readonly ObservedMark[] {
    return marks.map(({ name, process, data }) => {
      const renamed = { name, process: this.#address(process) };
      return data === undefined
        ? renamed
        : { ...renamed, data: this.#data(data, `the data of mark ${name}`) };
    });
  }

  observation(observed: unknown): unknown {
    return this.#data(observed, 'what the observer made of the marks');
  }

  /** Cut links as source * nodes + target, sorted. */
  links(links: readonly number[]): readonly number[] {
    const count = this.nodes.length;
    return links
      .map((link) => {
        const source = this.nodes[Math.floor(link / count)] as number;
        return source * count + (this.nodes[link % count] as number);
      })
      .sort((a, b) => a - b);
  }

  decision(decision: Decision): Decision {
    switch (decision.type) {
      case 'deliver':
      case 'drop': {
        const { from, to, message } = decision;
        const renamed = {
          from: this.#address(from),
          to: this.#address(to),
          message: this.#event(message, 'message'),
        };
        return { ...decision, ...renamed };
      }
      case 'choose': {
        const { process, event } = decision;
        return {
          ...decision,
          process: this.#address(process),
          event: this.#event(event, 'choice'),
        };
      }
      case 'invoke': {
        const { process, operation } = decision;
        return {
          ...decision,
          process: this.#address(process),
          operation: this.#event(operation, 'operation'),
        };
      }
      case 'fire':
        return { ...decision, process: this.#address(decision.process) };
      case 'cut':
      case 'mend': {
        if (decision.links === undefined) return decision;
        const links = decision.links.map(
          ([from, to]) => [this.#address(from), this.#address(to)] as const,
        );
        return { ...decision, links: links.sort((a, b) => (a.join() < b.join() ? -1 : 1)) };
      }
      default:
        return { ...decision, node: this.#address(decision.node) };
    }
  }

  #running({ address, state, parent }: Running, target: NodeDefinition): Running {
    const named = this.#address(address);
    const renamed = { address: named, state: this.#process(state, definitionOf(target, named)) };
    return parent === undefined ? renamed : { ...renamed, parent: this.#address(parent) };
  }

  #process({ snapshot, timers }: ProcessState, { stepper }: ProcessDefinition): ProcessState {
    const { machine } = stepper;
    const { value, context, status, output, error } = snapshot;
    const historyValue = Object.fromEntries(
      Object.entries(
        snapshot.historyValue as Readonly<Record<string, readonly AnyStateNode[]>>,
      ).map(([id, nodes]) => [id, nodes.map((node) => machine.getStateNodeById(node.id))]),
    );
    const renamed = this.#resolved(machine, {
      value,
      context: this.#data(context, `context of ${machine.id}`) as typeof context,
      historyValue,
      status,
      output: this.#data(output, `output of ${machine.id}`) as never,
      error,
    });
    return {
      snapshot: renamed,
      timers: timers.map((timer) => ({ ...timer, event: this.#event(timer.event, 'timer') })),
    };
  }

  /** The snapshot in the machine of the other node, which has to have the same states. */
  #resolved(machine: AnyStateMachine, snapshot: object): AnyMachineSnapshot {
    try {
      return machine.resolveState(snapshot as never);
    } catch (error) {
      const { a, b } = this.exchange;
      throw new UserMistake(
        `the machines "${machine.id}" of ${a} and ${b} do not have the same states (${error instanceof Error ? error.message : error}); declare only nodes as symmetric that run the same machine`,
      );
    }
  }

  #disk({ log, durable, writes }: Disk, { id }: NodeDefinition): Disk {
    return {
      log: log.map((entry): LogEntry => {
        const process = this.#address(entry.process);
        // The place of a record is that of its kind of process: members of a set share it.
        const place = `record of ${this.#kind(process, id)}`;
        return entry.kind === 'record'
          ? { kind: 'record', process, record: this.#data(entry.record, place) }
          : {
              kind: 'replace',
              process,
              records: entry.records.map((record) => this.#data(record, place)),
            };
      }),
      durable,
      writes: writes.map((write) => ({ ...write, process: this.#address(write.process) })),
    };
  }

  /** The machine of a process, by which lists in its records are told apart from those of others. */
  #kind(process: Address, node: string): string {
    const definition = this.#instance.node(node);
    return definitionOf(definition, process).process.machine.id;
  }

  #agenda({ effects, events }: Agenda, { id }: NodeDefinition): Agenda {
    return {
      effects: effects.map((one) => {
        const process = this.#address(one.process);
        return {
          process,
          effect: this.#effect(one.effect, `record of ${this.#kind(process, id)}`),
        };
      }),
      events: events.map(({ process, event }) => ({
        process: this.#address(process),
        event: this.#event(event, 'event'),
      })),
    };
  }

  #effect(effect: Effect, place: string): Effect {
    switch (effect.type) {
      case 'send': {
        const { to, message } = effect;
        return {
          ...effect,
          to: this.#data(to, `receivers of ${message.type}`) as typeof to,
          message: this.#event(message, 'message'),
        };
      }
      case 'write':
        return { ...effect, record: this.#data(effect.record, place) };
      case 'replace':
        return {
          ...effect,
          records: effect.records.map((record) => this.#data(record, place)),
        };
      case 'mark':
        return effect.data === undefined
          ? effect
          : { ...effect, data: this.#data(effect.data, `the data of mark ${effect.name}`) };
      case 'start':
        return {
          ...effect,
          key: this.#address(effect.key),
          input: this.#data(effect.input, `input of ${effect.family}`),
        };
      case 'stop':
        return { ...effect, key: this.#address(effect.key) };
    }
  }

  /** Events and messages: their type is a word of the machine, and names nobody. */
  #event<E extends EventObject>(event: E, what: string): E {
    const { type, ...rest } = event;
    return { ...(this.#data(rest, `${what} ${type}`) as object), type } as E;
  }

  #address(address: Address): Address {
    return this.#names.text(address, this.exchange, 'an address');
  }

  #data(value: unknown, place: string): unknown {
    return this.#names.data(value, this.exchange, place);
  }
}
