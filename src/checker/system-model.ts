/**
 * A system as the search sees it: the relation, within a scope and under a timing. Node runs are
 * remembered by (node state, trigger), so XState is called once for each distinct pair.
 */
import type { Decision, Deliver } from '../model/decision.ts';
import { isActing } from '../model/decision.ts';
import { enabledDecisions } from '../model/enabled.ts';
import type { Instance } from '../model/instance.ts';
import type { NodeState, RoutedEnvelope } from '../model/node.ts';
import { type NodeRun, type NodeRunner, runNode, type Trigger } from '../model/node-run.ts';
import { canonical, keyOf } from '../model/plain-data.ts';
import type { Timing } from '../model/property.ts';
import { apply, eventOf, initialState, type Step } from '../model/relation.ts';
import type { FullScope } from '../model/scope.ts';
import type { State } from '../model/state.ts';
import { envelopeKey, nodeKey } from '../model/state-key.ts';
import { viewOf } from '../model/state-view.ts';
import type { View } from '../model/view.ts';
import type { SearchModel } from './search.ts';

/** The label of a step: usually one decision; "everything in flight is lost" is several. */
export type Decisions = readonly Decision[];

export interface ModelOptions {
  readonly scope: FullScope;
  readonly timing: Timing;
  /** Leave out steps that others dominate; see {@link isDominated}. */
  readonly reduce: boolean;
}

export interface SystemModel extends SearchModel<State, Decisions, View> {
  /** Calls of XState so far, the others having been remembered. */
  readonly runs: () => number;
  /** Whether some predicate has looked at messages in flight, which the reduction must not hide. */
  readonly sawMessages: () => boolean;
}

/**
 * On an unordered, lossy network under asynchronous timing, a state can do whatever the same state with
 * fewer messages in flight can do, since nobody is forced to deliver. So losing single messages shows
 * nothing that not delivering them does not show, except what remains possible after a loss; and for
 * that, losing everything in flight is the worst. In the same way, where messages may be duplicated,
 * delivering one and keeping a copy dominates delivering it for good.
 */
export function isDominated(instance: Instance, { scope, timing }: ModelOptions): boolean {
  return instance.network.order === 'unordered' && scope.loss && timing === 'asynchronous';
}

export function systemModel(instance: Instance, options: ModelOptions): SystemModel {
  const { scope, reduce } = options;
  const intern = interner();
  const memo = rememberingRunner(intern.node);
  const applyOptions = { copies: scope.copies, run: memo.run };
  const dominated = reduce && isDominated(instance, options);
  let sawMessages = false;

  const settle = (step: Step): Step => ({
    ...step,
    state: { ...step.state, nodes: step.state.nodes.map(intern.canonical) },
  });

  function* next(state: State): Generator<{ readonly label: Decisions; readonly state: State }> {
    const decisions = enabledDecisions(instance, state, options);
    const drops: Decision[] = [];
    for (const decision of decisions) {
      if (dominated && decision.type === 'drop') {
        drops.push(decision);
        continue;
      }
      if (
        dominated &&
        scope.duplication &&
        decision.type === 'deliver' &&
        decision.duplicate !== true
      )
        continue;
      const step = settle(apply(instance, state, decision, applyOptions));
      if (decision.type === 'deliver' && !counts(instance, state, decision, step)) continue;
      yield { label: [decision], state: step.state };
      if (!isActing(decision) || state.faults.crashes >= scope.crashes) continue;
      for (let crashAfter = 0; crashAfter < step.points; crashAfter++) {
        const crashed: Decision = { ...decision, crashAfter };
        const { state: after } = settle(apply(instance, state, crashed, applyOptions));
        yield { label: [crashed], state: after };
      }
    }
    if (drops.length > 0) {
      let lost = state;
      for (const drop of drops) lost = apply(instance, lost, drop, applyOptions).state;
      yield { label: drops, state: lost };
    }
  }

  return {
    initial: [settle(initialState(instance, applyOptions)).state],
    next,
    key: (state) => intern.key(instance, state),
    within: () => true,
    view(state) {
      const view = viewOf(instance, state);
      return Object.defineProperty(view, 'inFlight', {
        configurable: true,
        get: () => {
          sawMessages = true;
          return state.flight.flat(2);
        },
      });
    },
    forbids: (property, label) =>
      property.kind === 'alwaysPossible' &&
      property.without !== undefined &&
      label.some((decision) => property.without?.(decision) === true),
    runs: memo.calls,
    sawMessages: () => sawMessages,
  };
}

/** Whether a delivery is a transition, by the network's rule for deliveries that change nothing. */
function counts(instance: Instance, before: State, decision: Deliver, step: Step): boolean {
  const { idle } = instance.network;
  if (idle === 'consume') return true;
  const { node } = instance.placeOf(decision.to);
  const changes =
    before.nodes[node] !== step.state.nodes[node] ||
    step.effects.some(({ type }) => type === 'send' || type === 'mark');
  if (changes) return true;
  if (idle === 'disabled') return false;
  const running = before.nodes[node]?.running.find(({ address }) => address === decision.to);
  const hosted = instance.nodes[node]?.processes.find(({ address }) => address === decision.to);
  if (running === undefined || hosted === undefined) return false;
  const envelope = { ...decision, source: 0, target: node };
  return hosted.stepper.handles(running.state, eventOf(envelope));
}

/** Small numbers for what states are made of, and one object for equal node states. */
function interner() {
  const nodes = new Map<string, { readonly id: number; readonly node: NodeState }>();
  const nodeIds = new WeakMap<NodeState, { readonly id: number; readonly node: NodeState }>();
  const others = new Map<string, number>();
  const envelopeIds = new WeakMap<RoutedEnvelope, number>();
  const observedIds = new WeakMap<object, number>();
  const entry = (node: NodeState): { readonly id: number; readonly node: NodeState } => {
    let known = nodeIds.get(node);
    if (known !== undefined) return known;
    const key = nodeKey(node);
    known = nodes.get(key);
    if (known === undefined) {
      known = { id: nodes.size, node };
      nodes.set(key, known);
    }
    nodeIds.set(node, known);
    return known;
  };
  const other = (key: string): number => {
    let id = others.get(key);
    if (id === undefined) {
      id = others.size;
      others.set(key, id);
    }
    return id;
  };
  const envelope = (sent: RoutedEnvelope): number => {
    let id = envelopeIds.get(sent);
    if (id === undefined) {
      id = other(envelopeKey(sent));
      envelopeIds.set(sent, id);
    }
    return id;
  };
  const observed = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return other(`observed ${canonical(value)}`);
    let id = observedIds.get(value);
    if (id === undefined) {
      id = other(`observed ${keyOf(value, 'what the observer made of the marks')}`);
      observedIds.set(value, id);
    }
    return id;
  };
  return {
    node: (node: NodeState): number => entry(node).id,
    canonical: (node: NodeState): NodeState => entry(node).node,
    /** A short key of the state: numbers in a fixed order. */
    key(instance: Instance, state: State): string {
      let key = '';
      for (const node of state.nodes) key += `${entry(node).id},`;
      for (const row of state.flight)
        for (const link of row) {
          if (link.length === 0) continue;
          const ids = link.map(envelope);
          if (instance.network.order !== 'fifo' && ids.length > 1) ids.sort((a, b) => a - b);
          // The ids name sender and receiver, so links need no separator except on FIFO.
          key += `;${ids.join()}`;
        }
      const { crashes, restarts, partitions, diskLosses } = state.faults;
      return `${key}|${state.cuts.join()}|${crashes},${restarts},${partitions},${diskLosses}|${observed(state.observed)}`;
    },
  };
}

/** Runs nodes, remembering each run by the node's state, the trigger and the crash. */
function rememberingRunner(idOf: (node: NodeState) => number): {
  readonly run: NodeRunner;
  readonly calls: () => number;
} {
  const runs = new Map<string, NodeRun>();
  let calls = 0;
  const run: NodeRunner = (definition, node, trigger, crashAfter) => {
    const key = `${definition.index}:${idOf(node)}${triggerKey(trigger)}${crashAfter ?? ''}`;
    let known = runs.get(key);
    if (known === undefined) {
      calls++;
      known = runNode(definition, node, trigger, crashAfter);
      runs.set(key, known);
    }
    return known;
  };
  return { run, calls: () => calls };
}

function triggerKey(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'start':
      return 's';
    case 'restart':
      return `r${trigger.tail}x`;
    case 'durable':
      return 'd';
    case 'fire':
      return `f${trigger.process} ${trigger.timer.id}`;
    case 'event':
      return `e${trigger.process} ${canonical(trigger.event)}`;
  }
}
