/**
 * One run of a node: an event goes to a process, its effects are carried out in order, events between
 * processes of the node follow first in first out, until nothing is left, a forced write holds the
 * node, or it crashes.
 */
import type { EventObject } from 'xstate';
import type { Address, Effect, Message, Received, Write } from './effects.ts';
import { suggestion, UserMistake } from './errors.ts';
import type { LocalStep, Timer } from './local-step.ts';
import type { Agenda, Executed, NodeDefinition, NodeState, Running } from './node.ts';
import { definitionOf, runningAt } from './node.ts';
import type { Process } from './process.ts';
import {
  acknowledged,
  appended,
  completed,
  forced,
  oldestWrite,
  recordsOf,
  refused,
  survived,
} from './storage.ts';

/** What sets a node going. `now` is the reading of the node's clock in ms, where a process needs it. */
export type Trigger = { readonly now?: number | undefined } & (
  | { readonly kind: 'start'; readonly inputs?: ReadonlyMap<Address, unknown> }
  | { readonly kind: 'restart'; readonly tail: number }
  | { readonly kind: 'event'; readonly process: Address; readonly event: EventObject }
  | {
      readonly kind: 'fire';
      readonly process: Address;
      readonly timer: Timer;
      readonly waited?: number | undefined;
    }
  /** The disk's answer to the oldest forced write: it is durable, or is only said to be, or has failed. */
  | { readonly kind: 'answer'; readonly answer: 'durable' | 'lost' | 'failed' }
);

/** The outcome of a run. `effects` lists what was done before the run ended or the node crashed. */
export interface NodeRun {
  readonly node: NodeState;
  readonly effects: readonly Executed[];
  /** How many sends and writes were carried out: the points after which a crash can strike. */
  readonly points: number;
}

interface Draft {
  readonly definition: NodeDefinition;
  readonly now: number | undefined;
  running: readonly Running[];
  disk: NodeState['disk'];
  effects: Agenda['effects'][number][];
  readonly events: Agenda['events'][number][];
  readonly executed: Executed[];
  points: number;
}

/**
 * Runs a node until it has nothing to do, is held by a forced write, or crashes after `crashAfter`
 * sends and writes (0: before any). A `crashAfter` that the run does not reach is a
 * {@link UserMistake}: the crash would be a separate decision after the run.
 */
export function runNode(
  definition: NodeDefinition,
  node: NodeState,
  trigger: Trigger,
  crashAfter: number | undefined,
): NodeRun {
  const draft: Draft = {
    definition,
    now: trigger.now,
    running: node.running,
    disk: node.disk,
    effects: [],
    events: [],
    executed: [],
    points: 0,
  };
  const stops = begin(draft, node, trigger);
  if (stops) refuseUnreached(draft, crashAfter);
  const outcome = stops ? 'crashed' : finish(draft, crashAfter);
  if (outcome === 'crashed')
    return { node: crashed({ ...node, disk: draft.disk }), ...report(draft) };
  refuseUnreached(draft, crashAfter);
  const { running, disk } = draft;
  const { operations } = node;
  const { executed: effects, points } = draft;
  if (outcome === 'idle') return { node: { up: true, running, operations, disk }, effects, points };
  const agenda: Agenda = { effects: draft.effects, events: draft.events };
  return { node: { up: true, running, operations, disk, agenda }, effects, points };
}

function refuseUnreached({ definition, points }: Draft, crashAfter: number | undefined): void {
  if (crashAfter !== undefined)
    throw new UserMistake(
      `${definition.id} performs ${points} sends and writes in this step, so it cannot crash after ${crashAfter} of them; crash it in a decision of its own`,
    );
}

function report({ executed, points }: Draft): Pick<NodeRun, 'effects' | 'points'> {
  return { effects: executed, points };
}

/** A crash: processes, timers and the agenda are gone; what the log keeps is decided at the restart. */
export function crashed(node: NodeState): NodeState {
  return {
    up: false,
    running: [],
    operations: node.operations,
    disk: { ...node.disk, writes: [] },
  };
}

/** Does what the trigger says; true when it stops the node. */
function begin(draft: Draft, node: NodeState, trigger: Trigger): boolean {
  const { definition } = draft;
  switch (trigger.kind) {
    case 'start':
      for (const { address, process } of definition.processes)
        enter(draft, address, trigger.inputs?.get(address) ?? process.input);
      return false;
    case 'restart': {
      draft.disk = survived(node.disk, trigger.tail);
      for (const { address, process } of definition.processes) {
        const records = recordsOf(draft.disk, address) as readonly never[];
        const input = process.recover === undefined ? process.input : process.recover(records);
        enter(draft, address, input);
      }
      return false;
    }
    case 'event':
      handle(draft, trigger.process, trigger.event);
      return false;
    case 'fire': {
      const running = runningAt(node, trigger.process);
      if (running === undefined) throw new Error(`broken promise: ${trigger.process} is not up`);
      const { stepper, process } = definitionOf(definition, trigger.process);
      const waited = process.clock === true ? { waited: trigger.waited } : {};
      const event = withClock(draft, process, { ...trigger.timer.event, ...waited });
      stepped(draft, running, event, stepper.fire(running.state, trigger.timer, event));
      return false;
    }
    case 'answer':
      return answered(draft, node, trigger.answer);
  }
}

/** The disk answers; true when it stops the node. */
function answered(
  draft: Draft,
  { agenda }: NodeState,
  answer: Extract<Trigger, { readonly kind: 'answer' }>['answer'],
): boolean {
  const { process, completion, failure } = oldestWrite(draft.disk);
  if (answer === 'failed' && failure === undefined) {
    // What was to follow a write that nobody expected to fail must not happen. Whether the record is on
    // the disk all the same, the restart finds out.
    draft.executed.push({ type: 'failed', process, stops: true });
    return true;
  }
  if (answer === 'failed') {
    draft.disk = refused(draft.disk);
    draft.executed.push({ type: 'failed', process });
  } else if (answer === 'lost') {
    draft.disk = acknowledged(draft.disk);
    draft.executed.push({ type: 'durable', process, lies: true });
  } else {
    draft.disk = completed(draft.disk);
    draft.executed.push({ type: 'durable', process });
  }
  if (agenda !== undefined) {
    draft.effects.push(...agenda.effects);
    draft.events.push(...agenda.events);
  }
  const type = answer === 'failed' ? failure : completion;
  if (type !== undefined) draft.events.push({ process, event: { type } });
  return false;
}

/** Two processes that answer each other on one node would run to completion never. */
const mostEvents = 10_000;

/** Carries out effects, then events, until idle, held or crashed. */
function finish(draft: Draft, crashAfter: number | undefined): 'idle' | 'held' | 'crashed' {
  // A completion that arrives while a later forced write still holds the node waits for that one.
  if (isHolding(draft)) return 'held';
  for (let handled = 0; ; ) {
    const next = draft.effects.shift();
    if (next !== undefined) {
      if (carryOut(draft, next.process, next.effect, crashAfter)) return 'crashed';
      if (isHolding(draft)) return 'held';
      continue;
    }
    const event = draft.events.shift();
    if (event === undefined) return 'idle';
    if (++handled > mostEvents)
      throw new UserMistake(
        `the processes of ${draft.definition.id} send each other more than ${mostEvents} events in one step (last: ${event.event.type} to ${event.process}); such sends take no time, so put a delay between them`,
      );
    handle(draft, event.process, event.event);
  }
}

function isHolding({ disk }: Draft): boolean {
  return disk.writes.length > 0 && disk.writes.some((write) => write.completion === undefined);
}

/** Carries out one effect; true when the node crashes before it. */
function carryOut(
  draft: Draft,
  process: Address,
  effect: Effect,
  crashAfter: number | undefined,
): boolean {
  switch (effect.type) {
    case 'send': {
      const to: readonly Address[] = Array.isArray(effect.to) ? effect.to : [effect.to];
      for (const address of to) {
        if (typeof address !== 'string')
          throw new UserMistake(
            `${process} sends ${effect.message.type} to ${JSON.stringify(address)}, which is no address; an address is the name of a process`,
          );
        const place = draft.definition.locate(address, process);
        if (place.node === draft.definition.index) {
          local(draft, process, place.address, effect.message);
          continue;
        }
        if (draft.points === crashAfter) return true;
        draft.points++;
        const envelope = {
          from: process,
          to: place.address,
          message: effect.message,
          source: draft.definition.index,
          target: place.node,
        };
        draft.executed.push({ type: 'send', envelope });
      }
      return false;
    }
    case 'write':
    case 'replace':
      if (draft.points === crashAfter) return true;
      draft.points++;
      writeTo(draft, process, effect);
      return false;
    case 'mark':
      draft.executed.push({ ...effect, process });
      return false;
    case 'start':
      startInstance(draft, effect, process);
      return false;
    case 'stop': {
      const address = `${draft.definition.id}/${effect.family}/${effect.key}`;
      remove(draft, address);
      draft.executed.push({ type: 'stop', process: address });
      return false;
    }
    default:
      throw new UserMistake(
        `${process} emitted ${JSON.stringify((effect as { readonly type: unknown }).type)}, which is no effect; effects are send, write, replace, mark, start and stop`,
      );
  }
}

function writeTo(
  draft: Draft,
  process: Address,
  effect: Extract<Effect, { readonly type: 'write' | 'replace' }>,
): void {
  if (effect.failure !== undefined && effect.completion === undefined)
    throw new UserMistake(
      `${process} names the failure event "${effect.failure}" of a write without a completion event; a write that holds the node has nobody to tell, so name both, or neither`,
    );
  if (effect.type === 'replace') {
    const { records } = effect;
    draft.disk = appended(draft.disk, { kind: 'replace', process, records });
    draft.executed.push({ type: 'replace', process, records });
    draft.disk = forced(draft.disk, process, effect);
    return;
  }
  const { record, durability } = effect as Write;
  draft.disk = appended(draft.disk, { kind: 'record', process, record });
  draft.executed.push({ type: 'write', process, record, durability });
  if (durability === 'forced') draft.disk = forced(draft.disk, process, effect);
}

function local(draft: Draft, from: Address, to: Address, message: Message): void {
  draft.executed.push({ type: 'local', from, to, message });
  const event: Received<Message> = { ...message, from };
  draft.events.push({ process: to, event });
}

/** Hands an event to a process of the node; to one that has ended meanwhile it is nothing. */
function handle(draft: Draft, address: Address, event: EventObject): void {
  const running = draft.running.find((candidate) => candidate.address === address);
  if (running === undefined) return;
  const { stepper, process } = definitionOf(draft.definition, address);
  const timed = withClock(draft, process, event);
  stepped(draft, running, timed, stepper.step(running.state, timed));
}

function withClock(draft: Draft, process: Process, event: EventObject): EventObject {
  if (process.clock !== true) return event;
  if (draft.now === undefined)
    throw new UserMistake(
      `machine "${process.machine.id}" reads its node's clock, which only a driver with time can give; run it, or check it with timed timing`,
    );
  const timed: EventObject & { readonly now: number } = { ...event, now: draft.now };
  return timed;
}

function enter(draft: Draft, address: Address, input: unknown, parent?: Address): void {
  const { stepper } = definitionOf(draft.definition, address);
  const step = stepper.start(input);
  const running: Running =
    parent === undefined ? { address, state: step.state } : { address, state: step.state, parent };
  // Declared processes stand first, in their order; instances follow, sorted, so that equal nodes
  // have equal lists whatever the order in which instances were started.
  const position =
    parent === undefined
      ? -1
      : draft.running.findIndex((other) => other.parent !== undefined && other.address > address);
  draft.running =
    position < 0 ? [...draft.running, running] : draft.running.toSpliced(position, 0, running);
  note(draft, running, { type: 'xstate.init' }, step, undefined);
}

function stepped(draft: Draft, running: Running, event: EventObject, step: LocalStep): void {
  const { address, parent } = running;
  const { state } = step;
  const next: Running = parent === undefined ? { address, state } : { address, state, parent };
  draft.running = draft.running.with(draft.running.indexOf(running), next);
  note(draft, next, event, step, running.state.snapshot.value);
}

function note(
  draft: Draft,
  running: Running,
  event: EventObject,
  step: LocalStep,
  before: Running['state']['snapshot']['value'] | undefined,
): void {
  const { address, state } = running;
  draft.executed.push({
    type: 'step',
    process: address,
    event,
    before,
    after: state.snapshot.value,
    ...(step.passed === undefined ? undefined : { passed: step.passed }),
  });
  for (const timer of step.cancelled)
    draft.executed.push({ type: 'cancel', process: address, timer });
  // One that a later transition of the same step cancelled, or armed again, never came to be armed.
  for (const timer of step.armed)
    if (state.timers.includes(timer)) draft.executed.push({ type: 'arm', process: address, timer });
  for (const effect of step.effects) draft.effects.push({ process: address, effect });
  if (state.snapshot.status === 'done') ended(draft, running);
}

/** An instance in its final state leaves the node, and its output goes to the process that began it. */
function ended(draft: Draft, { address, state, parent }: Running): void {
  if (parent === undefined) return;
  const family = definitionOf(draft.definition, address);
  remove(draft, address);
  const key = address.slice(family.address.length + 1);
  const { output } = state.snapshot;
  const event = { type: 'FINISHED', family: family.name, key, output, from: address };
  draft.events.push({ process: parent, event });
}

function startInstance(
  draft: Draft,
  effect: Extract<Effect, { readonly type: 'start' }>,
  parent: Address,
): void {
  const { id, families } = draft.definition;
  const family = families.get(effect.family);
  if (family === undefined)
    throw new UserMistake(
      `${parent} starts an instance of "${effect.family}", which is no family of node ${id}${suggestion(effect.family, [...families.keys()])}`,
    );
  if (effect.key === '' || effect.key.includes('/'))
    throw new UserMistake(
      `${parent} starts a ${effect.family} with the key ${JSON.stringify(effect.key)}; a key is a text without "/"`,
    );
  const address = `${family.address}/${effect.key}`;
  if (draft.running.some((running) => running.address === address))
    throw new UserMistake(
      `${parent} starts ${address}, which is running already; stop it first, or use another key`,
    );
  draft.executed.push({ type: 'start', process: address });
  const records = recordsOf(draft.disk, address) as readonly never[];
  const recover = records.length > 0 ? family.process.recover : undefined;
  enter(draft, address, recover === undefined ? effect.input : recover(records), parent);
}

function remove(draft: Draft, address: Address): void {
  draft.running = draft.running.filter((running) => running.address !== address);
}
