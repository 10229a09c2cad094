import { openImmediateChoices } from './choices.ts';
import { type ClientHistory, emptyHistory, withMark } from './client-history.ts';
import type { ActingDecision, Decision } from './decision.ts';
import type { NodeId } from './effects.ts';
import { UserMistake } from './errors.ts';
import { idleReason } from './idle.ts';
import type { Instance } from './instance.ts';
import {
  emptyFlight,
  isQueue,
  keepsDelivered,
  laneOf,
  takeable,
  without,
  withSent,
} from './network.ts';
import type { Executed, NodeDefinition, NodeState, RoutedEnvelope } from './node.ts';
import { crashed, runNode } from './node-run.ts';
import { impossible, nodeStep } from './node-step.ts';
import { canonical } from './plain-data.ts';
import { countedAs, type FaultCount, noFaults, type State } from './state.ts';
import { emptyDisk } from './storage.ts';

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
}

/** How a system starts. */
export interface StartOptions extends ApplyOptions {
  /** Which of the ways in which the system may start, the first one being 0. Default 0. */
  readonly start?: number;
}

/** The first state of the system: every node has started, in declared order. */
export function initialState(instance: Instance, options: StartOptions = {}): Step {
  const { start = 0 } = options;
  const inputs = instance.starts[start];
  if (inputs === undefined)
    throw new UserMistake(
      `"${instance.system.name}" may start in ${instance.starts.length} ways, counted from 0; there is no start ${start}`,
    );
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
    const started = runNode(definition, fresh, { kind: 'start', now: 0, inputs }, undefined);
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
    ...(instance.hasHistory ? { history: emptyHistory } : {}),
  };
  const [open] = openImmediateChoices(instance, state);
  if (open !== undefined)
    throw new UserMistake(
      `${open.process} starts with the immediate choice ${open.event.type} open; a system starts in one state, so let it wait for an event, or declare several starts`,
    );
  const after = withEffects(instance, state, state.flight, effects, options);
  return { state: { ...state, ...after }, effects, points };
}

/**
 * Applies a decision. Throws a {@link UserMistake} when the decision is not possible in this state: a
 * message that is not in flight, a timer that is not armed, a node that is down or held, anything else
 * while an immediate choice is open.
 */
export function apply(
  instance: Instance,
  state: State,
  decision: Decision,
  options: ApplyOptions = {},
): Step {
  if (instance.hasImmediateChoices) refusePostponed(instance, state, decision);
  switch (decision.type) {
    case 'deliver': {
      const { network } = instance;
      const envelope = inFlight(instance, state, decision);
      const { source, target } = envelope;
      if (isCut(state, source, target))
        return impossible(decision, `the link to ${decision.to} is cut`);
      const stays = keepsDelivered(network) || decision.duplicate === true;
      const flight = stays ? state.flight : without(state.flight, network, envelope);
      const before = network.order === 'duplicating' ? { ...state, delivered: envelope } : state;
      return act(instance, before, target, decision, options, flight);
    }
    case 'drop': {
      const { network } = instance;
      const envelope = inFlight(instance, state, decision, decision.position);
      if (network.order === 'set')
        return impossible(decision, 'nothing leaves a set network; not delivering is the loss');
      const flight = without(state.flight, network, envelope, decision.position);
      return quiet({ ...state, flight });
    }
    case 'fire':
    case 'choose':
    case 'invoke':
      return act(instance, state, instance.placeOf(decision.process).node, decision, options);
    case 'durable':
    case 'loseForce':
    case 'failWrite':
    case 'restart':
      return act(instance, state, instance.node(decision.node).index, decision, options);
    case 'crash': {
      const { node, definition } = nodeOf(instance, state, decision.node);
      if (!node.up) return impossible(decision, `${decision.node} is down already`);
      const faults = { ...state.faults, crashes: state.faults.crashes + 1 };
      return quiet({ ...state, nodes: state.nodes.with(definition.index, crashed(node)), faults });
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
export function isCut(
  state: Pick<State, 'nodes' | 'cuts'>,
  source: number,
  target: number,
): boolean {
  return state.cuts.length > 0 && state.cuts.includes(source * state.nodes.length + target);
}

function refusePostponed(instance: Instance, state: State, decision: Decision): void {
  const open = openImmediateChoices(instance, state);
  const [first] = open;
  if (first === undefined) return;
  const isOne =
    decision.type === 'choose' &&
    open.some(
      ({ process, event }) =>
        process === decision.process && canonical(event) === canonical(decision.event),
    );
  if (!isOne) impossible(decision, `${first.process} has to choose first (${first.event.type})`);
}

/** The state after a node's step: the node replaced, its sends in flight, its marks observed. */
function act(
  instance: Instance,
  state: State,
  index: number,
  decision: ActingDecision,
  options: ApplyOptions,
  flight: State['flight'] = state.flight,
): Step {
  const before = state.nodes[index];
  if (before === undefined) throw new Error(`broken promise: there is no node ${index}`);
  const run = nodeStep(instance, index, before, decision);
  // A crash within it strikes after an effect, so that something has happened.
  if (decision.type === 'deliver' && decision.crashAfter === undefined) {
    const definition = instance.nodes[index] as NodeDefinition;
    const reason = idleReason(instance, definition, before, decision, () => run);
    if (reason !== undefined) return impossible(decision, reason);
  }
  const { node, effects, points } = run;
  const nodes = state.nodes.with(index, node);
  const { cuts, delivered } = state;
  const faults = faultsAfter(state.faults, decision);
  const after = withEffects(instance, state, flight, effects, options);
  const next: State = { nodes, cuts, faults, ...after };
  return { state: delivered === undefined ? next : { ...next, delivered }, effects, points };
}

function faultsAfter(faults: FaultCount, decision: ActingDecision): FaultCount {
  const counted = countedAs(decision);
  const crashes = decision.crashAfter === undefined ? 0 : 1;
  // Most decisions are no faults, and most states share their count with the state before.
  if (crashes === 0 && counted === undefined) return faults;
  const after = { ...faults, crashes: faults.crashes + crashes };
  if (counted !== undefined) after[counted]++;
  return after;
}

/** Sends go into flight and marks to the observer and the history, in the order of the effects. */
function withEffects(
  instance: Instance,
  before: Pick<State, 'observed' | 'history'>,
  flightBefore: State['flight'],
  effects: readonly Executed[],
  { copies = Number.POSITIVE_INFINITY }: ApplyOptions,
): Pick<State, 'flight' | 'observed' | 'history'> {
  let flight = flightBefore;
  let { observed } = before;
  let history: ClientHistory | undefined = before.history;
  for (const effect of effects) {
    if (effect.type === 'send')
      flight = withSent(flight, instance.network, effect.envelope, copies);
    else if (effect.type === 'mark') {
      observed = observe(instance, observed, effect);
      if (history !== undefined) history = withMark(history, effect);
    }
  }
  return history === undefined ? { flight, observed } : { flight, observed, history };
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

function inFlight(
  { network, placeOf }: Instance,
  state: State,
  decision: Extract<Decision, { readonly type: 'deliver' | 'drop' }>,
  position?: number,
): RoutedEnvelope {
  const source = placeOf(decision.from).node;
  const target = placeOf(decision.to).node;
  const link = state.flight[laneOf(network, { source, target })]?.[target] ?? [];
  if (position !== undefined && network.loses !== 'any')
    return impossible(decision, 'this network loses no message by its place in a queue');
  const envelope = takeable(link, network, decision, position);
  if (envelope !== undefined) return envelope;
  return impossible(
    decision,
    position !== undefined
      ? 'it is not at that place of its queue'
      : isQueue(network) && link.length > 0
        ? 'it is not the first message of its queue'
        : 'no such message is in flight',
  );
}

function linkOf(instance: Instance, [from, to]: readonly [NodeId, NodeId]): number {
  return instance.node(from).index * instance.nodes.length + instance.node(to).index;
}
