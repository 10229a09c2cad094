/** Makes the view of a state: what predicates are given. */
import { type ClientHistory, emptyHistory } from './client-history.ts';
import type { Address, NodeId } from './effects.ts';
import type { Instance } from './instance.ts';
import { type Envelope, type NodeDefinition, type NodeState, runningAt } from './node.ts';
import { isCut } from './relation.ts';
import type { FaultCount, State } from './state.ts';
import { type Disk, recordsOf } from './storage.ts';
import {
  type DownProcess,
  liveView,
  type Nodes,
  type ProcessView,
  type ProcessViews,
  type RecordsView,
  type View,
} from './view.ts';

/** A view of the state. Parts that a predicate does not look at cost nothing. */
export function viewOf(instance: Instance, state: State): View {
  return new StateView(instance, state);
}

/**
 * The view of a state; it notes what has been looked at, so that a driver may remember a predicate's
 * answer for all states that are equal in it. Its functions are getters, so that a predicate may take
 * them out: `({ isUp }) => isUp('p1')`.
 */
export class StateView implements View {
  /** Whether anything but parameters and the observation has been looked at. */
  lookedBeyondMarks = false;
  /** Whether messages in flight have been looked at. */
  lookedAtMessages = false;
  readonly #instance: Instance;
  readonly #state: State;
  #all: readonly ProcessView[] | undefined;

  constructor(instance: Instance, state: State) {
    this.#instance = instance;
    this.#state = state;
  }

  get parameters(): Instance['parameters'] {
    return this.#instance.parameters;
  }

  get observed(): unknown {
    return this.#state.observed;
  }

  get history(): ClientHistory {
    this.lookedBeyondMarks = true;
    return this.#state.history ?? emptyHistory;
  }

  get faults(): FaultCount {
    this.lookedBeyondMarks = true;
    return this.#state.faults;
  }

  get all(): readonly ProcessView[] {
    this.lookedBeyondMarks = true;
    this.#all ??= this.#list();
    return this.#all;
  }

  get processes(): ProcessViews<Nodes> {
    const processes: Record<Address, ProcessView> = {};
    for (const view of this.all) processes[view.address] = view;
    return processes as ProcessViews<Nodes>;
  }

  get inFlight(): readonly Envelope[] {
    this.lookedBeyondMarks = true;
    this.lookedAtMessages = true;
    return this.#state.flight.flat(2);
  }

  get isUp(): (node: NodeId) => boolean {
    this.lookedBeyondMarks = true;
    return (node) => this.#state.nodes[this.#instance.node(node).index]?.up === true;
  }

  get isConnected(): (from: NodeId, to: NodeId) => boolean {
    this.lookedBeyondMarks = true;
    return (from, to) => {
      const [source, target] = [this.#instance.node(from).index, this.#instance.node(to).index];
      return this.#state.nodes[target]?.up === true && !isCut(this.#state, source, target);
    };
  }

  get records(): (process: Address) => RecordsView {
    this.lookedBeyondMarks = true;
    return (process) => {
      const disk = this.#state.nodes[this.#instance.placeOf(process).node]?.disk;
      return disk === undefined ? { durable: [], tail: [] } : recordsView(disk, process);
    };
  }

  #list(): readonly ProcessView[] {
    const declared: ProcessView[] = [];
    const instances: ProcessView[] = [];
    for (const definition of this.#instance.nodes) {
      const node = this.#state.nodes[definition.index];
      if (node === undefined) continue;
      const views = viewsOf(definition, node);
      for (const view of views.declared) declared.push(view);
      for (const view of views.instances) instances.push(view);
    }
    return instances.length === 0 ? declared : [...declared, ...instances];
  }
}

const recordsViews = new WeakMap<Disk, Map<Address, RecordsView>>();

/** The records of a process on a disk, read once for each state of the disk. */
function recordsView(disk: Disk, process: Address): RecordsView {
  let ofDisk = recordsViews.get(disk);
  if (ofDisk === undefined) {
    ofDisk = new Map();
    recordsViews.set(disk, ofDisk);
  }
  let view = ofDisk.get(process);
  if (view === undefined) {
    const durable = recordsOf(disk, process, disk.durable);
    view = { durable, tail: recordsOf(disk, process).slice(durable.length) };
    ofDisk.set(process, view);
  }
  return view;
}

/** The views of the processes of one node. */
export interface NodeViews {
  readonly declared: readonly ProcessView[];
  readonly instances: readonly ProcessView[];
}

const nodeViews = new WeakMap<NodeState, NodeViews>();

/** The views of a node's processes, made once for each state of the node. */
export function viewsOf({ id, processes }: NodeDefinition, node: NodeState): NodeViews {
  let views = nodeViews.get(node);
  if (views === undefined) {
    views = {
      declared: processes.map(({ address }): ProcessView => {
        const running = runningAt(node, address);
        return running === undefined ? downView(address, id) : liveView(running, id);
      }),
      instances: node.running
        .filter(({ parent }) => parent !== undefined)
        .map((running) => liveView(running, id)),
    };
    nodeViews.set(node, views);
  }
  return views;
}

function downView(address: Address, node: NodeId): DownProcess {
  return { up: false, address, node, in: () => false };
}
