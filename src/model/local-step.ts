/**
 * The local step: (snapshot, event) -> (snapshot, effects). XState is the only authority on what a
 * machine does; this file takes its word and turns executable actions into data.
 *
 * The documented `transition()` builds a throw-away actor per call; here one scope is reused, which is
 * ten times faster. test/contract/local-step.test.ts holds the two equal.
 */
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  EventObject,
} from 'xstate';
import type { Distribution } from './distribution.ts';
import { validDistribution } from './distribution.ts';
import type { Effect } from './effects.ts';
import { UserMistake } from './errors.ts';
import type { Delay, Process } from './process.ts';
import { withoutClockOrChance } from './purity.ts';

/** An armed timer of one process. `id` is unique in the machine: the state and delay that armed it. */
export interface Timer {
  readonly id: string;
  /** The name of the delay, as written in the machine. */
  readonly delay: string;
  readonly distribution: Distribution;
  /** What the machine receives when the timer fires. */
  readonly event: EventObject;
}

/** The state of a process that is up: XState's snapshot and the armed timers, sorted by id. */
export interface ProcessState {
  readonly snapshot: AnyMachineSnapshot;
  readonly timers: readonly Timer[];
}

/** The outcome of a local step. `armed` and `cancelled` say how `timers` came about. */
export interface LocalStep {
  readonly state: ProcessState;
  readonly effects: readonly Effect[];
  readonly armed: readonly Timer[];
  readonly cancelled: readonly string[];
  /** What the step went through, while {@link withPassageKept} works. */
  readonly passed?: Passage;
}

/** The transitions that a step took, microsteps included, and the state nodes that it entered or kept. */
export interface Passage {
  readonly transitions: readonly AnyTransitionDefinition[];
  readonly nodes: readonly AnyStateNode[];
}

/** Collects while somebody asks; a step that nobody watches pays for one comparison. */
let passage: { transitions: AnyTransitionDefinition[]; nodes: AnyStateNode[] } | undefined;

/** Does the work while every step says what it went through: for coverage. */
export function withPassageKept<T>(work: () => T): T {
  const before = passage;
  passage = { transitions: [], nodes: [] };
  try {
    return work();
  } finally {
    passage = before;
  }
}

/** XState's `@xstate.microstep`, which it tells to inspectors. */
interface Inspected {
  readonly type: string;
  readonly snapshot?: AnyMachineSnapshot;
  readonly _transitions?: readonly AnyTransitionDefinition[];
}

function inspected({ type, snapshot, _transitions: transitions }: Inspected): void {
  if (passage === undefined || type !== '@xstate.microstep') return;
  passage.transitions.push(...(transitions ?? []));
  passage.nodes.push(...((snapshot?._nodes ?? []) as readonly AnyStateNode[]));
}

interface ExecutableAction {
  readonly type: string;
  readonly params: unknown;
}

interface RaiseParams {
  readonly event: EventObject;
  readonly id: string;
  readonly delay: number | undefined;
}

/** Takes local steps of one process. Not reentrant; the caller owns one per process. */
export interface Stepper {
  /** The machine with its delays replaced, for tools that read it. */
  readonly machine: AnyStateMachine;
  /** The first state, with the effects of entering it. */
  start(input: unknown): LocalStep;
  step(state: ProcessState, event: EventObject): LocalStep;
  /** Fires an armed timer, which is thereby no longer armed. */
  fire(state: ProcessState, timer: Timer, event: EventObject): LocalStep;
  /** Whether some transition of the machine is enabled for the event. */
  handles(state: ProcessState, event: EventObject): boolean;
}

const noTimers: readonly Timer[] = [];
const none: readonly never[] = [];

/**
 * A stepper for the process. `address` is how errors name it. Throws a {@link UserMistake} when a step
 * does what only a step can tell: a plain function enqueued, an actor spawned, a delay that is no
 * duration, a guard that throws.
 */
export function createStepper(process: Process, address: string): Stepper {
  const named: { readonly delay: string; readonly distribution: Distribution }[] = [];
  const executed: ExecutableAction[] = [];
  const { machine, binding } = withDataDelays(process);
  const given = process.delays ?? {};
  const scope = reusedScope(address, (action) => executed.push(action));
  type Scope = Parameters<AnyStateMachine['transition']>[2];
  let stepping: AnyMachineSnapshot | undefined;

  const begin = (snapshot: AnyMachineSnapshot | undefined): void => {
    executed.length = 0;
    named.length = 0;
    if (passage !== undefined) passage = { transitions: [], nodes: [] };
    stepping = snapshot;
    binding.given = given;
    binding.named = named;
  };

  const guarded = <T>(event: EventObject, take: () => T): T => {
    try {
      return withoutClockOrChance(take);
    } catch (error) {
      const state = stepping === undefined ? 'starting' : `in ${JSON.stringify(stepping.value)}`;
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserMistake(
        `${address} (machine "${machine.id}") ${state} could not handle ${event.type}: ${reason}`,
      );
    }
  };

  const outcome = (snapshot: AnyMachineSnapshot, before: readonly Timer[]): LocalStep => {
    const step = outcomeOf(snapshot, before);
    if (passage === undefined) return step;
    // A start without eventless transitions is no microstep.
    passage.nodes.push(...(snapshot._nodes as readonly AnyStateNode[]));
    return { ...step, passed: passage };
  };

  const outcomeOf = (snapshot: AnyMachineSnapshot, before: readonly Timer[]): LocalStep => {
    // XState keeps what is thrown while a machine starts in its snapshot: a dead process, silently.
    if (snapshot.status === 'error') throw snapshot.error;
    if (executed.length === 0 && snapshot.status === 'active')
      return { state: { snapshot, timers: before }, effects: none, armed: none, cancelled: none };
    const effects: Effect[] = [];
    const armed: Timer[] = [];
    const cancelled: string[] = [];
    let timers = before;
    for (const { type, params } of executed) {
      if (type === 'xstate.emit') {
        effects.push((params as { readonly event: Effect }).event);
      } else if (type === 'xstate.raise') {
        const timer = timerOf(params as RaiseParams, named);
        if (timer === undefined) continue;
        timers = withTimer(timers, timer);
        armed.push(timer);
      } else if (type === 'xstate.cancel') {
        const { sendId: id } = params as { readonly sendId: string };
        if (!timers.some((timer) => timer.id === id)) continue;
        timers = timers.filter((timer) => timer.id !== id);
        cancelled.push(id);
      } else {
        throw new UserMistake(refusal(type));
      }
    }
    if (snapshot.status !== 'active') {
      for (const { id } of timers) cancelled.push(id);
      timers = noTimers;
    }
    if (Object.keys(snapshot.children).length > 0)
      throw new UserMistake(
        'it spawned an actor; declare a family on the node and emit(start(family, key, input))',
      );
    return { state: { snapshot, timers }, effects, armed, cancelled };
  };

  const take = (state: ProcessState, timers: readonly Timer[], event: EventObject): LocalStep => {
    // An actor that has reached a final state takes no more events; neither does its snapshot here.
    if (state.snapshot.status !== 'active')
      return { state, effects: none, armed: none, cancelled: none };
    begin(state.snapshot);
    return guarded(event, () =>
      outcome(machine.transition(state.snapshot, event, scope as Scope), timers),
    );
  };

  // Choices and operations are asked for when they are offered, taken and applied: the same objects.
  const answers = new WeakMap<AnyMachineSnapshot, WeakMap<EventObject, boolean>>();
  return {
    machine,
    start(input) {
      begin(undefined);
      return guarded({ type: 'its start' }, () =>
        outcome(machine.getInitialSnapshot(scope as Scope, input as never), noTimers),
      );
    },
    step: (state, event) => take(state, state.timers, event),
    fire: (state, timer, event) =>
      take(
        state,
        state.timers.filter(({ id }) => id !== timer.id),
        event,
      ),
    handles(state, event) {
      const { snapshot } = state;
      if (snapshot.status !== 'active' || !mayHandle(snapshot, event.type)) return false;
      const known = answers.get(snapshot)?.get(event);
      if (known !== undefined) return known;
      stepping = snapshot;
      const answer = guarded(event, () => snapshot.can(event));
      const ofSnapshot = answers.get(snapshot) ?? new WeakMap<EventObject, boolean>();
      answers.set(snapshot, ofSnapshot.set(event, answer));
      return answer;
    },
  };
}

function withTimer(timers: readonly Timer[], timer: Timer): readonly Timer[] {
  const others = timers.filter(({ id }) => id !== timer.id);
  others.push(timer);
  return others.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Undefined for an immediate `raise`, which XState has already handled inside the step. */
function timerOf(
  { event, id, delay }: RaiseParams,
  named: readonly { readonly delay: string; readonly distribution: Distribution }[],
): Timer | undefined {
  if (delay === undefined) return undefined;
  const declared = delay <= firstCode ? named[firstCode - delay] : undefined;
  if (declared !== undefined) return { id: id ?? event.type, event, ...declared };
  const distribution = validDistribution(
    { kind: 'constant', ms: delay },
    `the delay of ${event.type}`,
  );
  return { id: id ?? event.type, event, delay: `${delay} ms`, distribution };
}

/** Codes stand far below zero, so that a negative delay, which is a mistake, is not taken for one. */
const firstCode = -(2 ** 40);

/** What the delays of a prepared machine read while a process steps: its own, and where to note them. */
interface DelayBinding {
  given: NonNullable<Process['delays']>;
  named: { readonly delay: string; readonly distribution: Distribution }[];
}

interface Prepared {
  readonly machine: AnyStateMachine;
  readonly binding: DelayBinding;
}

const preparedMachines = new WeakMap<AnyStateMachine, Map<string, Prepared>>();

/**
 * The machine with every named delay replaced by a function that notes the distribution and returns
 * its code, from which the place in `named` is read. XState works out what a machine's states can do
 * when it is first asked, so one is made for each machine, and shared by its processes in all runs:
 * they say through the binding whose step it is.
 */
function withDataDelays({ machine: original, delays: given = {} }: Process): Prepared {
  const own = original.implementations.delays as Readonly<Record<string, unknown>>;
  const names = [...new Set([...Object.keys(own), ...Object.keys(given)])];
  let known = preparedMachines.get(original);
  if (known === undefined) {
    known = new Map();
    preparedMachines.set(original, known);
  }
  const key = names.join('\n');
  let prepared = known.get(key);
  if (prepared === undefined) {
    prepared = prepare(original, own, names);
    known.set(key, prepared);
  }
  return prepared;
}

function prepare(
  original: AnyStateMachine,
  own: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Prepared {
  const binding: DelayBinding = { given: {}, named: [] };
  const delays: Record<string, unknown> = {};
  for (const name of names) {
    const evaluate = (args: { readonly context: never }): Distribution => {
      const delay: Delay<AnyStateMachine> | undefined = binding.given[name];
      if (typeof delay === 'function') return delay(args);
      if (delay !== undefined) return delay;
      const value = own[name];
      return { kind: 'constant', ms: typeof value === 'function' ? value(args) : value };
    };
    delays[name] = (args: { readonly context: never }): number => {
      const distribution = validDistribution(evaluate(args), `the delay "${name}"`);
      binding.named.push({ delay: name, distribution });
      return firstCode - (binding.named.length - 1);
    };
  }
  const machine = original.provide({ delays } as never) as AnyStateMachine;
  // XState lets a cycle of always transitions run for ever, and with it every tool.
  const { options } = machine as { options?: { maxIterations?: number } };
  if (options !== undefined && !Number.isFinite(options.maxIterations ?? Infinity))
    options.maxIterations = 10_000;
  return { machine, binding };
}

function refusal(type: string): string {
  if (type === 'xstate.log') return 'it used log; emit(mark(name, data)) leaves a trace';
  if (type.startsWith('xstate.'))
    return `it used ${type.replace('xstate.', '')}, which reaches outside the machine; emit(...) effects instead`;
  return `it ran the plain function "${type}" as an action, which a pure step never runs; use assign(...) or emit(...)`;
}

const eventTypes = new WeakMap<AnyStateNode, ReadonlySet<string> | 'any'>();

/**
 * Whether an active state names the event at all. Most states name few events, and asking XState, which
 * evaluates guards, costs a hundred times as much.
 */
function mayHandle({ _nodes: nodes }: AnyMachineSnapshot, type: string): boolean {
  for (const node of nodes as readonly AnyStateNode[]) {
    let named = eventTypes.get(node);
    if (named === undefined) {
      const descriptors = [...node.transitions.keys()];
      named = descriptors.some((one) => one.includes('*')) ? 'any' : new Set(descriptors);
      eventTypes.set(node, named);
    }
    if (named === 'any' || named.has(type)) return true;
  }
  return false;
}

/** What XState needs of an actor during a step; anything a machine could do with it is refused. */
function reusedScope(address: string, execute: (action: ExecutableAction) => void): unknown {
  const refuse = (): never => {
    throw new UserMistake('it used `self`; emit(send(address, message)) sends, also to itself');
  };
  const refuseSpawn = (): never => {
    throw new UserMistake(
      'it spawned an actor; declare a family on the node and emit(start(family, key, input))',
    );
  };
  const system = {
    _sendInspectionEvent: inspected,
    _bookId: refuseSpawn,
    _register: refuseSpawn,
    _unregister: () => {},
    _relay: refuse,
    _set: refuseSpawn,
    get: () => undefined,
    inspect: refuse,
  };
  // A spawned actor takes the system of its parent, so `self` has it too.
  const self = {
    id: address,
    sessionId: address,
    system,
    send: refuse,
    subscribe: refuse,
    start: refuse,
  };
  return {
    self,
    id: address,
    sessionId: address,
    logger: () => {},
    defer: () => {},
    emit: () => {},
    stopChild: () => {},
    system,
    actionExecutor: execute,
  };
}
