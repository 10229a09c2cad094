/**
 * Who waits too long: availability in time. A client that was asked for an operation longer ago than the
 * limit, and has no answer, is not served. The time that any, and that all clients are not is summed up
 * as it passes, so that only the operations under way are kept.
 */
import type { Address } from '../model/effects.ts';

interface Open {
  readonly client: Address;
  readonly type: string;
  readonly askedAt: number;
}

/** An operation that has its answer, or never gets one. */
export interface Ended extends Open {
  readonly inTime: boolean;
}

interface Client {
  /** Operations that have waited for longer than the limit. */
  late: number;
  /** Since when there are any. */
  lateSince: number;
  lateUs: number;
}

/** All times in whole microseconds. */
export class Waiting {
  readonly #limitUs: number;
  readonly #clients = new Map<Address, Client>();
  /** By process, each in the order of asking: those within the limit, and the others. */
  readonly #open = new Map<Address, Open>();
  readonly #late = new Map<Address, Open>();
  /** Time in which so many clients were not served. */
  readonly #timeByLate: number[] = [0];
  #lateClients = 0;
  #now = 0;

  constructor(limitUs: number) {
    this.#limitUs = limitUs;
  }

  /** A process has one operation open: an earlier one, which is returned, has no answer any more. */
  asked(process: Address, client: Address, type: string, now: number): Ended | undefined {
    const before = this.#end(process, now);
    if (!this.#clients.has(client)) this.#clients.set(client, { late: 0, lateSince: 0, lateUs: 0 });
    this.#open.set(process, { client, type, askedAt: now });
    return before && { ...before, inTime: false };
  }

  openOf(process: Address): Open | undefined {
    return this.#open.get(process) ?? this.#late.get(process);
  }

  answered(process: Address, now: number): Ended | undefined {
    return this.#end(process, now);
  }

  /** The operations still open; `late` are those for which an answer would come too late. */
  stillOpen(now: number): readonly (Open & { readonly late: boolean })[] {
    this.#advance(now);
    return [
      ...[...this.#late.values()].map((one) => ({ ...one, late: true })),
      ...[...this.#open.values()].map((one) => ({ ...one, late: false })),
    ];
  }

  /** The share of the time until now in which every client was served, and in which any was. */
  shares(now: number): { readonly everyClient: number; readonly someClient: number } | undefined {
    this.#advance(now);
    if (this.#clients.size === 0) return undefined;
    const none = this.#timeByLate[this.#clients.size] ?? 0;
    return {
      everyClient: now === 0 ? 1 : (this.#timeByLate[0] ?? 0) / now,
      someClient: now === 0 ? 1 : 1 - none / now,
    };
  }

  /** The share of the time until now in which the client was served. */
  shareOf(client: Address, now: number): number {
    this.#advance(now);
    const { late, lateSince, lateUs } = this.#client(client);
    return now === 0 ? 1 : 1 - (lateUs + (late > 0 ? now - lateSince : 0)) / now;
  }

  #end(process: Address, now: number): Ended | undefined {
    this.#advance(now);
    const open = this.#open.get(process);
    if (open !== undefined) {
      this.#open.delete(process);
      return { ...open, inTime: true };
    }
    const late = this.#late.get(process);
    if (late === undefined) return undefined;
    this.#late.delete(process);
    const client = this.#client(late.client);
    if (--client.late === 0) {
      client.lateUs += now - client.lateSince;
      this.#lateClients--;
    }
    return { ...late, inTime: false };
  }

  /** Lets time pass: on the way, operations become late in the order in which they were asked. */
  #advance(now: number): void {
    for (const [process, open] of this.#open) {
      const lateAt = open.askedAt + this.#limitUs;
      if (lateAt >= now) break;
      this.#pass(lateAt);
      this.#open.delete(process);
      this.#late.set(process, open);
      const client = this.#client(open.client);
      if (client.late++ === 0) {
        client.lateSince = lateAt;
        this.#lateClients++;
      }
    }
    this.#pass(now);
  }

  #pass(until: number): void {
    this.#timeByLate[this.#lateClients] =
      (this.#timeByLate[this.#lateClients] ?? 0) + until - this.#now;
    this.#now = until;
  }

  #client(address: Address): Client {
    const client = this.#clients.get(address);
    if (client === undefined) throw new Error(`broken promise: ${address} never asked`);
    return client;
  }
}
