/**
 * What a decision does to its node alone: the part of the relation that depends on nothing but the node's
 * state, which is why the checker may remember it.
 */
import type { EventObject } from 'xstate';
import {
  type ActingDecision,
  type Choose,
  type Decision,
  describeDecision,
  isDiskAnswer,
} from './decision.ts';
import { asked, possibleOperations } from './demand.ts';
import type { Address } from './effects.ts';
import { UserMistake } from './errors.ts';
import type { Instance } from './instance.ts';
import type { Timer } from './local-step.ts';
import {
  definitionOf,
  type Executed,
  eventOf,
  isHeld,
  type NodeDefinition,
  type NodeState,
  type ProcessDefinition,
  type Running,
  runningAt,
} from './node.ts';
import { type NodeRun, runNode, type Trigger } from './node-run.ts';
import { canonical } from './plain-data.ts';
import { tailLength } from './storage.ts';

/** The node after the decision, and what it did. Throws a {@link UserMistake} when it cannot act so. */
export function nodeStep(
  instance: Instance,
  index: number,
  before: NodeState,
  decision: ActingDecision,
): NodeRun {
  const definition = instance.nodes[index];
  if (definition === undefined) throw new Error(`broken promise: there is no node ${index}`);
  if (decision.type === 'restart') {
    if (before.up) return impossible(decision, `${definition.id} is up`);
    const tail = tailLength(before.disk);
    if (!Number.isInteger(decision.tail) || decision.tail < 0 || decision.tail > tail)
      return impossible(decision, `the unforced tail has ${tail} entries`);
  } else if (!before.up) return impossible(decision, `${definition.id} is down`);
  if (isDiskAnswer(decision)) {
    if (before.disk.writes.length === 0)
      return impossible(decision, `${definition.id} has no forced write under way`);
  } else if (isHeld(before))
    return impossible(decision, `${definition.id} waits for a forced write`);
  const { now, crashAfter } = decision;
  switch (decision.type) {
    case 'restart':
      return runNode(definition, before, { kind: 'restart', tail: decision.tail, now }, crashAfter);
    case 'durable':
      return runNode(definition, before, { kind: 'answer', answer: 'durable', now }, crashAfter);
    case 'loseForce':
      return runNode(definition, before, { kind: 'answer', answer: 'lost', now }, crashAfter);
    case 'failWrite':
      return runNode(definition, before, { kind: 'answer', answer: 'failed', now }, crashAfter);
    case 'deliver':
      return runNode(
        definition,
        before,
        { kind: 'event', process: decision.to, event: eventOf(decision), now },
        crashAfter,
      );
    case 'choose': {
      const { process, event } = decision;
      refuseClosed(definition, alive(before, process, decision), decision);
      return runNode(definition, before, { kind: 'event', process, event, now }, crashAfter);
    }
    case 'fire': {
      const { process, waitedMs: waited } = decision;
      const timer = armed(alive(before, process, decision), decision.timer, decision);
      return runNode(definition, before, { kind: 'fire', process, timer, now, waited }, crashAfter);
    }
    case 'invoke':
      return invoke(definition, before, decision);
  }
}

/**
 * The next operation that the environment would ask of a process, or undefined: where it asks for a list,
 * and not for any of a set.
 */
export function nextOperation(
  definition: NodeDefinition,
  node: NodeState,
  process: number,
): EventObject | undefined {
  const { demand, process: declared } = definition.processes[process] as ProcessDefinition;
  return demand === undefined ? declared.operations?.[node.operations[process] ?? 0] : undefined;
}

/** The operations of which the environment may ask a process for any. */
export function openOperations(
  definition: NodeDefinition,
  node: NodeState,
  process: number,
): readonly EventObject[] {
  const { address, demand } = definition.processes[process] as ProcessDefinition;
  if (demand !== undefined)
    return possibleOperations(demand, address, node.operations[process] ?? 0);
  const next = nextOperation(definition, node, process);
  return next === undefined ? [] : [next];
}

function refuseClosed(definition: NodeDefinition, running: Running, decision: Choose): void {
  const { event, process } = decision;
  const { process: declared, stepper } = definitionOf(definition, process);
  const choice = (declared.choices ?? []).find(
    (candidate) => candidate.event === event || canonical(candidate.event) === canonical(event),
  );
  if (choice === undefined || choice.weight === 0)
    impossible(decision, `${process} declares no such choice`);
  if (!stepper.handles(running.state, event))
    impossible(decision, `${process} has no transition for it now`);
}

function invoke(
  definition: NodeDefinition,
  node: NodeState,
  decision: Extract<ActingDecision, { readonly type: 'invoke' }>,
): NodeRun {
  const { process, operation, now, crashAfter } = decision;
  const position = definition.processes.findIndex(({ address }) => address === process);
  const counted = countedAfter(definition, node, position, decision);
  const { state } = alive(node, process, decision);
  if (definition.processes[position]?.stepper.handles(state, operation) !== true)
    return impossible(decision, `${process} has no transition for it now`);
  const operations = node.operations.with(position, counted);
  const invoked: Executed = { type: 'mark', process, name: 'invoked', data: operation };
  const trigger: Trigger = { kind: 'event', process, event: operation, now };
  const done = runNode(definition, { ...node, operations }, trigger, crashAfter);
  return { ...done, effects: [invoked, ...done.effects] };
}

/** How many operations were asked of the process when this one is: it must be one that may be asked. */
function countedAfter(
  definition: NodeDefinition,
  node: NodeState,
  position: number,
  decision: Extract<ActingDecision, { readonly type: 'invoke' }>,
): number {
  const { process, operation } = decision;
  const done = node.operations[position] ?? 0;
  const demand = definition.processes[position]?.demand;
  if (demand !== undefined) {
    const how = asked(demand, process, done, operation);
    if (how === undefined)
      return impossible(decision, `the workload does not ask ${process} for it now`);
    return how === 'new' && demand.counts ? done + 1 : done;
  }
  const next = position < 0 ? undefined : nextOperation(definition, node, position);
  if (next === undefined) return impossible(decision, `${process} has no operation left`);
  if (next !== operation && canonical(next) !== canonical(operation))
    return impossible(decision, `the next operation is ${next.type}`);
  return done + 1;
}

function alive(node: NodeState, address: Address, decision: Decision): Running {
  return runningAt(node, address) ?? impossible(decision, `${address} is not running`);
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

/** The one sentence about a decision that the state does not allow. */
export function impossible(decision: Decision, reason: string): never {
  throw new UserMistake(`"${describeDecision(decision)}" is not possible here: ${reason}`);
}
