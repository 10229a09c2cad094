/**
 * The network's semantics, by name: what may happen to a message between sending and delivery.
 *
 * | order      | in flight                        | delivery          |
 * |------------|----------------------------------|-------------------|
 * | set        | every message ever sent          | keeps it (TLA+)   |
 * | unordered  | a bag of copies per link         | takes one copy    |
 * | fifo       | a queue per link                 | takes the head    |
 */
import { UserMistake } from './errors.ts';
import type { Envelope, RoutedEnvelope } from './node.ts';
import { keyOf } from './plain-data.ts';

export type NetworkOrder = 'set' | 'unordered' | 'fifo';

/**
 * What becomes of a delivery that changes nothing. *consume*: the message is used up. *selfLoop*: the
 * message stays, and the delivery counts as a transition when the machine has a transition for it.
 * *disabled*: it is no transition, and the message stays.
 */
export type IdleDelivery = 'consume' | 'selfLoop' | 'disabled';

export interface NetworkSemantics {
  readonly order: NetworkOrder;
  /** Whether messages may be lost. A set needs no loss: what is never delivered is lost. */
  readonly loss: boolean;
  /** Whether a delivered message may leave a copy in flight. */
  readonly duplication: boolean;
  readonly idle: IdleDelivery;
}

/** What a system declares; the rest has defaults. */
export interface NetworkOptions {
  readonly order?: NetworkOrder;
  readonly loss?: boolean;
  readonly duplication?: boolean;
  readonly idle?: IdleDelivery;
}

/** Defaults: unordered, no loss, no duplication; idle deliveries consume, in a set they loop. */
export function networkSemantics(options: NetworkOptions, system: string): NetworkSemantics {
  const { order = 'unordered', loss = false, duplication = false } = options;
  if (order !== 'set' && order !== 'unordered' && order !== 'fifo')
    throw new UserMistake(
      `system "${system}": the network's order is ${JSON.stringify(order)}; it must be set, unordered or fifo`,
    );
  if (order === 'set' && (loss || duplication))
    throw new UserMistake(
      `system "${system}": a set network declares ${loss ? 'loss' : 'duplication'}, which a set implies; leave it out`,
    );
  const idle = options.idle ?? (order === 'set' ? 'selfLoop' : 'consume');
  if (idle !== 'consume' && idle !== 'selfLoop' && idle !== 'disabled')
    throw new UserMistake(
      `system "${system}": the network's idle is ${JSON.stringify(idle)}; it must be consume, selfLoop or disabled`,
    );
  if (order === 'set' && idle === 'consume')
    throw new UserMistake(
      `system "${system}": a set network never consumes a message; idle must be selfLoop or disabled`,
    );
  return { order, loss, duplication, idle };
}

/** The messages in flight, by source node, then target node, oldest first. */
export type Flight = readonly (readonly (readonly RoutedEnvelope[])[])[];

export function emptyFlight(nodes: number): Flight {
  return Array.from({ length: nodes }, () => Array.from({ length: nodes }, () => []));
}

/** Equal contents: two envelopes that are copies of each other. */
export function sameEnvelope(a: Envelope, b: Envelope): boolean {
  if (a === b) return true;
  if (a.from !== b.from || a.to !== b.to) return false;
  return a.message === b.message || keyOf(a.message) === keyOf(b.message);
}

function withLink(
  flight: Flight,
  source: number,
  target: number,
  change: (link: readonly RoutedEnvelope[]) => readonly RoutedEnvelope[],
): Flight {
  const row = flight[source] ?? [];
  const link = row[target] ?? [];
  const changed = change(link);
  if (changed === link) return flight;
  return flight.with(source, row.with(target, changed));
}

/** Adds a sent message. With `copies`, no more than that many equal ones are kept in flight. */
export function withSent(
  flight: Flight,
  { order }: NetworkSemantics,
  envelope: RoutedEnvelope,
  copies: number,
): Flight {
  const limit = order === 'set' ? 1 : copies;
  return withLink(flight, envelope.source, envelope.target, (link) => {
    if (limit !== Number.POSITIVE_INFINITY) {
      let present = 0;
      for (const other of link) if (sameEnvelope(other, envelope)) present++;
      if (present >= limit) return link;
    }
    return [...link, envelope];
  });
}

/** Takes one copy out of flight. */
export function without(flight: Flight, envelope: RoutedEnvelope): Flight {
  return withLink(flight, envelope.source, envelope.target, (link) => {
    const index = link.indexOf(envelope);
    if (index < 0) throw new Error('broken promise: the envelope is not in flight');
    return link.toSpliced(index, 1);
  });
}

/** The envelope in flight that equals the given one and may be taken now, or undefined. */
export function takeable(
  link: readonly RoutedEnvelope[],
  { order }: NetworkSemantics,
  envelope: Envelope,
): RoutedEnvelope | undefined {
  if (order === 'fifo') {
    const [head] = link;
    return head !== undefined && sameEnvelope(head, envelope) ? head : undefined;
  }
  return link.find((other) => sameEnvelope(other, envelope));
}
