/**
 * The relation: apply(state, decision) -> state. One for all drivers, so that every simulated run is a
 * path of the checked model by construction.
 */
import type { EventObject } from 'xstate';
import { type Decision, describeDecision } from './decision.ts';
import type { Address, Message, NodeId, Received } from './effects.ts';
import { UserMistake } from './errors.ts';
import type { Instance } from './instance.ts';
import type { Timer } from './local-step.ts';
import { emptyFlight, takeable, without, withSent } from './network.ts';
import type { Executed, NodeDefinition, NodeState, RoutedEnvelope, Running } from './node.ts';
import { isHeld, runningAt } from './node.ts';
import { crashed, type NodeRunner, runNode, type Trigger } from './node-run.ts';
import { canonical } from './plain-data.ts';
import { noFaults, type State } from './state.ts';
import { emptyDisk, tailLength } from './storage.ts';

/** The outcome of a decision: the next state, and what was done on the way, in order. */
export interface Step {
  readonly state: State;
  readonly effects: readonly Executed[];
  /** Sends and writes performed: the points after which a crash could have struck. */
  readonly points: number;
}

/** How a driver applies decisions. */
export interface ApplyOptions {
  /** Identical copies of a message kept in flight at most. Default: no limit. */
  readonly copies?: number;
  /** Runs a node; the checker passes one that remembers. */
  readonly run?: NodeRunner;
}

/** The first state of the system: every node has started, in declared order. */
export function initialState(instance: Instance, options: ApplyOptions = {}): Step {
  const run = options.run ?? runNode;
  const nodes: NodeState[] = [];
  const effects: Executed[] = [];
  let points = 0;
  for (const definition of instance.nodes) {
    const fresh: NodeState = {
      up: false,
      running: [],
      operations: definition.processes.map(() => 0),
      disk: emptyDisk,
    };
    const started = run(definition, fresh, { kind: 'start', now: 0 }, undefined);
    nodes.push(started.node);
    effects.push(...started.effects);
    points += started.points;
  }
  const state: State = {
    nodes,
    flight: emptyFlight(nodes.length),
    cuts: [],
    faults: noFaults,
    observed: instance.observer?.initial,
  };
  return { state: withEffects(instance, state, effects, options), effects, points };
}

/**
 * Applies a decision. Throws a {@link UserMistake} when the decision is not possible in this state: a
 * message that is not in flight, a timer that is not armed, a node that is down or held.
 */
export function apply(
  instance: Instance,
  state: State,
  decision: Decision,
  options: ApplyOptions = {},
): Step {
  switch (decision.type) {
    case 'deliver': {
      const { source, target, envelope } = inFlight(instance, state, decision);
      if (isCut(state, source, target))
        return impossible(decision, `the link to ${decision.to} is cut`);
      const stays = instance.network.order === 'set' || decision.duplicate === true;
      const flight = stays ? state.flight : without(state.flight, envelope);
      const event = eventOf(envelope);
      const trigger: Trigger = { kind: 'event', process: envelope.to, event, now: decision.now };
      return act(instance, { ...state, flight }, target, trigger, decision, options);
    }
    case 'drop': {
      const { envelope } = inFlight(instance, state, decision);
      return quiet({ ...state, flight: without(state.flight, envelope) });
    }
    case 'fire': {
      const { node, running } = alive(instance, state, decision.process, decision);
      const timer = armed(running, decision.timer, decision);
      const trigger: Trigger = {
        kind: 'fire',
        process: decision.process,
        timer,
        now: decision.now,
        waited: decision.waitedMs,
      };
      return act(instance, state, node, trigger, decision, options);
    }
    case 'choose': {
      const { node } = alive(instance, state, decision.process, decision);
      const { process, event, now } = decision;
      return act(instance, state, node, { kind: 'event', process, event, now }, decision, options);
    }
    case 'invoke': {
      const { node } = alive(instance, state, decision.process, decision);
      return invoke(instance, state, node, decision, options);
    }
    case 'durable': {
      const node = instance.node(decision.node).index;
      if (state.nodes[node]?.disk.writes.length === 0)
        return impossible(decision, `${decision.node} has no forced write under way`);
      return act(instance, state, node, { kind: 'durable', now: decision.now }, decision, options);
    }
    case 'crash': {
      const { node, definition } = nodeOf(instance, state, decision.node);
      if (!node.up) return impossible(decision, `${decision.node} is down already`);
      const faults = { ...state.faults, crashes: state.faults.crashes + 1 };
      return quiet({ ...state, nodes: state.nodes.with(definition.index, crashed(node)), faults });
    }
    case 'restart': {
      const { node, definition } = nodeOf(instance, state, decision.node);
      if (node.up) return impossible(decision, `${decision.node} is up`);
      const tail = tailLength(node.disk);
      if (!Number.isInteger(decision.tail) || decision.tail < 0 || decision.tail > tail)
        return impossible(decision, `the unforced tail has ${tail} entries`);
      const faults = { ...state.faults, restarts: state.faults.restarts + 1 };
      const trigger: Trigger = { kind: 'restart', tail: decision.tail, now: decision.now };
      return act(instance, { ...state, faults }, definition.index, trigger, decision, options);
    }
    case 'loseDisk': {
      const { node, definition } = nodeOf(instance, state, decision.node);
      if (node.up) return impossible(decision, `${decision.node} is up`);
      const faults = { ...state.faults, diskLosses: state.faults.diskLosses + 1 };
      const without: NodeState = { ...node, disk: emptyDisk };
      return quiet({ ...state, nodes: state.nodes.with(definition.index, without), faults });
    }
    case 'cut': {
      const links = decision.links.map((pair) => linkOf(instance, pair));
      const cuts = [...new Set([...state.cuts, ...links])].sort((a, b) => a - b);
      const faults = { ...state.faults, partitions: state.faults.partitions + 1 };
      return quiet({ ...state, cuts, faults });
    }
    case 'mend': {
      const mended = decision.links?.map((pair) => linkOf(instance, pair));
      const cuts = mended === undefined ? [] : state.cuts.filter((link) => !mended.includes(link));
      return quiet({ ...state, cuts });
    }
  }
}

/** Whether the link between two nodes, given by index, is cut. */
export function isCut(state: State, source: number, target: number): boolean {
  return state.cuts.length > 0 && state.cuts.includes(source * state.nodes.length + target);
}

/** What the destination's machine receives of an envelope. */
export function eventOf(envelope: RoutedEnvelope): EventObject {
  const event: Received<Message> = { ...envelope.message, from: envelope.from };
  return event;
}

/** The next operation that the environment would ask of a process, or undefined. */
export function nextOperation(
  definition: NodeDefinition,
  node: NodeState,
  process: number,
): EventObject | undefined {
  return definition.processes[process]?.process.operations?.[node.operations[process] ?? 0];
}

function act(
  instance: Instance,
  state: State,
  index: number,
  trigger: Trigger,
  decision: Decision & { readonly crashAfter?: number },
  options: ApplyOptions,
): Step {
  const definition = instance.nodes[index];
  const before = state.nodes[index];
  if (definition === undefined || before === undefined)
    throw new Error(`broken promise: there is no node ${index}`);
  if (trigger.kind !== 'restart' && !before.up)
    return impossible(decision, `${definition.id} is down`);
  if (trigger.kind !== 'durable' && isHeld(before))
    return impossible(decision, `${definition.id} waits for a forced write`);
  const run = options.run ?? runNode;
  const { node, effects, points } = run(definition, before, trigger, decision.crashAfter);
  const faults =
    decision.crashAfter === undefined
      ? state.faults
      : { ...state.faults, crashes: state.faults.crashes + 1 };
  const nodes = state.nodes.with(index, node);
  return {
    state: withEffects(instance, { ...state, nodes, faults }, effects, options),
    effects,
    points,
  };
}

function invoke(
  instance: Instance,
  state: State,
  index: number,
  decision: Extract<Decision, { readonly type: 'invoke' }>,
  options: ApplyOptions,
): Step {
  const { process, operation, now } = decision;
  const definition = instance.nodes[index];
  const node = state.nodes[index];
  const position = definition?.processes.findIndex(({ address }) => address === process) ?? -1;
  if (definition === undefined || node === undefined || position < 0)
    return impossible(decision, `${process} has no operations`);
  const next = nextOperation(definition, node, position);
  if (next === undefined || canonical(next) !== canonical(operation))
    return impossible(
      decision,
      next === undefined
        ? `${process} has no operation left`
        : `the next operation is ${next.type}`,
    );
  const operations = node.operations.with(position, (node.operations[position] ?? 0) + 1);
  const counted = state.nodes.with(index, { ...node, operations });
  const invoked: Executed = { type: 'mark', process, name: 'invoked', data: operation };
  const observed = observe(instance, state.observed, invoked);
  const before = { ...state, nodes: counted, observed };
  const trigger: Trigger = { kind: 'event', process, event: operation, now };
  const step = act(instance, before, index, trigger, decision, options);
  return { ...step, effects: [invoked, ...step.effects] };
}

/** Sends go into flight and marks to the observer, in the order of the effects. */
function withEffects(
  instance: Instance,
  state: State,
  effects: readonly Executed[],
  { copies = Number.POSITIVE_INFINITY }: ApplyOptions,
): State {
  let { flight, observed } = state;
  for (const effect of effects) {
    if (effect.type === 'send')
      flight = withSent(flight, instance.network, effect.envelope, copies);
    else if (effect.type === 'mark') observed = observe(instance, observed, effect);
  }
  return flight === state.flight && observed === state.observed
    ? state
    : { ...state, flight, observed };
}

function observe(
  instance: Instance,
  observed: unknown,
  mark: Extract<Executed, { readonly type: 'mark' }>,
): unknown {
  return instance.observer === undefined ? observed : instance.observer.on(observed, mark);
}

function quiet(state: State): Step {
  return { state, effects: [], points: 0 };
}

function nodeOf(
  instance: Instance,
  state: State,
  id: NodeId,
): { readonly node: NodeState; readonly definition: NodeDefinition } {
  const definition = instance.node(id);
  const node = state.nodes[definition.index];
  if (node === undefined) throw new Error(`broken promise: the state lacks node ${id}`);
  return { node, definition };
}

function alive(
  instance: Instance,
  state: State,
  address: Address,
  decision: Decision,
): { readonly node: number; readonly running: Running } {
  const { node } = instance.placeOf(address);
  const running = state.nodes[node] && runningAt(state.nodes[node], address);
  if (running === undefined) return impossible(decision, `${address} is not running`);
  return { node, running };
}

function armed(running: Running, id: string, decision: Decision): Timer {
  const timer = running.state.timers.find((candidate) => candidate.id === id);
  if (timer !== undefined) return timer;
  const known = running.state.timers.map((candidate) => candidate.id);
  return impossible(
    decision,
    `${running.address} has not armed it (armed: ${known.join(', ') || 'none'})`,
  );
}

function inFlight(
  instance: Instance,
  state: State,
  decision: Extract<Decision, { readonly type: 'deliver' | 'drop' }>,
): { readonly source: number; readonly target: number; readonly envelope: RoutedEnvelope } {
  const source = instance.placeOf(decision.from).node;
  const target = instance.placeOf(decision.to).node;
  const link = state.flight[source]?.[target] ?? [];
  const envelope = takeable(link, instance.network, decision);
  if (envelope === undefined)
    return impossible(
      decision,
      instance.network.order === 'fifo' && link.length > 0
        ? 'it is not the first message on its link'
        : 'no such message is in flight',
    );
  return { source, target, envelope };
}

function linkOf(instance: Instance, [from, to]: readonly [NodeId, NodeId]): number {
  return instance.node(from).index * instance.nodes.length + instance.node(to).index;
}

function impossible(decision: Decision, reason: string): never {
  throw new UserMistake(`"${describeDecision(decision)}" is not possible here: ${reason}`);
}
