/** Gathers what metrics say of operations: by type, by client, and how available they found the system. */
import type { Address } from '../model/effects.ts';
import { callOf } from '../model/loops.ts';
import { DurationRecorder, type Histograms } from './durations.ts';
import { Fifo } from './fifo.ts';
import type { Availability, ClientMetrics, OperationMetrics } from './metrics.ts';
import { type Open, Waiting } from './waiting.ts';

/** Counts of one group of operations. */
class Group {
  arrived = 0;
  invoked = 0;
  returned = 0;
  inTime = 0;
  degraded = 0;
  attempts = 0;
  errors = 0;
  /** Ended without an answer, or with one too late. */
  failed = 0;
  readonly latency: DurationRecorder;
  /** Only where operations arrive by themselves: elsewhere none waits. */
  #wait: DurationRecorder | undefined;
  readonly #histograms: Histograms | undefined;
  readonly #of: string;

  constructor(histograms: Histograms | undefined, of: string) {
    this.#histograms = histograms;
    this.#of = of;
    this.latency = new DurationRecorder(histograms?.(`latency${of}`));
  }

  waited(us: number): void {
    this.#wait ??= new DurationRecorder(this.#histograms?.(`wait${this.#of}`));
    this.#wait.record(us);
  }

  metrics(atUs: number): OperationMetrics {
    const { arrived, invoked, returned, inTime, degraded, attempts, errors, failed } = this;
    const known = inTime + failed;
    return {
      arrived,
      invoked,
      returned,
      inTime,
      degraded,
      attempts,
      errors,
      throughputPerSecond: atUs === 0 ? null : returned / (atUs / 1e6),
      latency: this.latency.durations(),
      wait: this.#wait?.durations() ?? null,
      availability: known === 0 ? null : inTime / known,
    };
  }
}

export class OperationRecorder {
  /** The process that is about to start the first operation that arrived at it. */
  starting: Address | undefined;
  readonly #histograms: Histograms | undefined;
  readonly #answerWithinMs: number;
  readonly #waiting: Waiting;
  readonly #all: Group;
  readonly #byType = new Map<string, Group>();
  readonly #byClient = new Map<Address, Group>();
  /** By process: what has arrived and was not started. */
  readonly #arrived = new Map<Address, Fifo<Open>>();
  /** What was started and has not ended, by the name of its call, or else by its process. */
  readonly #started = new Map<string, Open>();
  /** Calls whose next failure is not their end. */
  readonly #going = new Set<string>();

  constructor(answerWithinMs: number, histograms: Histograms | undefined) {
    this.#histograms = histograms;
    this.#answerWithinMs = answerWithinMs;
    this.#waiting = new Waiting(Math.round(answerWithinMs * 1000));
    this.#all = new Group(histograms, '');
  }

  arrived(process: Address, data: unknown, atUs: number): void {
    let line = this.#arrived.get(process);
    if (line === undefined) {
      line = new Fifo();
      this.#arrived.set(process, line);
    }
    line.add(this.#asked(process, data, atUs));
  }

  invoked(process: Address, data: unknown, atUs: number): void {
    const call = callOf(data);
    const before = this.#started.get(call ?? process);
    if (before !== undefined && call !== undefined) return this.retried(process, data);
    // A process has one operation without a name open: the next one gives it up.
    if (before !== undefined) this.#lost(before, atUs);
    const arrived = this.starting === process ? this.#arrived.get(process)?.take() : undefined;
    const open = arrived ?? this.#asked(process, data, atUs);
    this.#started.set(call ?? process, open);
    for (const group of this.#groupsOf(open)) {
      group.invoked++;
      group.attempts++;
      if (arrived !== undefined) group.waited(atUs - arrived.askedAt);
    }
  }

  retried(process: Address, data: unknown): void {
    const open = this.#started.get(callOf(data) ?? process);
    if (open !== undefined) for (const group of this.#groupsOf(open)) group.attempts++;
  }

  returned(process: Address, data: unknown, atUs: number): void {
    const open = this.#ended(process, data);
    if (open === undefined) return;
    const inTime = this.#waiting.ended(open, atUs);
    const degraded = isDegraded(data);
    for (const group of this.#groupsOf(open)) {
      group.returned++;
      if (degraded) group.degraded++;
      if (inTime) group.inTime++;
      else group.failed++;
      group.latency.record(atUs - open.askedAt);
    }
  }

  failed(process: Address, data: unknown, atUs: number): void {
    if (this.#going.delete(callOf(data) ?? '')) return;
    const open = this.#ended(process, data);
    if (open === undefined) return;
    this.#lost(open, atUs);
    for (const group of this.#groupsOf(open)) group.errors++;
  }

  goesOn(call: string): void {
    this.#going.add(call);
  }

  givenUp(call: string, atUs: number): void {
    const open = this.#ended(call, { call });
    if (open !== undefined) this.#lost(open, atUs);
  }

  /** `isOver`: nothing more can happen, so that what is open will never be answered. */
  finish(atUs: number, isOver: boolean) {
    for (const open of this.#waiting.stillOpen(atUs))
      if (open.late || isOver) for (const group of this.#groupsOf(open)) group.failed++;
    const shares = this.#waiting.shares(atUs);
    const operations = this.#all.metrics(atUs);
    const availability: Availability = {
      answerWithinMs: this.#answerWithinMs,
      inRequests: operations.availability,
      everyClient: shares?.everyClient ?? null,
      someClient: shares?.someClient ?? null,
    };
    const clients: Record<Address, ClientMetrics> = {};
    for (const [client, group] of this.#byClient)
      clients[client] = {
        ...group.metrics(atUs),
        availabilityInTime: this.#waiting.shareOf(client, atUs),
      };
    const operationsByType = Object.fromEntries(
      [...this.#byType].map(([type, group]) => [type, group.metrics(atUs)]),
    );
    return { operations, operationsByType, availability, clients };
  }

  #asked(process: Address, data: unknown, atUs: number): Open {
    const open = this.#waiting.asked(lastingAddress(process), operationType(data), atUs);
    for (const group of this.#groupsOf(open)) group.arrived++;
    return open;
  }

  #ended(process: Address, data: unknown): Open | undefined {
    const name = callOf(data) ?? process;
    const open = this.#started.get(name);
    this.#started.delete(name);
    return open;
  }

  #lost(open: Open, atUs: number): void {
    this.#waiting.ended(open, atUs);
    for (const group of this.#groupsOf(open)) group.failed++;
  }

  #groupsOf({ type, client }: Open): readonly Group[] {
    return [
      this.#all,
      this.#group(this.#byType, type, ' of'),
      this.#group(this.#byClient, client, ' at'),
    ];
  }

  #group(groups: Map<string, Group>, name: string, of: string): Group {
    let group = groups.get(name);
    if (group === undefined) {
      group = new Group(this.#histograms, `${of} ${name}`);
      groups.set(name, group);
    }
    return group;
  }
}

/** Whether the answer says that it stands in the place of another. */
function isDegraded(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'degraded' in data && data.degraded === true;
}

/** `BEGIN`, `write`: by what an operation is called. */
function operationType(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data === 'object' && data !== null && 'type' in data && typeof data.type === 'string')
    return data.type;
  return 'operation';
}

/**
 * The process, or for an instance of a family, `node/family/key`, the family: instances come and go, and
 * what is kept of each would grow with the run.
 */
export function lastingAddress(process: Address): Address {
  const first = process.indexOf('/');
  const second = first < 0 ? -1 : process.indexOf('/', first + 1);
  return second < 0 ? process : process.slice(0, second);
}
