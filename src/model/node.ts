/**
 * The node: the unit of crash, clock, disk and place in the network. What it hosts, and its state.
 */
import type { EventObject, StateValue } from 'xstate';
import type { Demand } from './demand.ts';
import type { Address, Durability, Effect, Message, NodeId, Received } from './effects.ts';
import type { Passage, ProcessState, Stepper, Timer } from './local-step.ts';
import type { Process } from './process.ts';
import type { Disk } from './storage.ts';

/** A process as it stands in an instantiated system: placed on a node, with its stepper. */
export interface ProcessDefinition {
  /** For a family, the address of an instance is this and `/key`. */
  readonly address: Address;
  /** The name within the node. */
  readonly name: string;
  readonly process: Process;
  readonly stepper: Stepper;
  /** What the environment may ask for, in place of the list of operations. */
  readonly demand?: Demand;
}

export interface NodeDefinition {
  readonly id: NodeId;
  /** The place in the system's list of nodes, and in every state's. */
  readonly index: number;
  readonly processes: readonly ProcessDefinition[];
  readonly families: ReadonlyMap<string, ProcessDefinition>;
  /** Finds a process by what `send` named, seen from this node. Throws a UserMistake for nobody. */
  readonly locate: (to: Address, sender: Address) => Place;
}

/** Where an address leads: the node's index and the full address. */
export interface Place {
  readonly node: number;
  readonly address: Address;
}

/** A process, or an instance of a family, that is up. */
export interface Running {
  readonly address: Address;
  readonly state: ProcessState;
  /** For an instance of a family, the process that started it. */
  readonly parent?: Address;
}

/** What a node still has to do once the forced write that holds it is durable. */
export interface Agenda {
  readonly effects: readonly { readonly process: Address; readonly effect: Effect }[];
  readonly events: readonly { readonly process: Address; readonly event: EventObject }[];
}

export interface NodeState {
  readonly up: boolean;
  /** The processes in their declared order, then the instances by address; empty when down. */
  readonly running: readonly Running[];
  /** For each declared process, how many of its operations the environment has started. */
  readonly operations: readonly number[];
  readonly disk: Disk;
  /** Present while a forced write holds the node. */
  readonly agenda?: Agenda;
}

/** A message on its way. Envelopes with equal contents are copies of each other. */
export interface Envelope {
  readonly from: Address;
  readonly to: Address;
  readonly message: Message;
}

/** An envelope with the nodes between which it travels, as indices. */
export interface RoutedEnvelope extends Envelope {
  readonly source: number;
  readonly target: number;
}

/** What a node did, in order: what drivers schedule from, digests hash and stories tell. */
export type Executed =
  | {
      readonly type: 'step';
      readonly process: Address;
      readonly event: EventObject;
      /** The state's value before and after; undefined before the first. */
      readonly before: StateValue | undefined;
      readonly after: StateValue;
      /** What the step went through; absent unless somebody asked, see {@link withPassageKept}. */
      readonly passed?: Passage;
    }
  | { readonly type: 'arm'; readonly process: Address; readonly timer: Timer }
  | { readonly type: 'cancel'; readonly process: Address; readonly timer: string }
  | { readonly type: 'send'; readonly envelope: RoutedEnvelope }
  | {
      readonly type: 'local';
      readonly from: Address;
      readonly to: Address;
      readonly message: Message;
    }
  | {
      readonly type: 'write';
      readonly process: Address;
      readonly record: unknown;
      readonly durability: Durability;
    }
  | { readonly type: 'replace'; readonly process: Address; readonly records: readonly unknown[] }
  /** The disk has answered; where it `lies`, the record is not on it. */
  | { readonly type: 'durable'; readonly process: Address; readonly lies?: true }
  /** The disk has refused; where it `stops` the node, nobody was to be told. */
  | { readonly type: 'failed'; readonly process: Address; readonly stops?: true }
  | {
      readonly type: 'mark';
      readonly process: Address;
      readonly name: string;
      readonly data?: unknown;
    }
  | { readonly type: 'start'; readonly process: Address }
  | { readonly type: 'stop'; readonly process: Address };

/** What the destination's machine receives of an envelope. */
export function eventOf(envelope: Envelope): EventObject {
  const event: Received<Message> = { ...envelope.message, from: envelope.from };
  return event;
}

/** The running process of that address, or undefined. */
export function runningAt(node: NodeState, address: Address): Running | undefined {
  for (const running of node.running) if (running.address === address) return running;
  return undefined;
}

/** The definition behind an address of this node: a declared process, or an instance's family. */
export function definitionOf(node: NodeDefinition, address: Address): ProcessDefinition {
  for (const definition of node.processes) if (definition.address === address) return definition;
  for (const definition of node.families.values())
    if (address.startsWith(`${definition.address}/`)) return definition;
  throw new Error(`broken promise: ${address} is no process of ${node.id}`);
}

/** True while a forced write holds the node: it handles nothing until the write is durable. */
export function isHeld(node: NodeState): boolean {
  return node.agenda !== undefined;
}
