/**
 * The decisions that are possible in a state within a scope and under a timing: what the checker tries
 * and a person chooses from. What a node may do by itself depends on its state alone, so that the
 * checker can remember it.
 */
import { openChoices, openImmediateChoices } from './choices.ts';
import type {
  ActingDecision,
  Choose,
  Decision,
  Durable,
  FailWrite,
  Fire,
  Invoke,
  LoseForce,
  Restart,
} from './decision.ts';
import type { NodeId } from './effects.ts';
import { idleReason } from './idle.ts';
import type { Instance } from './instance.ts';
import type { Timer } from './local-step.ts';
import { deliverable, keepsDelivered, losable, mayBeLost } from './network.ts';
import {
  definitionOf,
  isHeld,
  type NodeDefinition,
  type NodeState,
  type RoutedEnvelope,
  type Running,
} from './node.ts';
import { nodeStep, openOperations } from './node-step.ts';
import type { UntimedTiming } from './property.ts';
import { isCut } from './relation.ts';
import type { FullScope } from './scope.ts';
import { nodeAt, type State } from './state.ts';
import { tailLength } from './storage.ts';
import { dueExpirations, isAwaited } from './synchronous.ts';

/** The question that a list of decisions answers. */
export interface Question {
  readonly scope: FullScope;
  readonly timing: UntimedTiming;
}

/** A timer that may fire, with the indices of the peers that it suspects, if it suspects any. */
export interface Expiration {
  readonly decision: Fire;
  readonly suspects: readonly number[] | undefined;
}

/** What a node may do by itself, whatever the rest of the system does. */
export interface LocalDecisions {
  /** Whether it handles messages: it is up and no forced write holds it. */
  readonly ready: boolean;
  /** Forced writes that complete and choices: steps that nothing but their execution delays. */
  readonly steps: readonly (Durable | Choose)[];
  /** What a disk may answer to the oldest forced write instead. */
  readonly lostForces: readonly LoseForce[];
  readonly failedWrites: readonly FailWrite[];
  readonly operations: readonly Invoke[];
  readonly expirations: readonly Expiration[];
  readonly restarts: readonly Restart[];
}

/** The local decisions of a node in this state. */
export function localDecisions(
  instance: Instance,
  definition: NodeDefinition,
  node: NodeState,
): LocalDecisions {
  const ready = node.up && !isHeld(node);
  const steps: (Durable | Choose)[] = [];
  const operations: Invoke[] = [];
  const expirations: Expiration[] = [];
  const restarts: Restart[] = [];
  const isWriting = node.disk.writes.length > 0;
  if (isWriting) steps.push({ type: 'durable', node: definition.id });
  if (ready) {
    for (const running of node.running) {
      const process = running.address;
      for (const { event } of openChoices(definition, running))
        steps.push({ type: 'choose', process, event });
      for (const timer of running.state.timers) {
        const suspects = suspectsOf(instance, definition, running, timer);
        expirations.push({ decision: { type: 'fire', process, timer: timer.id }, suspects });
      }
    }
    for (const [position, { address, stepper }] of definition.processes.entries()) {
      const running = node.running.find((candidate) => candidate.address === address);
      if (running === undefined) continue;
      for (const operation of openOperations(definition, node, position))
        if (stepper.handles(running.state, operation))
          operations.push({ type: 'invoke', process: address, operation });
    }
  }
  if (!node.up)
    for (let tail = 0; tail <= tailLength(node.disk); tail++)
      restarts.push({ type: 'restart', node: definition.id, tail });
  return {
    ready,
    steps,
    lostForces: isWriting ? [{ type: 'loseForce', node: definition.id }] : [],
    failedWrites: isWriting ? [{ type: 'failWrite', node: definition.id }] : [],
    operations,
    expirations,
    restarts,
  };
}

function suspectsOf(
  instance: Instance,
  definition: NodeDefinition,
  running: Running,
  timer: Timer,
): readonly number[] | undefined {
  const suspects = definitionOf(definition, running.address).process.suspects?.[timer.delay];
  if (suspects === undefined) return undefined;
  const { context } = running.state.snapshot;
  const peers: readonly NodeId[] =
    typeof suspects === 'function' ? suspects({ context }) : suspects;
  return peers.map((peer) => instance.node(peer).index);
}

/**
 * All decisions possible in the state, in a fixed order: deliveries, forced writes and choices,
 * operations, timers, losses, lost forces, failed writes, crashes, restarts, disk losses, cuts, mends. A
 * crash between two effects of a step is the step's own decision with `crashAfter`; it is not listed
 * here. Where an immediate choice is open, the immediate choices are all that is possible.
 */
export function enabledDecisions(
  instance: Instance,
  state: State,
  question: Question,
): readonly Decision[] {
  const { scope, timing } = question;
  const immediate = openImmediateChoices(instance, state);
  if (immediate.length > 0) return immediate;
  const locals = instance.nodes.map((definition) =>
    localDecisions(instance, definition, nodeAt(state, definition.index)),
  );
  const steps: ActingDecision[] = deliveries(instance, state, scope, locals);
  for (const local of locals) steps.push(...local.steps);
  const decisions: Decision[] = [...steps];
  for (const local of locals) decisions.push(...local.operations);
  if (timing === 'asynchronous')
    for (const { expirations } of locals)
      decisions.push(...expirations.map(({ decision }) => decision));
  // Synchronous: a timer fires only when no step is under way that could still pre-empt it.
  else if (steps.length === 0) decisions.push(...dueExpirations(instance, state, locals));
  const mayReturn = (node: number): boolean =>
    timing === 'asynchronous' || (steps.length === 0 && !isAwaited(instance, state, locals, node));
  decisions.push(...losses(instance, state, scope));
  decisions.push(...nodeFaults(instance, state, scope, locals, mayReturn));
  decisions.push(...linkFaults(instance, state, scope));
  return decisions;
}

/** What waits in each lane and goes to each target; see {@link laneOf}. */
function* lanes(state: State): Generator<{ target: number; link: readonly RoutedEnvelope[] }> {
  for (const row of state.flight)
    for (const [target, link] of row.entries()) if (link.length > 0) yield { target, link };
}

function deliveries(
  instance: Instance,
  state: State,
  scope: FullScope,
  locals: readonly LocalDecisions[],
): ActingDecision[] {
  const decisions: ActingDecision[] = [];
  const { network } = instance;
  for (const { target, link } of lanes(state)) {
    const definition = instance.nodes[target];
    const node = state.nodes[target];
    if (locals[target]?.ready !== true || definition === undefined || node === undefined) continue;
    for (const envelope of deliverable(link, network)) {
      if (isCut(state, envelope.source, target)) continue;
      const { from, to, message } = envelope;
      const decision: ActingDecision = { type: 'deliver', from, to, message };
      const run = () => nodeStep(instance, target, node, decision);
      if (idleReason(instance, definition, node, envelope, run) !== undefined) continue;
      decisions.push(decision);
      if (scope.duplication && !keepsDelivered(network))
        decisions.push({ ...decision, duplicate: true });
    }
  }
  return decisions;
}

/** What may be lost: any message on a lossy network, and any whose destination cannot be reached. */
function losses(instance: Instance, state: State, scope: FullScope): Decision[] {
  const decisions: Decision[] = [];
  const { network } = instance;
  if (network.order === 'set') return decisions;
  for (const { target, link } of lanes(state))
    for (const { envelope, position } of losable(link, network)) {
      const cause = isCut(state, envelope.source, target)
        ? 'cut'
        : state.nodes[target]?.up === false
          ? 'down'
          : 'loss';
      if (cause === 'loss' && !(scope.loss && mayBeLost(network, envelope))) continue;
      const { from, to, message } = envelope;
      const place = position === undefined ? {} : { position };
      decisions.push({ type: 'drop', from, to, message, cause, ...place });
    }
  return decisions;
}

function nodeFaults(
  instance: Instance,
  state: State,
  scope: FullScope,
  locals: readonly LocalDecisions[],
  mayReturn: (node: number) => boolean,
): Decision[] {
  const decisions: Decision[] = [];
  const { crashes, restarts, diskLosses, lostForces, failedWrites } = state.faults;
  for (const { id, index } of instance.nodes) {
    const node = state.nodes[index];
    if (node === undefined) continue;
    if (node.up) {
      const local = locals[index];
      if (lostForces < scope.lostForces) decisions.push(...(local?.lostForces ?? []));
      if (failedWrites < scope.failedWrites) decisions.push(...(local?.failedWrites ?? []));
      if (crashes < scope.crashes) decisions.push({ type: 'crash', node: id });
      continue;
    }
    if (restarts < scope.restarts && mayReturn(index))
      decisions.push(...(locals[index]?.restarts ?? []));
    if (diskLosses < scope.diskLosses && node.disk.log.length > 0)
      decisions.push({ type: 'loseDisk', node: id });
  }
  return decisions;
}

/** Partitions into two sides: each split of the nodes once, and the mending of all. */
function linkFaults(instance: Instance, state: State, scope: FullScope): Decision[] {
  if (state.cuts.length > 0) return [{ type: 'mend' }];
  return state.faults.partitions < scope.partitions ? partitions(instance) : [];
}

/** All partitions into two sides, each once. */
export function partitions(instance: Instance): Decision[] {
  const ids = instance.nodes.map(({ id }) => id);
  const decisions: Decision[] = [];
  // Bit i of a split says on which side node i + 1 is; node 0 is always on side 0.
  for (let split = 1; split < 2 ** (ids.length - 1); split++) {
    const side = (index: number): number => (index === 0 ? 0 : (split >> (index - 1)) & 1);
    decisions.push({ type: 'cut', links: crossing(ids, side) });
  }
  return decisions;
}

function crossing(
  ids: readonly NodeId[],
  side: (index: number) => number,
): readonly (readonly [NodeId, NodeId])[] {
  return ids.flatMap((a, i) =>
    ids.flatMap((b, j): (readonly [NodeId, NodeId])[] => (side(i) === side(j) ? [] : [[a, b]])),
  );
}
