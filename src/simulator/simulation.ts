/**
 * The simulation: virtual time and seeded chance choose the decisions, the relation applies them.
 *
 * Time advances only from event to event. What arrives at a node that waits for its disk, is paused or is
 * busy waits too.
 */
import { immediateChoices, openChoices, refuseEndless } from '../model/choices.ts';
import {
  type ActingDecision,
  type Decision,
  type DiskAnswer,
  type DropCause,
  isDiskAnswer,
} from '../model/decision.ts';
import { Digest } from '../model/digest.ts';
import { UserMistake } from '../model/errors.ts';
import type { CrashFault, Schedule } from '../model/faults.ts';
import { idleReason } from '../model/idle.ts';
import type { Instance } from '../model/instance.ts';
import { isQueue, keepsDelivered, laneOf, mayBeLost, takeable } from '../model/network.ts';
import type { Executed, NodeState, RoutedEnvelope } from '../model/node.ts';
import { isHeld, runningAt } from '../model/node.ts';
import { nextOperation, nodeStep } from '../model/node-step.ts';
import { apply, isCut, type Step } from '../model/relation.ts';
import type { State } from '../model/state.ts';
import { viewOf } from '../model/state-view.ts';
import { tailLength } from '../model/storage.ts';
import type { TraceEntry, TraceLevel } from '../model/trace.ts';
import { drawByWeight } from './choosing.ts';
import { type Due, firstStrike, watched } from './crash-points.ts';
import { digestEffect } from './digest-effects.ts';
import type { Histograms } from './durations.ts';
import { EventQueue } from './event-queue.ts';
import { type Afflicted, Injector } from './injector.ts';
import { bytesOf } from './links.ts';
import type { Metrics } from './metrics.ts';
import { bookOf, bury, type NodeBook } from './node-book.ts';
import { nodeOf, type Pending } from './pending.ts';
import { Planner } from './planner.ts';
import type { Prepared } from './prepared.ts';
import { createStreams, type Seed, type Streams } from './random.ts';
import { withRatios } from './ratios.ts';
import { MetricsRecorder } from './recorder.ts';
import { microseconds } from './sampling.ts';
import type { Weather } from './weather.ts';
import { isDriven, WorkloadDriver } from './workload-driver.ts';

/** A loop without delays would never reach the horizon. */
const mostAtOnce = 100_000;

/** What a simulation keeps of a run, and what it measures. */
export interface Recording {
  readonly traceLevel: TraceLevel;
  readonly answerWithinMs: number;
  readonly histograms: Histograms | undefined;
}

/** What the simulation tells its observer after each decision. */
export type Watcher = (state: State) => boolean;

export class Simulation {
  readonly instance: Instance;
  readonly digest = new Digest();
  readonly trace: TraceEntry[] = [];
  readonly start: readonly Executed[];
  state: State;
  #decidedAt = 0;
  /** Nothing was left that could happen. */
  #isOver = false;
  readonly #queue = new EventQueue<Pending>();
  readonly #streams: Streams;
  readonly #planner: Planner;
  readonly #injector: Injector;
  readonly #books: NodeBook[];
  /** Arrivals over links that are held. */
  #heldBack: Pending[] = [];
  /** Whether the event under way has occupied its slow node for as long as it takes. */
  #hasOccupied = false;
  /** The node that is done with what occupied it. */
  #freed: NodeBook | undefined;
  /** What nodes were handling when they crashed: its message has been told that the node is down. */
  readonly #abandoned = new Set<Pending>();
  readonly #recorder: MetricsRecorder;
  #driver: WorkloadDriver | undefined;
  readonly #traceLevel: TraceLevel;
  /** How many immediate choices the step under way has taken. */
  #inARow = 0;

  constructor(
    { instance, first, nodes }: Prepared,
    weather: Weather,
    schedule: Schedule,
    seed: Seed,
    { traceLevel, answerWithinMs, histograms }: Recording,
  ) {
    this.instance = instance;
    this.#traceLevel = traceLevel;
    this.#streams = createStreams(seed, this.digest);
    this.#injector = new Injector(instance, this.#streams, this.#afflicted());
    const { active } = this.#injector;
    this.#planner = new Planner(instance, weather, this.#queue, this.#streams, active);
    this.#recorder = new MetricsRecorder({
      nodes: instance.nodes.map(({ id }) => id),
      spans: instance.system.spans ?? {},
      answerWithinMs,
      histograms,
      bytesOf: ({ message }) => bytesOf(message, weather),
    });
    this.#books = nodes.map(bookOf);
    this.#injector.plan(schedule);
    this.state = first.state;
    this.start = first.effects;
    if (isDriven(weather)) this.#drive(weather);
    for (const [index, { start }] of nodes.entries()) this.#follow(index, start);
  }

  /** Virtual time in microseconds. */
  get now(): number {
    return this.#planner.now;
  }

  /** Runs until nothing is left, the horizon is reached, or the watcher says stop. */
  run(horizonMs: number, watcher: Watcher): void {
    const horizon = microseconds(horizonMs);
    let atOnce = 0;
    for (;;) {
      const pending = this.#queue.pop();
      if (pending === undefined) {
        // Time stands still when nothing happens: the run ends with its last decision.
        this.#planner.now = this.#decidedAt;
        this.#isOver = true;
        return;
      }
      this.#hasOccupied = this.#handled(pending);
      if (this.#isVoid(pending)) {
        this.#free();
        continue;
      }
      if (pending.at > horizon) {
        this.#planner.now = horizon;
        return;
      }
      atOnce = pending.at === this.now ? atOnce + 1 : 0;
      if (atOnce > mostAtOnce) this.#refuseLoop(pending);
      this.#planner.now = pending.at;
      const before = this.state;
      this.#happen(pending);
      this.#free();
      if (this.state !== before && !watcher(this.state)) return;
    }
  }

  /** What was counted and measured until now. To be asked for once, when the run is over. */
  metrics(): Metrics {
    const { ratios = {} } = this.instance.system;
    return withRatios(this.#recorder.metrics(this.now, this.#isOver), ratios);
  }

  /** The planned crashes whose point has not come. */
  unreached(): readonly CrashFault[] {
    return this.#books.flatMap(({ crashes }) => crashes.map(({ fault }) => fault));
  }

  /** Whether a node is paused, or messages are held back, so that nobody can tell what would follow. */
  get isSuspended(): boolean {
    return this.#injector.active
      .all()
      .some(({ fault }) => fault.fault === 'pause' || fault.fault === 'hold');
  }

  #drive(weather: Weather): void {
    const recorder = this.#recorder;
    this.#driver = new WorkloadDriver(this.instance, weather, {
      streams: this.#streams,
      push: (pending) => this.#queue.push(pending),
      now: () => this.now,
      arrived: (process, operation) => recorder.arrived(process, operation, this.now),
      goesOn: (call) => recorder.goesOn(call),
      givenUp: (call) => recorder.givenUp(call, this.now),
    });
    this.#planner.driver = this.#driver;
  }

  #afflicted(): Afflicted {
    const bookOfNode = (id: string): NodeBook => this.#book(this.instance.node(id).index);
    return {
      view: () => viewOf(this.instance, this.state),
      apply: (decision) => this.#apply(decision),
      later: (fault) => this.#queue.push(fault),
      watch: (fault) => {
        const book = bookOfNode(fault.node);
        book.crashes = [...book.crashes, watched(fault)];
      },
      unwatch: () => {
        for (const book of this.#books) book.crashes = [];
      },
      crash: (fault) => this.#crash(fault),
      restart: (node) => this.#restart(node),
      repair: (node) => {
        const { failedWrite, unreadable } = this.#injector.active.node(node);
        const isRepaired = failedWrite === 0 && !unreadable;
        if (isRepaired && bookOfNode(node).awaitsDisk) this.#restart(node);
      },
      release: () => {
        const arrivals = this.#heldBack;
        this.#heldBack = [];
        for (const arrival of arrivals) this.#queue.push({ ...arrival, at: this.now });
      },
      resume: (node) => this.#resume(bookOfNode(node)),
      repace: (node, factor) => this.#planner.repace(bookOfNode(node), factor),
      setClock: (node, change) => this.#planner.setClock(bookOfNode(node), change),
    };
  }

  /** Whether a crash, a cancelled timer or a later arming has made it pointless. */
  #isVoid(pending: Pending): boolean {
    switch (pending.kind) {
      case 'fault':
        return false;
      case 'ask':
        return this.#driver?.isVoid(pending) === true;
      case 'arrival':
        return this.#abandoned.delete(pending);
      case 'timer': {
        const { timers } = this.#book(pending.node);
        return timers.get(pending.process)?.get(pending.timer.id) !== pending;
      }
      case 'choice':
        return !this.#book(pending.node).choices.has(pending.choice);
      case 'durable':
        return this.#book(pending.node).writing !== pending;
      case 'operation':
        return pending.life !== this.#book(pending.node).life;
    }
  }

  #refuseLoop(pending: Pending): never {
    const who =
      pending.kind === 'fault'
        ? 'faults'
        : pending.kind === 'ask'
          ? 'the workload'
          : this.#book(nodeOf(pending)).definition.id;
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
        this.#recorder.timerFired(pending.node);
        const elapsed = (book.clock?.elapsed ?? this.now) - pending.armedAt;
        const waitedMs = book.hasClock ? { waitedMs: elapsed / 1000 } : {};
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
        if (this.#isPaused(book)) {
          book.waiting.push(pending);
          return;
        }
        book.writing = undefined;
        this.#act(pending.node, { type: this.#answer(book), node: book.definition.id });
        return;
      }
      case 'choice': {
        const book = this.#book(pending.node);
        const { definition, choices } = book;
        if (this.#mustWait(pending.node, pending)) return;
        const { process, event } = pending.choice;
        choices.remove(pending.choice);
        const running = runningAt(this.#node(pending.node), process);
        const open = running === undefined ? [] : openChoices(definition, running);
        if (open.some((one) => one.event === event))
          this.#act(pending.node, { type: 'choose', process, event });
        else this.#planner.offer(pending.node, book, this.#node(pending.node));
        return;
      }
      case 'operation': {
        const book = this.#book(pending.node);
        if (this.#mustWait(pending.node, pending)) return;
        book.operating.delete(pending.position);
        return this.#invoke(pending.node, pending.position);
      }
      case 'ask': {
        const place = this.#driver?.happen(pending);
        if (place !== undefined) this.#offer(place.node);
        return;
      }
      case 'fault':
        this.#injector.happen(pending);
        for (const index of this.#books.keys()) this.#noteUp(index);
        return;
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
    if (this.#planner.overflowing.delete(envelope)) return this.#drop(envelope, 'overflow');
    const trouble = this.#injector.active.link(source, target);
    if (trouble?.held === true) {
      this.#heldBack.push(pending);
      return;
    }
    const node = this.#node(target);
    if (!node.up) return this.#drop(envelope, 'down');
    if (isCut(this.state, source, target)) return this.#drop(envelope, 'cut');
    if (this.#mustWait(target, pending)) return;
    const name = this.#planner.links.name(source, target);
    const decision: ActingDecision = { type: 'deliver', from, to, message };
    if (this.#isIdle(target, node, decision)) {
      this.#book(target).waiting.push(pending);
      return;
    }
    const { loss = 0, duplication = 0 } = trouble ?? {};
    if (loss > 0 && mayBeLost(network, envelope) && this.#streams.draw('loss', name) < loss)
      return this.#drop(envelope, 'loss');
    const duplicate =
      !keepsDelivered(network) &&
      duplication > 0 &&
      this.#streams.draw('duplication', name) < duplication;
    const handled = this.#act(target, duplicate ? { ...decision, duplicate } : decision);
    if (!handled) return this.#drop(envelope, 'down');
    this.#recorder.delivered(envelope, duplicate);
    if (duplicate) this.#planner.travel(envelope);
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
    this.#recorder.dropped(envelope, cause);
    this.#apply({ type: 'drop', from, to, message, cause });
  }

  /**
   * True when the node cannot handle the event now, because it waits for its disk, is paused or is busy:
   * the event is kept until it can. On a slow node the event first occupies the node for a while.
   */
  #mustWait(node: number, pending: Pending): boolean {
    const book = this.#book(node);
    if (book.handling !== undefined || isHeld(this.#node(node)) || this.#isPaused(book)) {
      book.waiting.push(pending);
      return true;
    }
    const { handlingMs } = this.#injector.active.node(book.definition.id);
    if (handlingMs === 0 || this.#hasOccupied) return false;
    book.handling = this.#planner.again(book, pending, this.now + microseconds(handlingMs));
    return true;
  }

  /** Whether the event is what occupied its node, which is free now. */
  #handled(pending: Pending): boolean {
    if (pending.kind === 'fault' || pending.kind === 'ask') return false;
    const book = this.#book(nodeOf(pending));
    if (book.handling !== pending) return false;
    book.handling = undefined;
    this.#freed = book;
    return true;
  }

  /** What came while a node was busy comes now; it stays if it still cannot be handled. */
  #free(): void {
    const book = this.#freed;
    this.#freed = undefined;
    if (book !== undefined && book.waiting.length > 0) this.#planner.release(book);
  }

  #noteUp(index: number): void {
    const isUp = this.#node(index).up && !this.#isPaused(this.#book(index));
    this.#recorder.isUp(index, isUp, this.now);
  }

  /** What the disk says to the forced write that ends. */
  #answer({ definition: { id } }: NodeBook): DiskAnswer['type'] {
    const { failedWrite, lostForce } = this.#injector.active.node(id);
    const strikes = (fault: string, probability: number): boolean =>
      probability > 0 && (probability >= 1 || this.#streams.draw(fault, id) < probability);
    if (strikes('failed write', failedWrite)) return 'failWrite';
    return strikes('lost force', lostForce) ? 'loseForce' : 'durable';
  }

  #isPaused({ definition }: NodeBook): boolean {
    return this.#injector.active.node(definition.id).paused;
  }

  /** Messages that waited and timers that are overdue come in either order. */
  #resume(book: NodeBook): void {
    const timers = book.waiting.filter(({ kind }) => kind === 'timer');
    const others = book.waiting.filter(({ kind }) => kind !== 'timer');
    const { id } = book.definition;
    const timersFirst =
      timers.length > 0 && others.length > 0 && this.#streams.draw('resume', id) < 0.5;
    this.#planner.release(book, timersFirst ? [...timers, ...others] : [...others, ...timers]);
  }

  /** A node that is down, or waits for its disk, asks for what it can do when it comes back. */
  #offer(index: number): void {
    const node = this.#node(index);
    if (node.up && !isHeld(node)) this.#planner.offer(index, this.#book(index), node);
  }

  #invoke(node: number, position: number): void {
    const { definition } = this.#book(node);
    const process = definition.processes[position];
    const driver = process && this.#driver?.drives(process.address) ? this.#driver : undefined;
    const operation = driver
      ? driver.first(process?.address ?? '')
      : nextOperation(definition, this.#node(node), position);
    if (operation === undefined || process === undefined) return;
    const running = runningAt(this.#node(node), process.address);
    // The state may have moved on since the operation was planned; it is planned again when it fits.
    if (running === undefined || !process.stepper.handles(running.state, operation)) return;
    const decision: ActingDecision = { type: 'invoke', process: process.address, operation };
    if (driver === undefined) this.#act(node, decision);
    else
      driver.start(process.address, (isNew) => {
        this.#recorder.starting(isNew ? process.address : undefined);
        const isDone = this.#act(node, decision);
        this.#recorder.starting(undefined);
        return isDone;
      });
  }

  /**
   * Applies a decision that makes a node act, with the crash that may strike within it. False when the
   * node crashed before it, so that nothing of it happened.
   */
  #act(node: number, decision: ActingDecision): boolean {
    const book = this.#book(node);
    const reading = book.clock?.reading ?? this.now;
    const timed: ActingDecision = book.hasClock ? { ...decision, now: reading / 1000 } : decision;
    const due = book.crashes.length === 0 ? undefined : this.#strike(node, book, timed);
    if (due === undefined) {
      this.#follow(node, this.#apply(timed).effects);
      if (isDiskAnswer(decision) && !this.#node(node).up) this.#stopped(node);
      return true;
    }
    const { strike, fault } = due;
    if (strike.when === 'within') {
      const { effects } = this.#apply({ ...timed, crashAfter: strike.crashAfter });
      this.#follow(node, effects);
      this.#buried(node, fault);
      return true;
    }
    const happens = strike.when === 'afterStep';
    if (happens) this.#follow(node, this.#apply(timed).effects);
    // A failed write may have stopped it in the step, after which it was to crash.
    if (this.#node(node).up) this.#crash(fault);
    else this.#buried(node, fault);
    return happens;
  }

  /** The first crash point that lies in the step, if any. */
  #strike(node: number, book: NodeBook, decision: ActingDecision): Due | undefined {
    const tried = (crashAfter: number | undefined) =>
      apply(
        this.instance,
        this.state,
        crashAfter === undefined ? decision : { ...decision, crashAfter },
      );
    const { due, left } = firstStrike(book.crashes, tried, {
      received: decision.type === 'deliver' ? decision.message.type : undefined,
      isDecision: decision.type !== 'restart',
      underWay: this.#node(node).disk.writes.length,
    });
    book.crashes = left;
    return due;
  }

  #apply(decision: Decision): Step {
    const step = apply(this.instance, this.state, decision);
    this.state = step.state;
    this.#decidedAt = this.now;
    const { digest } = this;
    this.#recorder.decided(this.now);
    digest.number(this.now);
    digest.text(decision.type);
    for (const effect of step.effects) digestEffect(digest, effect);
    if (this.#traceLevel !== 'off') {
      const effects = this.#traceLevel === 'full' ? step.effects : [];
      this.trace.push({ atUs: this.now, decision, effects });
    }
    return step;
  }

  /** Plans what follows from the effects of a node's step. */
  #follow(node: number, effects: readonly Executed[]): void {
    const book = this.#book(node);
    for (const effect of effects) {
      if (effect.type === 'mark') this.#driver?.marked(effect.name, effect.data);
      this.#recorder.effect(effect, node, this.now);
    }
    this.#planner.effects(node, book, effects);
    const state = this.#node(node);
    if (!state.up) return;
    this.#planner.write(node, book, state);
    if (isHeld(state)) return;
    if (book.hasImmediate && immediateChoices(book.definition, state).length > 0) {
      this.#chooseAtOnce(node, state);
      return;
    }
    if (book.waiting.length > 0) this.#planner.release(book);
    this.#planner.offer(node, book, state);
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

  #restart(id: string): void {
    const { index } = this.instance.node(id);
    const node = this.#node(index);
    if (node.up) return;
    const book = this.#book(index);
    book.awaitsDisk = this.#injector.active.node(id).unreadable;
    if (book.awaitsDisk) return;
    const tail = this.#tail(book, tailLength(node.disk));
    this.#recorder.restarted(index);
    this.#act(index, { type: 'restart', node: id, tail });
  }

  /** How much of the tail survived: decided only now, since nobody could tell before. */
  #tail({ definition, tail }: NodeBook, length: number): number {
    if (tail === 'lost') return 0;
    if (tail === 'kept') return length;
    // A torn record is one that is not there, so that the tail is shorter by one at least.
    const ways = tail === 'torn' ? Math.max(length, 1) : length + 1;
    return Math.floor(this.#streams.draw('tail', definition.id) * ways);
  }

  #crash(fault: CrashFault): void {
    const { id, index } = this.instance.node(fault.node);
    if (!this.#node(index).up) return;
    this.#apply({ type: 'crash', node: id });
    this.#buried(index, fault);
  }

  /** A failed write has stopped the node, which comes back when its disk works again. */
  #stopped(node: number): void {
    const book = this.#book(node);
    this.#dead(node);
    book.tail = undefined;
    book.awaitsDisk = true;
  }

  /** After a crash: what was scheduled for this life is void. */
  #dead(node: number): void {
    const book = this.#book(node);
    this.#recorder.crashed(node);
    this.#driver?.crashed(node);
    const handling = bury(book);
    if (handling !== undefined) this.#abandoned.add(handling);
    this.#injector.died(book.definition.id);
    this.#noteUp(node);
    this.#planner.release(book);
  }

  #buried(node: number, fault: CrashFault): void {
    const book = this.#book(node);
    this.#dead(node);
    book.tail = fault.tail;
    if (fault.loseDisk === true) this.#apply({ type: 'loseDisk', node: fault.node });
    if (fault.forMs !== undefined)
      this.#queue.push({
        at: this.now + microseconds(fault.forMs),
        kind: 'fault',
        occurrence: { fault },
        moment: 'end',
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
