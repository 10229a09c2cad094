/** Makes the view of a state: what predicates are given. */
import type { Address, NodeId } from './effects.ts';
import type { Instance } from './instance.ts';
import type { Envelope } from './node.ts';
import { runningAt } from './node.ts';
import { isCut } from './relation.ts';
import type { State } from './state.ts';
import { recordsOf } from './storage.ts';
import {
  type DownProcess,
  liveView,
  type Nodes,
  type ProcessView,
  type ProcessViews,
  type View,
} from './view.ts';

const down = new Map<string, DownProcess>();

function downView(address: Address, node: NodeId): DownProcess {
  const key = `${node} ${address}`;
  let view = down.get(key);
  if (view === undefined) {
    view = { up: false, address, node, in: () => false };
    down.set(key, view);
  }
  return view;
}

/** A view of the state. Parts that a predicate does not look at cost nothing. */
export function viewOf(instance: Instance, state: State): View {
  let processes: Record<Address, ProcessView> | undefined;
  let all: readonly ProcessView[] | undefined;
  const list = (): readonly ProcessView[] => {
    if (all !== undefined) return all;
    const declared: ProcessView[] = [];
    const instances: ProcessView[] = [];
    for (const { id, index, processes: hosted } of instance.nodes) {
      const node = state.nodes[index];
      if (node === undefined) continue;
      for (const { address } of hosted) {
        const running = runningAt(node, address);
        declared.push(running === undefined ? downView(address, id) : liveView(running, id));
      }
      for (const running of node.running)
        if (running.parent !== undefined) instances.push(liveView(running, id));
    }
    all = [...declared, ...instances];
    return all;
  };
  return {
    parameters: instance.parameters,
    get processes() {
      if (processes === undefined) {
        processes = {};
        for (const view of list()) processes[view.address] = view;
      }
      return processes as ProcessViews<Nodes>;
    },
    get all() {
      return list();
    },
    isUp: (node) => state.nodes[instance.node(node).index]?.up === true,
    isConnected(from, to) {
      const [source, target] = [instance.node(from).index, instance.node(to).index];
      return state.nodes[target]?.up === true && !isCut(state, source, target);
    },
    get inFlight(): readonly Envelope[] {
      return state.flight.flat(2);
    },
    records(process) {
      const disk = state.nodes[instance.placeOf(process).node]?.disk;
      if (disk === undefined) return { durable: [], tail: [] };
      const durable = recordsOf(disk, process, disk.durable);
      return { durable, tail: recordsOf(disk, process).slice(durable.length) };
    },
    observed: state.observed,
    faults: state.faults,
  };
}
