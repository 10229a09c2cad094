/**
 * The decisions that are possible in a state within a scope and under a timing: what the checker tries
 * and a person chooses from. Crashes between two effects of a step are added by `withCrashPoints`.
 */
import type { ActingDecision, Decision } from './decision.ts';
import type { NodeId } from './effects.ts';
import type { Instance } from './instance.ts';
import type { Timer } from './local-step.ts';
import { isHeld, type NodeState, type RoutedEnvelope, type Running } from './node.ts';
import type { Choice } from './process.ts';
import type { Timing } from './property.ts';
import { isCut, nextOperation } from './relation.ts';
import type { FullScope } from './scope.ts';
import type { State } from './state.ts';
import { tailLength } from './storage.ts';

/** The question that a list of decisions answers. */
export interface Question {
  readonly scope: FullScope;
  readonly timing: Timing;
}

/**
 * All decisions possible in the state, in a fixed order: deliveries, forced writes, choices,
 * operations, timers, losses, crashes, restarts, disk losses, cuts, mends. An acting decision may turn
 * out to change nothing; whether that counts is for the driver to say.
 */
export function enabledDecisions(
  instance: Instance,
  state: State,
  question: Question,
): readonly Decision[] {
  const { scope, timing } = question;
  const steps: ActingDecision[] = [
    ...deliveries(instance, state, scope),
    ...forcedWrites(instance, state),
    ...choices(instance, state),
  ];
  const urgent = steps.length > 0;
  const operations = nextOperations(instance, state);
  const timers = timing === 'synchronous' && urgent ? [] : expirations(instance, state, timing);
  return [
    ...steps,
    ...operations,
    ...timers,
    ...losses(instance, state, scope),
    ...nodeFaults(instance, state, scope),
    ...linkFaults(instance, state, scope),
  ];
}

/** Whether a node can act: it is up and no forced write holds it. */
function ready(node: NodeState | undefined): node is NodeState {
  return node?.up === true && !isHeld(node);
}

function* links(
  state: State,
): Generator<{ source: number; target: number; link: readonly RoutedEnvelope[] }> {
  for (const [source, row] of state.flight.entries())
    for (const [target, link] of row.entries()) if (link.length > 0) yield { source, target, link };
}

function deliveries(instance: Instance, state: State, scope: FullScope): ActingDecision[] {
  const decisions: ActingDecision[] = [];
  const { order } = instance.network;
  for (const { source, target, link } of links(state)) {
    if (!ready(state.nodes[target]) || isCut(state, source, target)) continue;
    for (const { from, to, message } of order === 'fifo' ? link.slice(0, 1) : link) {
      decisions.push({ type: 'deliver', from, to, message });
      if (scope.duplication && order !== 'set')
        decisions.push({ type: 'deliver', from, to, message, duplicate: true });
    }
  }
  return decisions;
}

function forcedWrites(instance: Instance, state: State): ActingDecision[] {
  const decisions: ActingDecision[] = [];
  for (const { id, index } of instance.nodes)
    if ((state.nodes[index]?.disk.writes.length ?? 0) > 0)
      decisions.push({ type: 'durable', node: id });
  return decisions;
}

/** The choices of a running process that its machine has a transition for. */
export function openChoices(instance: Instance, node: number, running: Running): readonly Choice[] {
  const definition = instance.nodes[node]?.processes.find(
    ({ address }) => address === running.address,
  );
  const family = definition ?? familyOf(instance, node, running);
  const declared = family?.process.choices ?? [];
  return declared.filter(
    ({ event, weight = 1 }) => weight > 0 && family?.stepper.handles(running.state, event) === true,
  );
}

function familyOf(instance: Instance, node: number, running: Running) {
  for (const family of instance.nodes[node]?.families.values() ?? [])
    if (running.address.startsWith(`${family.address}/`)) return family;
  return undefined;
}

function choices(instance: Instance, state: State): ActingDecision[] {
  const decisions: ActingDecision[] = [];
  for (const { index } of instance.nodes) {
    const node = state.nodes[index];
    if (!ready(node)) continue;
    for (const running of node.running)
      for (const { event } of openChoices(instance, index, running))
        decisions.push({ type: 'choose', process: running.address, event });
  }
  return decisions;
}

/** Operations that the environment may start: the machine has a transition for the next one. */
function nextOperations(instance: Instance, state: State): ActingDecision[] {
  const decisions: ActingDecision[] = [];
  for (const definition of instance.nodes) {
    const node = state.nodes[definition.index];
    if (!ready(node)) continue;
    for (const [position, { address, stepper }] of definition.processes.entries()) {
      const operation = nextOperation(definition, node, position);
      const running = node.running.find((candidate) => candidate.address === address);
      if (operation === undefined || running === undefined) continue;
      if (stepper.handles(running.state, operation))
        decisions.push({ type: 'invoke', process: address, operation });
    }
  }
  return decisions;
}

function expirations(instance: Instance, state: State, timing: Timing): ActingDecision[] {
  const decisions: ActingDecision[] = [];
  for (const { index } of instance.nodes) {
    const node = state.nodes[index];
    if (!ready(node)) continue;
    for (const running of node.running)
      for (const timer of running.state.timers)
        if (timing === 'asynchronous' || isDue(instance, state, index, running, timer))
          decisions.push({ type: 'fire', process: running.address, timer: timer.id });
  }
  return decisions;
}

/** Under synchronous timing a time-out on peers is due only when one of them is down or cut off. */
function isDue(
  instance: Instance,
  state: State,
  node: number,
  running: Running,
  timer: Timer,
): boolean {
  const definition = instance.nodes[node]?.processes.find(
    ({ address }) => address === running.address,
  );
  const suspects = (definition ?? familyOf(instance, node, running))?.process.suspects?.[
    timer.delay
  ];
  if (suspects === undefined) return true;
  const { context } = running.state.snapshot;
  const peers: readonly NodeId[] =
    typeof suspects === 'function' ? suspects({ context }) : suspects;
  return peers.some((peer) => {
    const { index } = instance.node(peer);
    return !state.nodes[index]?.up || isCut(state, index, node) || isCut(state, node, index);
  });
}

/** What may be lost: any message on a lossy network, and any whose destination cannot be reached. */
function losses(instance: Instance, state: State, scope: FullScope): Decision[] {
  const decisions: Decision[] = [];
  const { order } = instance.network;
  if (order === 'set') return decisions;
  for (const { source, target, link } of links(state)) {
    const cause = isCut(state, source, target)
      ? 'cut'
      : state.nodes[target]?.up === false
        ? 'down'
        : 'loss';
    if (cause === 'loss' && !scope.loss) continue;
    for (const { from, to, message } of order === 'fifo' ? link.slice(0, 1) : link)
      decisions.push({ type: 'drop', from, to, message, cause });
  }
  return decisions;
}

function nodeFaults(instance: Instance, state: State, scope: FullScope): Decision[] {
  const decisions: Decision[] = [];
  const { crashes, restarts, diskLosses } = state.faults;
  for (const { id, index } of instance.nodes) {
    const node = state.nodes[index];
    if (node === undefined) continue;
    if (node.up) {
      if (crashes < scope.crashes) decisions.push({ type: 'crash', node: id });
      continue;
    }
    if (restarts < scope.restarts)
      for (let tail = 0; tail <= tailLength(node.disk); tail++)
        decisions.push({ type: 'restart', node: id, tail });
    if (diskLosses < scope.diskLosses && node.disk.log.length > 0)
      decisions.push({ type: 'loseDisk', node: id });
  }
  return decisions;
}

/** Partitions into two sides: each split of the nodes once, and the mending of all. */
function linkFaults(instance: Instance, state: State, scope: FullScope): Decision[] {
  if (state.cuts.length > 0) return [{ type: 'mend' }];
  if (state.faults.partitions >= scope.partitions) return [];
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
