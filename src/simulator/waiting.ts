/**
 * Who waits too long: availability in time. A client that was asked for an operation longer ago than the
 * limit, and has no answer, is not served. The time that any, and that all clients are not is summed up
 * as it passes, so that only the operations under way are kept.
 */
import type { Address } from '../model/effects.ts';

/** An operation that somebody waits for. */
export interface Open {
  readonly client: Address;
  readonly type: string;
  /** When it arrived, which is when it was started unless its client made it wait. */
  readonly askedAt: number;
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
  /** Each in the order of asking: those within the limit, and the others. */
  readonly #open = new Set<Open>();
  readonly #late = new Set<Open>();
  /** Time in which so many clients were not served. */
  readonly #timeByLate: number[] = [0];
  #lateClients = 0;
  #now = 0;

  constructor(limitUs: number) {
    this.#limitUs = limitUs;
  }

  asked(client: Address, type: string, now: number): Open {
    this.#advance(now);
    if (!this.#clients.has(client)) this.#clients.set(client, { late: 0, lateSince: 0, lateUs: 0 });
    const open: Open = { client, type, askedAt: now };
    this.#open.add(open);
    return open;
  }

  /** The operations still open; `late` are those for which an answer would come too late. */
  stillOpen(now: number): readonly (Open & { readonly late: boolean })[] {
    this.#advance(now);
    return [
      ...[...this.#late].map((one) => ({ ...one, late: true })),
      ...[...this.#open].map((one) => ({ ...one, late: false })),
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

  /** It is answered, or never will be; whether it was within the limit. */
  ended(open: Open, now: number): boolean {
    this.#advance(now);
    if (this.#open.delete(open)) return true;
    this.#late.delete(open);
    const client = this.#client(open.client);
    if (--client.late === 0) {
      client.lateUs += now - client.lateSince;
      this.#lateClients--;
    }
    return false;
  }

  /** Lets time pass: on the way, operations become late in the order in which they were asked. */
  #advance(now: number): void {
    for (const open of this.#open) {
      const lateAt = open.askedAt + this.#limitUs;
      if (lateAt >= now) break;
      this.#pass(lateAt);
      this.#open.delete(open);
      this.#late.add(open);
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
