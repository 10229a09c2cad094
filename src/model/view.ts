/** What properties, goals and stories see of a state: processes by address, never the internals. */
import type { AnyStateMachine, ContextFrom, StateValue } from 'xstate';
import type { ClientHistory } from './client-history.ts';
import type { Address, NodeId } from './effects.ts';
import type { Envelope, Running } from './node.ts';
import type { Node, Process } from './process.ts';
import type { FaultCount } from './state.ts';

/** A process that is up. */
export interface LiveProcess<TMachine extends AnyStateMachine = AnyStateMachine> {
  readonly up: true;
  readonly address: Address;
  readonly node: NodeId;
  readonly value: StateValue;
  readonly context: ContextFrom<TMachine>;
  /** Whether the machine is in the state of that path: `in('leader')`, `in('leader.waiting')`. */
  in(path: string): boolean;
}

/** A process whose node is down. It is in no state. */
export interface DownProcess {
  readonly up: false;
  readonly address: Address;
  readonly node: NodeId;
  in(path: string): false;
}

export type ProcessView<TMachine extends AnyStateMachine = AnyStateMachine> =
  | LiveProcess<TMachine>
  | DownProcess;

/** The records of a process: those that survive any crash, and the tail that a crash may lose. */
export interface RecordsView {
  readonly durable: readonly unknown[];
  readonly tail: readonly unknown[];
}

/** What a system's `nodes` function returns. */
export type Nodes = Readonly<Record<string, Process | Node>>;

/**
 * The views of a system's processes, by address: typed by the machine of each. For a system of unknown
 * nodes they are views of any machine.
 */
export type ProcessViews<N extends Nodes> = {
  readonly [K in keyof N as Process extends N[K]
    ? K
    : NonNullable<N[K]> extends Process
      ? K
      : never]: ViewOf<NonNullable<N[K]>>;
} & {
  readonly [K in keyof N as N[K] extends Node
    ? `${K & string}/${keyof N[K]['processes'] & string}`
    : never]: ProcessView;
};

type ViewOf<T> = Node extends T ? ProcessView : T extends Process<infer M> ? ProcessView<M> : never;

export interface View<N extends Nodes = Nodes, O = unknown, P = Readonly<Record<string, unknown>>> {
  readonly parameters: P;
  /** Every declared process, up or down. */
  readonly processes: ProcessViews<N>;
  /** The same as a list, in declared order, the running instances of families after them. */
  readonly all: readonly ProcessView[];
  /** Whether each node is up. */
  isUp(node: NodeId): boolean;
  /** Whether a message from the first node can be delivered to the second. */
  isConnected(from: NodeId, to: NodeId): boolean;
  /** Messages on their way. */
  readonly inFlight: readonly Envelope[];
  /** The log of a process, read from its node's disk, up or down. */
  records(process: Address): RecordsView;
  /** What the system's observer has made of the marks so far. */
  readonly observed: O;
  /** What clients have called and been answered; empty unless a property asks for it (linearizable). */
  readonly history: ClientHistory;
  readonly faults: FaultCount;
}

/** Whether a state value includes the state of that path. */
export function valueIncludes(value: StateValue, path: readonly string[], from = 0): boolean {
  const key = path[from];
  if (key === undefined) return true;
  if (typeof value === 'string') return value === key && from === path.length - 1;
  const inner = value[key];
  return inner !== undefined && valueIncludes(inner, path, from + 1);
}

/** `prepared`, `leader.waiting`, `role.leader | link.up`: a state value in words. */
export function describeValue(value: StateValue | undefined): string {
  if (value === undefined) return '(start)';
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([key, inner]) => {
      const text = inner === undefined ? '' : describeValue(inner);
      return text === '' ? key : `${key}.${text}`;
    })
    .join(' | ');
}

/** A class, since one is made for each state of each process, and a closure in each would cost more. */
class LiveView implements LiveProcess {
  readonly up = true;
  readonly address: Address;
  readonly node: NodeId;
  readonly value: StateValue;
  readonly context: LiveProcess['context'];

  constructor({ address, state }: Running, node: NodeId) {
    this.address = address;
    this.node = node;
    this.value = state.snapshot.value;
    this.context = state.snapshot.context;
  }

  in(path: string): boolean {
    return valueIncludes(this.value, path.split('.'));
  }
}

const views = new WeakMap<Running, LiveProcess>();

/** The view of a running process, made once for each state of it. */
export function liveView(running: Running, node: NodeId): LiveProcess {
  let view = views.get(running);
  if (view === undefined) {
    view = new LiveView(running, node);
    views.set(running, view);
  }
  return view;
}
