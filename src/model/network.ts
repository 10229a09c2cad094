/**
 * The network's semantics, by name: what may happen to a message between sending and delivery.
 *
 * | order       | in flight                              | delivery                                 |
 * |-------------|----------------------------------------|------------------------------------------|
 * | set         | every message ever sent                | keeps it; not delivering is loss (TLA+)  |
 * | duplicating | a set, and what was delivered last     | keeps it; a loss is for good (Stateright)|
 * | unordered   | a bag of copies per link               | takes one copy                           |
 * | fifo        | a queue per link                       | takes the head                           |
 * | mailbox     | a queue per node, of all senders       | takes the head (actors, Promela)         |
 */
import { UserMistake } from './errors.ts';
import type { Envelope, RoutedEnvelope } from './node.ts';
import { keyOf } from './plain-data.ts';

export type NetworkOrder = 'set' | 'duplicating' | 'unordered' | 'fifo' | 'mailbox';

/**
 * Which deliveries are transitions. *consume*: all. *wait*: those for which the machine has a
 * transition, even one that changes nothing; any other message waits (a guarded receive). *disabled*:
 * those that change the node, send something or leave a mark; any other message waits.
 */
export type IdleDelivery = 'consume' | 'wait' | 'disabled';

export interface NetworkSemantics {
  readonly order: NetworkOrder;
  /** Whether messages may be lost. A set needs no loss: what is never delivered is lost. */
  readonly loss: boolean;
  /** In a queue, whether only the first message may be lost or any. */
  readonly loses: 'head' | 'any';
  /** Types of messages that are never lost. */
  readonly reliable: readonly string[];
  /** Whether a delivered message may leave a copy in flight. */
  readonly duplication: boolean;
  readonly idle: IdleDelivery;
}

/** What a system declares; the rest has defaults. */
export type NetworkOptions = Partial<NetworkSemantics>;

const orders: readonly string[] = ['set', 'duplicating', 'unordered', 'fifo', 'mailbox'];

/**
 * Defaults: unordered, no loss, no duplication. Idle deliveries consume; where delivery keeps the
 * message, one that the machine has no transition for waits.
 */
export function networkSemantics(options: NetworkOptions, system: string): NetworkSemantics {
  const { order = 'unordered', loss = false, duplication = false, reliable = [] } = options;
  const refuse = (what: string): never => {
    throw new UserMistake(`system "${system}": ${what}`);
  };
  if (!orders.includes(order))
    refuse(
      `the network's order is ${JSON.stringify(order)}; it must be ${orders.slice(0, -1).join(', ')} or ${orders.at(-1)}`,
    );
  const keeps = keepsDelivered({ order });
  if (order === 'set' && (loss || duplication))
    refuse(
      `a set network declares ${loss ? 'loss' : 'duplication'}, which a set implies; leave it out`,
    );
  if (keeps && duplication)
    refuse(`a ${order} network declares duplication, which it implies; leave it out`);
  const idle = options.idle ?? (keeps ? 'wait' : 'consume');
  if (idle !== 'consume' && idle !== 'wait' && idle !== 'disabled')
    refuse(`the network's idle is ${JSON.stringify(idle)}; it must be consume, wait or disabled`);
  if (keeps && idle === 'consume')
    refuse(`a ${order} network never consumes a message; idle must be wait or disabled`);
  const loses = options.loses ?? 'head';
  if (loses !== 'head' && loses !== 'any')
    refuse(`the network's loses is ${JSON.stringify(loses)}; it must be head or any`);
  if (loses === 'any' && !isQueue({ order }))
    refuse(`a ${order} network has no queues, so it cannot lose "any" of a queue; leave it out`);
  if (!Array.isArray(reliable) || reliable.some((type) => typeof type !== 'string'))
    refuse(
      `the network's reliable is ${JSON.stringify(reliable)}; it must be a list of message types`,
    );
  return { order, loss, loses, reliable, duplication, idle };
}

/** Whether a delivered message stays in flight, of which there is then one copy at most. */
export function keepsDelivered({ order }: Pick<NetworkSemantics, 'order'>): boolean {
  return order === 'set' || order === 'duplicating';
}

/** Whether the order of sending counts. */
export function isQueue({ order }: Pick<NetworkSemantics, 'order'>): boolean {
  return order === 'fifo' || order === 'mailbox';
}

/** Whether a message of this type may be lost where there is loss. */
export function mayBeLost({ reliable }: NetworkSemantics, { message }: Envelope): boolean {
  return reliable.length === 0 || !reliable.includes(message.type);
}

/**
 * Where an envelope waits in {@link Flight}: on its link, by source and target; in a mailbox, where the
 * source does not count, in the place of the link from the target to itself, which no message uses.
 */
export function laneOf(
  { order }: Pick<NetworkSemantics, 'order'>,
  { source, target }: Pick<RoutedEnvelope, 'source' | 'target'>,
): number {
  return order === 'mailbox' ? target : source;
}

/** The messages in flight, by lane (see {@link laneOf}), then target node, oldest first. */
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
  lane: number,
  target: number,
  change: (link: readonly RoutedEnvelope[]) => readonly RoutedEnvelope[],
): Flight {
  const row = flight[lane] ?? [];
  const link = row[target] ?? [];
  const changed = change(link);
  if (changed === link) return flight;
  return flight.with(lane, row.with(target, changed));
}

/** Adds a sent message. With `copies`, no more than that many equal ones are kept in flight. */
export function withSent(
  flight: Flight,
  network: NetworkSemantics,
  envelope: RoutedEnvelope,
  copies: number,
): Flight {
  const limit = keepsDelivered(network) ? 1 : copies;
  return withLink(flight, laneOf(network, envelope), envelope.target, (link) => {
    if (limit !== Number.POSITIVE_INFINITY) {
      let present = 0;
      for (const other of link) if (sameEnvelope(other, envelope)) present++;
      if (present >= limit) return link;
    }
    return [...link, envelope];
  });
}

/** Takes one copy out of flight: the one found by {@link takeable}, or that at the position. */
export function without(
  flight: Flight,
  network: NetworkSemantics,
  envelope: RoutedEnvelope,
  position?: number,
): Flight {
  return withLink(flight, laneOf(network, envelope), envelope.target, (link) => {
    const index = position ?? link.indexOf(envelope);
    if (index < 0) throw new Error('broken promise: the envelope is not in flight');
    return link.toSpliced(index, 1);
  });
}

/** The envelope in flight that equals the given one and may be taken now, or undefined. */
export function takeable(
  link: readonly RoutedEnvelope[],
  network: NetworkSemantics,
  envelope: Envelope,
  position?: number,
): RoutedEnvelope | undefined {
  if (position !== undefined || isQueue(network)) {
    const there = link[position ?? 0];
    return there !== undefined && sameEnvelope(there, envelope) ? there : undefined;
  }
  return link.find((other) => sameEnvelope(other, envelope));
}

/** The envelopes that may be delivered next: the head of a queue, else one of each kind of copy. */
export function deliverable(
  link: readonly RoutedEnvelope[],
  network: NetworkSemantics,
): readonly RoutedEnvelope[] {
  if (isQueue(network)) return link.slice(0, 1);
  return link.filter((one, i) => link.findIndex((other) => sameEnvelope(other, one)) === i);
}

/** An envelope that may be taken out of flight, with its place in a queue that loses any. */
export interface Losable {
  readonly envelope: RoutedEnvelope;
  readonly position?: number;
}

/** The envelopes that may be lost next, each place in a queue that loses any by itself. */
export function losable(
  link: readonly RoutedEnvelope[],
  network: NetworkSemantics,
): readonly Losable[] {
  if (network.loses === 'any') return link.map((envelope, position) => ({ envelope, position }));
  return deliverable(link, network).map((envelope) => ({ envelope }));
}
