/** Gathers what metrics say of operations: by type, by client, and how available they found the system. */
import type { Address } from '../model/effects.ts';
import { DurationRecorder, type Histograms } from './durations.ts';
import type { Availability, ClientMetrics, OperationMetrics } from './metrics.ts';
import { type Ended, Waiting } from './waiting.ts';

/** Counts of one group of operations. */
class Group {
  invoked = 0;
  returned = 0;
  inTime = 0;
  attempts = 0;
  /** Ended without an answer, or with one too late. */
  failed = 0;
  readonly latency: DurationRecorder;

  constructor(histograms: Histograms | undefined, of: string) {
    this.latency = new DurationRecorder(histograms?.(of));
  }

  metrics(): OperationMetrics {
    const { invoked, returned, inTime, attempts, failed } = this;
    const known = inTime + failed;
    return {
      invoked,
      returned,
      inTime,
      attempts,
      latency: this.latency.durations(),
      availability: known === 0 ? null : inTime / known,
    };
  }
}

export class OperationRecorder {
  readonly #histograms: Histograms | undefined;
  readonly #answerWithinMs: number;
  readonly #waiting: Waiting;
  readonly #all: Group;
  readonly #byType = new Map<string, Group>();
  readonly #byClient = new Map<Address, Group>();

  constructor(answerWithinMs: number, histograms: Histograms | undefined) {
    this.#histograms = histograms;
    this.#answerWithinMs = answerWithinMs;
    this.#waiting = new Waiting(Math.round(answerWithinMs * 1000));
    this.#all = new Group(histograms, 'latency');
  }

  invoked(process: Address, data: unknown, atUs: number): void {
    const client = lastingAddress(process);
    const type = operationType(data);
    const givenUp = this.#waiting.asked(process, client, type, atUs);
    if (givenUp !== undefined) for (const group of this.#groupsOf(givenUp)) group.failed++;
    for (const group of this.#groupsOf({ client, type })) {
      group.invoked++;
      group.attempts++;
    }
  }

  retried(process: Address): void {
    const open = this.#waiting.openOf(process);
    if (open !== undefined) for (const group of this.#groupsOf(open)) group.attempts++;
  }

  returned(process: Address, atUs: number): void {
    const ended = this.#waiting.answered(process, atUs);
    if (ended === undefined) return;
    for (const group of this.#groupsOf(ended)) {
      group.returned++;
      if (ended.inTime) group.inTime++;
      else group.failed++;
      group.latency.record(atUs - ended.askedAt);
    }
  }

  /** `isOver`: nothing more can happen, so that what is open will never be answered. */
  finish(atUs: number, isOver: boolean) {
    for (const open of this.#waiting.stillOpen(atUs))
      if (open.late || isOver) for (const group of this.#groupsOf(open)) group.failed++;
    const shares = this.#waiting.shares(atUs);
    const operations = this.#all.metrics();
    const availability: Availability = {
      answerWithinMs: this.#answerWithinMs,
      inRequests: operations.availability,
      everyClient: shares?.everyClient ?? null,
      someClient: shares?.someClient ?? null,
    };
    const clients: Record<Address, ClientMetrics> = {};
    for (const [client, group] of this.#byClient)
      clients[client] = {
        ...group.metrics(),
        availabilityInTime: this.#waiting.shareOf(client, atUs),
      };
    const operationsByType = Object.fromEntries(
      [...this.#byType].map(([type, group]) => [type, group.metrics()]),
    );
    return { operations, operationsByType, availability, clients };
  }

  #groupsOf({ type, client }: Pick<Ended, 'type' | 'client'>): readonly Group[] {
    return [
      this.#all,
      this.#group(this.#byType, type, 'latency of'),
      this.#group(this.#byClient, client, 'latency at'),
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
