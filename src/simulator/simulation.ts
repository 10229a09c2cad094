/**
 * The simulation: virtual time and seeded chance choose the decisions, the relation applies them.
 *
 * Time advances only from event to event. A message takes its link's latency, a forced write the disk's,
 * a timer its delay; what arrives at a node that waits for its disk waits too.
 */
import { immediateChoices, openChoices, refuseEndless } from '../model/choices.ts';
import type { ActingDecision, Decision, DropCause } from '../model/decision.ts';
import { Digest } from '../model/digest.ts';
import type { Address } from '../model/effects.ts';
import { UserMistake } from '../model/errors.ts';
import { idleReason } from '../model/idle.ts';
import type { Instance } from '../model/instance.ts';
import type { Timer } from '../model/local-step.ts';
import { isQueue, keepsDelivered, laneOf, mayBeLost, takeable } from '../model/network.ts';
import type { Executed, NodeState, RoutedEnvelope } from '../model/node.ts';
import { isHeld, runningAt } from '../model/node.ts';
import { nextOperation, nodeStep } from '../model/node-step.ts';
import { apply, isCut, type Step } from '../model/relation.ts';
import type { CrashFault, Fault, Schedule } from '../model/scenario.ts';
import type { State } from '../model/state.ts';
import { tailLength } from '../model/storage.ts';
import type { TraceEntry } from '../model/trace.ts';
import { ActiveFaults, linksOf } from './active-faults.ts';
import { AwaitedChoices, drawByWeight } from './choosing.ts';
import { type CrashWatch, strikeIn, watchFor } from './crash-points.ts';
import { digestEffect } from './digest-effects.ts';
import { EventQueue } from './event-queue.ts';
import { Links } from './links.ts';
import { type MetricsRecorder, recordMetrics } from './metrics.ts';
import { nodeOf, type Pending } from './pending.ts';
import type { NodeFacts, Prepared } from './prepared.ts';
import { createStreams, type Seed, type Streams } from './random.ts';
import { microseconds } from './sampling.ts';
import type { Weather } from './weather.ts';

/** A loop without delays would never reach the horizon. */
const mostAtOnce = 100_000;

/** What the simulation tells its observer after each decision. */
export type Watcher = (state: State) => boolean;

/** A node as the simulation sees it: what is armed, under way and waiting. */
interface NodeBook extends NodeFacts {
  /** Counts crashes, so that what was scheduled for an earlier life is recognised. */
  life: number;
  /** By process and timer. */
  readonly timers: Map<Address, Map<string, Pending>>;
  /** What came while a forced write held the node. */
  waiting: Pending[];
  writing: boolean;
  readonly choices: AwaitedChoices;
  readonly operating: Set<number>;
  crash: { readonly fault: CrashFault; readonly watch: CrashWatch } | undefined;
}

export class Simulation {
  readonly instance: Instance;
  readonly digest = new Digest();
  readonly recorder: MetricsRecorder;
  readonly trace: TraceEntry[] = [];
  readonly start: readonly Executed[];
  state: State;
  /** Virtual time in microseconds. */
  now = 0;
  #decidedAt = 0;
  readonly #queue = new EventQueue<Pending>();
  readonly #streams: Streams;
  readonly #weather: Weather;
  readonly #books: NodeBook[];
  readonly #links: Links;
  /** Messages that found their link's queue full, and will be dropped. */
  readonly #overflowing = new Set<RoutedEnvelope>();
  readonly #keepTrace: boolean;
  /** For each process of a workload, how long the environment waits before each operation, in µs. */
  readonly #gaps = new Map<Address, (number | undefined)[]>();
  readonly #faults: ActiveFaults;
  /** How many immediate choices the step under way has taken. */
  #inARow = 0;

  constructor(
    { instance, first, nodes }: Prepared,
    weather: Weather,
    schedule: Schedule,
    seed: Seed,
    keepTrace: boolean,
  ) {
    this.instance = instance;
    this.#faults = new ActiveFaults(instance);
    this.#weather = weather;
    this.#keepTrace = keepTrace;
    this.#streams = createStreams(seed, this.digest);
    this.#links = new Links(instance, weather, this.#streams);
    this.recorder = recordMetrics(instance.system.spans ?? {});
    this.#books = nodes.map(
      ({ definition, hasChoices, hasImmediate, hasOperations, hasClock, start }): NodeBook => ({
        definition,
        hasChoices,
        hasImmediate,
        hasOperations,
        hasClock,
        start,
        life: 0,
        timers: new Map(),
        waiting: [],
        writing: false,
        choices: new AwaitedChoices(),
        operating: new Set(),
        crash: undefined,
      }),
    );
    for (const { process, afterMs } of weather.operations ?? []) {
      const gaps = this.#gaps.get(process) ?? [];
      gaps.push(afterMs === undefined ? undefined : microseconds(afterMs));
      this.#gaps.set(process, gaps);
    }
    for (const fault of schedule) this.#plan(fault);
    this.state = first.state;
    this.start = first.effects;
    for (const [index, { start }] of nodes.entries()) this.#follow(index, start);
  }

  /** Runs until nothing is left, the horizon is reached, or the watcher says stop. */
  run(horizonMs: number, watcher: Watcher): void {
    const horizon = microseconds(horizonMs);
    let atOnce = 0;
    for (;;) {
      const pending = this.#queue.pop();
      if (pending === undefined) {
        // Time stands still when nothing happens: the run ends with its last decision.
        this.now = this.#decidedAt;
        return;
      }
      if (this.#isVoid(pending)) continue;
      if (pending.at > horizon) {
        this.now = horizon;
        return;
      }
      atOnce = pending.at === this.now ? atOnce + 1 : 0;
      if (atOnce > mostAtOnce) this.#refuseLoop(pending);
      this.now = pending.at;
      const before = this.state;
      this.#happen(pending);
      if (this.state !== before && !watcher(this.state)) return;
    }
  }

  /** The planned crashes whose point has not come. */
  unreached(): readonly CrashFault[] {
    return this.#books.flatMap(({ crash }) => (crash === undefined ? [] : [crash.fault]));
  }

  /** Whether a crash, a cancelled timer or a later arming has made it pointless. */
  #isVoid(pending: Pending): boolean {
    switch (pending.kind) {
      case 'arrival':
      case 'fault':
        return false;
      case 'timer': {
        const { timers } = this.#book(pending.node);
        return timers.get(pending.process)?.get(pending.timer.id) !== pending;
      }
      case 'choice':
        return !this.#book(pending.node).choices.has(pending.choice);
      default:
        return pending.life !== this.#book(pending.node).life;
    }
  }

  #refuseLoop(pending: Pending): never {
    const who = pending.kind === 'fault' ? 'faults' : this.#book(nodeOf(pending)).definition.id;
    throw new UserMistake(
      `${mostAtOnce} events happen at ${this.now / 1000} ms and time does not go on (last: ${pending.kind} at ${who}); give the choice, timer or latency that repeats a delay above zero`,
    );
  }

  #happen(pending: Pending): void {
    switch (pending.kind) {
      case 'arrival':
        return this.#arrive(pending, pending.envelope);
      case 'timer': {
        const book = this.#book(pending.node);
        if (this.#mustWait(pending.node, pending)) return;
        book.timers.get(pending.process)?.delete(pending.timer.id);
        this.recorder.metrics.timersFired++;
        const waitedMs = book.hasClock ? { waitedMs: (this.now - pending.armedAt) / 1000 } : {};
        this.#act(pending.node, {
          type: 'fire',
          process: pending.process,
          timer: pending.timer.id,
          ...waitedMs,
        });
        return;
      }
      case 'durable': {
        const book = this.#book(pending.node);
        book.writing = false;
        this.#act(pending.node, { type: 'durable', node: book.definition.id });
        return;
      }
      case 'choice': {
        const { definition, choices } = this.#book(pending.node);
        if (this.#mustWait(pending.node, pending)) return;
        const { process, event } = pending.choice;
        choices.remove(pending.choice);
        const running = runningAt(this.#node(pending.node), process);
        const open = running === undefined ? [] : openChoices(definition, running);
        if (open.some((one) => one.event === event))
          this.#act(pending.node, { type: 'choose', process, event });
        else this.#offer(pending.node);
        return;
      }
      case 'operation': {
        const book = this.#book(pending.node);
        if (this.#mustWait(pending.node, pending)) return;
        book.operating.delete(pending.position);
        return this.#invoke(pending.node, pending.position);
      }
      case 'fault':
        return pending.begins ? this.#begin(pending.fault) : this.#end(pending.fault);
    }
  }

  #arrive(pending: Pending, sent: RoutedEnvelope): void {
    const { target } = sent;
    const { network } = this.instance;
    const lane = this.state.flight[laneOf(network, sent)]?.[target] ?? [];
    // In a queue the arrival is the head's, whichever message it was scheduled for. On a network that
    // keeps one copy of each message, what is lost is lost for every sending of it.
    const envelope = isQueue(network)
      ? lane[0]
      : keepsDelivered(network)
        ? takeable(lane, network, sent)
        : sent;
    if (envelope === undefined) return;
    const { source, from, to, message } = envelope;
    if (this.#overflowing.delete(envelope)) return this.#drop(envelope, 'overflow');
    const node = this.#node(target);
    if (!node.up) return this.#drop(envelope, 'down');
    if (isCut(this.state, source, target)) return this.#drop(envelope, 'cut');
    if (this.#mustWait(target, pending)) return;
    const name = this.#links.name(source, target);
    const decision: ActingDecision = { type: 'deliver', from, to, message };
    if (this.#isIdle(target, node, decision)) {
      this.#book(target).waiting.push(pending);
      return;
    }
    if (
      this.#faults.loss > 0 &&
      mayBeLost(network, envelope) &&
      this.#streams.draw('loss', name) < this.#faults.loss
    )
      return this.#drop(envelope, 'loss');
    const duplicate =
      !keepsDelivered(network) &&
      this.#faults.duplication > 0 &&
      this.#streams.draw('duplication', name) < this.#faults.duplication;
    const handled = this.#act(target, duplicate ? { ...decision, duplicate } : decision);
    if (!handled) return this.#drop(envelope, 'down');
    this.recorder.delivered(message.type, duplicate);
    if (duplicate) this.#travel(envelope);
  }

  #isIdle(
    target: number,
    node: NodeState,
    decision: Extract<ActingDecision, { readonly type: 'deliver' }>,
  ): boolean {
    if (this.instance.network.idle === 'consume') return false;
    const { definition } = this.#book(target);
    const reason = idleReason(this.instance, definition, node, decision, () =>
      nodeStep(this.instance, target, node, decision),
    );
    return reason !== undefined;
  }

  #drop(envelope: RoutedEnvelope, cause: DropCause): void {
    // On a set network nothing leaves: not delivering is the loss.
    if (this.instance.network.order === 'set') return;
    const { from, to, message } = envelope;
    this.recorder.dropped(message.type, cause);
    this.#apply({ type: 'drop', from, to, message, cause });
  }

  /** True when the node waits for its disk: the event is kept until it no longer does. */
  #mustWait(node: number, pending: Pending): boolean {
    if (!isHeld(this.#node(node))) return false;
    this.#book(node).waiting.push(pending);
    return true;
  }

  #invoke(node: number, position: number): void {
    const { definition } = this.#book(node);
    const operation = nextOperation(definition, this.#node(node), position);
    const process = definition.processes[position];
    if (operation === undefined || process === undefined) return;
    const running = runningAt(this.#node(node), process.address);
    // The state may have moved on since the operation was planned; it is planned again when it fits.
    if (running === undefined || !process.stepper.handles(running.state, operation)) return;
    this.#act(node, { type: 'invoke', process: process.address, operation });
  }

  /**
   * Applies a decision that makes a node act, with the crash that may strike within it. False when the
   * node crashed before it, so that nothing of it happened.
   */
  #act(node: number, decision: ActingDecision): boolean {
    const book = this.#book(node);
    const timed: ActingDecision = book.hasClock ? { ...decision, now: this.now / 1000 } : decision;
    const { crash } = book;
    if (crash === undefined) {
      this.#follow(node, this.#apply(timed).effects);
      return true;
    }
    const tried = apply(this.instance, this.state, timed);
    const received = timed.type === 'deliver' ? timed.message.type : undefined;
    const underWay = this.#node(node).disk.writes.length;
    const strike = strikeIn(crash.watch, { ...tried, received, underWay });
    if (strike === undefined) {
      this.#follow(node, this.#apply(timed).effects);
      return true;
    }
    book.crash = undefined;
    if (strike.when === 'within') {
      const { effects } = this.#apply({ ...timed, crashAfter: strike.crashAfter });
      this.#follow(node, effects);
      this.#buried(node, crash.fault);
      return true;
    }
    const happens = strike.when === 'afterStep';
    if (happens) this.#follow(node, this.#apply(timed).effects);
    this.#crash(crash.fault);
    return happens;
  }

  #apply(decision: Decision): Step {
    const step = apply(this.instance, this.state, decision);
    this.state = step.state;
    this.#decidedAt = this.now;
    const { digest, recorder } = this;
    recorder.metrics.events++;
    digest.number(this.now);
    digest.text(decision.type);
    for (const effect of step.effects) digestEffect(digest, effect);
    if (this.#keepTrace) this.trace.push({ atUs: this.now, decision, effects: step.effects });
    return step;
  }

  /** Schedules what follows from the effects of a node's step. */
  #follow(node: number, effects: readonly Executed[]): void {
    const book = this.#book(node);
    const { id } = book.definition;
    for (const effect of effects) {
      this.recorder.effect(effect, this.now, id);
      if (effect.type === 'send') this.#travel(effect.envelope);
      else if (effect.type === 'arm') this.#arm(node, effect.process, effect.timer);
      else if (effect.type === 'cancel') book.timers.get(effect.process)?.delete(effect.timer);
      else if (effect.type === 'stop') book.timers.delete(effect.process);
    }
    const state = this.#node(node);
    if (!state.up) return;
    if (!book.writing && state.disk.writes.length > 0) {
      book.writing = true;
      const at = this.now + this.#streams.duration('disk', id, this.#weather.forceLatency);
      this.#queue.push({ at, kind: 'durable', node, life: book.life });
    }
    if (isHeld(state)) return;
    if (book.hasImmediate && immediateChoices(book.definition, state).length > 0) {
      this.#chooseAtOnce(node, state);
      return;
    }
    if (book.waiting.length > 0) this.#release(book);
    this.#offer(node);
  }

  /** Draws among the immediate choices of the first process that has one open, and takes it. */
  #chooseAtOnce(node: number, { running }: NodeState): void {
    const { definition } = this.#book(node);
    for (const one of running) {
      const { address: process } = one;
      const open = openChoices(definition, one).filter(({ immediate }) => immediate === true);
      if (open.length === 0) continue;
      const { event } = drawByWeight(process, open, this.#streams);
      const choice: ActingDecision = { type: 'choose', process, event };
      refuseEndless(++this.#inARow, choice);
      this.#act(node, choice);
      this.#inARow--;
      return;
    }
  }

  /** Draws a choice for each process that has one open, and plans the next operation. */
  #offer(node: number): void {
    const book = this.#book(node);
    if (!book.hasChoices && !book.hasOperations) return;
    const state = this.#node(node);
    const { definition, life } = book;
    if (book.hasChoices)
      for (const running of state.running) {
        const { address } = running;
        const open = openChoices(definition, running);
        const drawn = book.choices.next(address, open, this.#streams);
        if (drawn === undefined) continue;
        const { choice, after } = drawn;
        const delay = after === undefined ? 0 : this.#streams.duration('choice', address, after);
        this.#queue.push({ at: this.now + delay, kind: 'choice', node, choice });
      }
    if (!book.hasOperations) return;
    for (const [position, { address, stepper }] of definition.processes.entries()) {
      const operation = nextOperation(definition, state, position);
      const running = state.running.find((candidate) => candidate.address === address);
      if (operation === undefined || running === undefined || book.operating.has(position))
        continue;
      if (!stepper.handles(running.state, operation)) continue;
      book.operating.add(position);
      const planned = this.#gaps.get(address)?.[state.operations[position] ?? 0];
      const wait = planned ?? this.#streams.duration('think', address, this.#weather.think);
      this.#queue.push({ at: this.now + wait, kind: 'operation', node, position, life });
    }
  }

  #travel(envelope: RoutedEnvelope): void {
    const { at, overflows } = this.#links.send(envelope, this.now);
    if (overflows) this.#overflowing.add(envelope);
    this.#queue.push({ at, kind: 'arrival', envelope });
  }

  #arm(node: number, process: Address, timer: Timer): void {
    const delay = this.#streams.duration(`timer ${process}`, timer.delay, timer.distribution);
    const pending: Pending = {
      at: this.now + delay,
      kind: 'timer',
      node,
      process,
      timer,
      armedAt: this.now,
    };
    const { timers } = this.#book(node);
    let armed = timers.get(process);
    if (armed === undefined) {
      armed = new Map();
      timers.set(process, armed);
    }
    armed.set(timer.id, pending);
    this.#queue.push(pending);
  }

  #release(book: NodeBook): void {
    const { waiting } = book;
    book.waiting = [];
    for (const pending of waiting) {
      const again: Pending = { ...pending, at: this.now };
      if (again.kind === 'timer') {
        const armed = book.timers.get(again.process);
        // A timer that was cancelled while it waited must not come back.
        if (armed?.get(again.timer.id) !== pending) continue;
        armed.set(again.timer.id, again);
      }
      this.#queue.push(again);
    }
  }

  #plan(fault: Fault): void {
    if (fault.fault === 'crash' && fault.point !== undefined) {
      const { index } = this.instance.node(fault.node);
      this.#book(index).crash = { fault, watch: watchFor(fault.point) };
      return;
    }
    const at = microseconds(fault.atMs ?? 0);
    this.#queue.push({ at, kind: 'fault', fault, begins: true });
    if (fault.forMs !== undefined && fault.fault !== 'crash')
      this.#queue.push({ at: at + microseconds(fault.forMs), kind: 'fault', fault, begins: false });
  }

  #begin(fault: Fault): void {
    if (fault.fault === 'crash') return this.#crash(fault);
    this.#faults.begin(fault);
    if (fault.fault === 'partition')
      this.#apply({ type: 'cut', links: linksOf(this.instance, fault.groups) });
  }

  #end(fault: Fault): void {
    if (fault.fault === 'crash') return this.#restart(fault);
    this.#faults.end(fault);
    if (fault.fault !== 'partition') return;
    const links = this.#faults.mendedBy(fault);
    if (links.length > 0) this.#apply({ type: 'mend', links });
  }

  #restart({ node: id }: CrashFault): void {
    const { index } = this.instance.node(id);
    const node = this.#node(index);
    if (node.up) return;
    const tail = Math.floor(this.#streams.draw('tail', id) * (tailLength(node.disk) + 1));
    this.recorder.metrics.restarts++;
    this.#act(index, { type: 'restart', node: id, tail });
  }

  #crash(fault: CrashFault): void {
    const { id, index } = this.instance.node(fault.node);
    if (!this.#node(index).up) return;
    this.#apply({ type: 'crash', node: id });
    this.#buried(index, fault);
  }

  /** After a crash: what was scheduled for this life is void, and the restart is planned. */
  #buried(node: number, fault: CrashFault): void {
    const book = this.#book(node);
    this.recorder.metrics.crashes++;
    book.life++;
    book.timers.clear();
    book.choices.clear();
    book.operating.clear();
    book.writing = false;
    // The record whose durability the point awaited may be lost: the point will not come.
    if (book.crash !== undefined && book.crash.watch.awaitsDurable > 0) {
      book.crash.watch.awaitsDurable = 0;
      book.crash.watch.remaining = Number.POSITIVE_INFINITY;
    }
    // Messages that waited for the node find it down.
    book.waiting = book.waiting.filter(({ kind }) => kind === 'arrival');
    this.#release(book);
    if (fault.loseDisk === true) this.#apply({ type: 'loseDisk', node: fault.node });
    if (fault.forMs !== undefined)
      this.#queue.push({
        at: this.now + microseconds(fault.forMs),
        kind: 'fault',
        fault,
        begins: false,
      });
  }

  #node(index: number): NodeState {
    const node = this.state.nodes[index];
    if (node === undefined) throw new Error(`broken promise: there is no node ${index}`);
    return node;
  }

  #book(index: number): NodeBook {
    const book = this.#books[index];
    if (book === undefined) throw new Error(`broken promise: there is no node ${index}`);
    return book;
  }
}
