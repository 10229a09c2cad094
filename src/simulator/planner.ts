/**
 * The planner: when what follows from a step will come. Messages take their link's latency, forced writes
 * the disk's, timers their delay, choices and operations theirs.
 */
import type { EventObject } from 'xstate';
import { openChoices } from '../model/choices.ts';
import type { Distribution } from '../model/distribution.ts';
import type { Address } from '../model/effects.ts';
import type { Instance } from '../model/instance.ts';
import type { Timer } from '../model/local-step.ts';
import { definitionOf, type Executed, type NodeState, type RoutedEnvelope } from '../model/node.ts';
import { nextOperation } from '../model/node-step.ts';
import type { ActiveFaults } from './active-faults.ts';
import { NodeClock } from './clock.ts';
import type { EventQueue } from './event-queue.ts';
import { Links } from './links.ts';
import type { NodeBook } from './node-book.ts';
import type { Pending, PendingTimer } from './pending.ts';
import type { Streams } from './random.ts';
import { microseconds } from './sampling.ts';
import type { Weather } from './weather.ts';
import type { WorkloadDriver } from './workload-driver.ts';

export class Planner {
  /** Virtual time in microseconds. */
  now = 0;
  /** Messages that found their link's queue full, and will be dropped. */
  readonly overflowing = new Set<RoutedEnvelope>();
  readonly links: Links;
  /** Only of a run whose operations are generated, or arrive at times of their own. */
  driver: WorkloadDriver | undefined;
  readonly #queue: EventQueue<Pending>;
  readonly #streams: Streams;
  readonly #weather: Weather;
  readonly #faults: ActiveFaults;
  /** For each process of a workload, how long the environment waits before each operation, in µs. */
  readonly #gaps = new Map<Address, (number | undefined)[]>();

  constructor(
    instance: Instance,
    weather: Weather,
    queue: EventQueue<Pending>,
    streams: Streams,
    faults: ActiveFaults,
  ) {
    this.links = new Links(instance, weather, streams);
    this.#weather = weather;
    this.#queue = queue;
    this.#streams = streams;
    this.#faults = faults;
    for (const { process, afterMs } of weather.operations ?? []) {
      const gaps = this.#gaps.get(process) ?? [];
      gaps.push(afterMs === undefined ? undefined : microseconds(afterMs));
      this.#gaps.set(process, gaps);
    }
  }

  /** What the effects of a step ask for. */
  effects(node: number, book: NodeBook, effects: readonly Executed[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') this.travel(effect.envelope);
      else if (effect.type === 'arm') this.#arm(node, book, effect.process, effect.timer);
      else if (effect.type === 'cancel') book.timers.get(effect.process)?.delete(effect.timer);
      else if (effect.type === 'stop') book.timers.delete(effect.process);
    }
  }

  travel(envelope: RoutedEnvelope): void {
    const delays = this.#faults.link(envelope.source, envelope.target)?.delays;
    const { at, overflows } = this.links.send(envelope, this.now, delays);
    if (overflows) this.overflowing.add(envelope);
    this.#queue.push({ at, kind: 'arrival', envelope });
  }

  /** Forced writes complete one after the other. */
  write(node: number, book: NodeBook, state: NodeState): void {
    if (book.writing !== undefined || state.disk.writes.length === 0) return;
    const { id } = book.definition;
    const slowness = this.#faults.node(id).diskSlowness;
    const takes = this.#takes(book, 'disk', id, this.#weather.forceLatency) * slowness;
    const at = this.now + Math.round(takes);
    book.writing = { at, kind: 'durable', node, life: book.life };
    this.#queue.push(book.writing);
  }

  /** Draws a choice for each process that has one open, and plans the next operation. */
  offer(node: number, book: NodeBook, state: NodeState): void {
    if (!book.hasChoices && !book.hasOperations) return;
    const { definition } = book;
    if (book.hasChoices)
      for (const running of state.running) {
        const { address } = running;
        const open = openChoices(definition, running);
        const drawn = book.choices.next(address, open, this.#streams);
        if (drawn === undefined) continue;
        const { choice, after } = drawn;
        const delay = after === undefined ? 0 : this.#takes(book, 'choice', address, after);
        this.#queue.push({ at: this.now + delay, kind: 'choice', node, choice });
      }
    if (book.hasOperations) this.#operations(node, book, state);
  }

  #operations(node: number, book: NodeBook, state: NodeState): void {
    const { definition, life } = book;
    for (const [position, { address, stepper }] of definition.processes.entries()) {
      const running = state.running.find((candidate) => candidate.address === address);
      if (running === undefined) continue;
      const handles = (operation: EventObject): boolean =>
        stepper.handles(running.state, operation);
      if (this.driver?.drives(address) === true) {
        this.driver.notice(address, handles);
        if (book.operating.has(position)) continue;
        const first = this.driver.first(address);
        if (first === undefined || !handles(first)) continue;
        book.operating.add(position);
        this.#queue.push({ at: this.now, kind: 'operation', node, position, life });
        continue;
      }
      const operation = nextOperation(definition, state, position);
      if (operation === undefined || book.operating.has(position)) continue;
      if (!handles(operation)) continue;
      book.operating.add(position);
      const planned = this.#gaps.get(address)?.[state.operations[position] ?? 0];
      const wait = planned ?? this.#takes(book, 'think', address, this.#weather.think);
      this.#queue.push({ at: this.now + wait, kind: 'operation', node, position, life });
    }
  }

  /** How long something takes that a slow node takes longer for. */
  #takes(book: NodeBook, purpose: string, owner: string, law: Distribution): number {
    const { slowness } = this.#faults.node(book.definition.id);
    return Math.round(this.#streams.duration(purpose, owner, law) * slowness);
  }

  #arm(node: number, book: NodeBook, process: Address, timer: Timer): void {
    const drawn = this.#streams.duration(`timer ${process}`, timer.delay, timer.distribution);
    const { id } = book.definition;
    const isWork = definitionOf(book.definition, process).process.work?.includes(timer.delay);
    const delay = isWork === true ? Math.round(drawn * this.#faults.node(id).slowness) : drawn;
    const armedAt = book.clock?.elapsed ?? this.now;
    const deadline = armedAt + delay;
    const at = book.clock?.when(deadline) ?? deadline;
    let armed = book.timers.get(process);
    if (armed === undefined) {
      armed = new Map();
      book.timers.set(process, armed);
    }
    const pending: PendingTimer = {
      at,
      kind: 'timer',
      node,
      process,
      timer,
      armedAt,
      deadline,
    };
    armed.set(timer.id, pending);
    this.#queue.push(pending);
  }

  /** What waited for the node comes now, in the order given. */
  release(book: NodeBook, waiting: readonly Pending[] = book.waiting): void {
    book.waiting = [];
    for (const pending of waiting) this.again(book, pending, this.now);
  }

  /** The same at another time; undefined for a timer that was cancelled meanwhile. */
  again(book: NodeBook, pending: Pending, at: number): Pending | undefined {
    const again: Pending = { ...pending, at };
    if (again.kind === 'timer') {
      const armed = book.timers.get(again.process);
      // A timer that was cancelled while it waited must not come back.
      if (armed?.get(again.timer.id) !== pending) return undefined;
      armed.set(again.timer.id, again);
    }
    if (pending === book.writing) book.writing = again;
    this.#queue.push(again);
    return again;
  }

  /** The forced write under way goes on at another pace: what is left of it takes `factor` as long. */
  repace(book: NodeBook, factor: number): void {
    const { writing } = book;
    if (writing === undefined || writing.at <= this.now) return;
    this.again(book, writing, this.now + Math.round((writing.at - this.now) * factor));
  }

  /** Changes the clock of a node, and when its timers fire. */
  setClock(book: NodeBook, change: (clock: NodeClock) => void): void {
    const clock = book.clock ?? new NodeClock(() => this.now);
    book.clock = clock;
    change(clock);
    for (const armed of book.timers.values())
      for (const pending of armed.values())
        if (pending !== book.handling) this.again(book, pending, clock.when(pending.deadline));
  }
}
