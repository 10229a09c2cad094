/**
 * Links in time: when a message that is sent now arrives. A link is a server for its bytes, then a delay:
 * a message leaves when those before it have left and its own bytes are sent, and arrives a latency later.
 */
import type { Distribution } from '../model/distribution.ts';
import type { Message, NodeId } from '../model/effects.ts';
import { suggestion, UserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import { type LinkRule, regionalLaw } from '../model/latency.ts';
import { isQueue, keepsDelivered, laneOf, mayBeLost } from '../model/network.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import { keyOf } from '../model/plain-data.ts';
import type { Streams } from './random.ts';
import type { Weather } from './weather.ts';

/** One direction between two nodes. */
interface Link {
  readonly name: string;
  readonly latency: Distribution;
  readonly msPerByte: number;
  readonly capacity: number;
  readonly fifo: boolean;
  /** When each message that has not left yet will have left, in microseconds. */
  readonly leaving: number[];
  lastArrival: number;
}

type Sending = { readonly at: number; readonly overflows: boolean };

/** The links of a run. A class, since it changes: what is on its way delays what comes after it. */
export class Links {
  readonly #instance: Instance;
  readonly #weather: Weather;
  readonly #streams: Streams;
  readonly #links: (Link | undefined)[] = [];
  /** On a network of queues, when the last message of each queue arrives. */
  readonly #lastOfQueue = new Map<number, number>();

  constructor(instance: Instance, weather: Weather, streams: Streams) {
    this.#instance = instance;
    this.#weather = weather;
    this.#streams = streams;
  }

  /** `a->b`: what streams are named after. */
  name(source: number, target: number): string {
    return this.#link(source, target).name;
  }

  /** When a message that is sent now arrives, or, where it finds the queue full, is found missing. */
  send(envelope: RoutedEnvelope, now: number, delays: readonly Distribution[] = []): Sending {
    const { source, target } = envelope;
    const { network } = this.#instance;
    const link = this.#link(source, target);
    if (link.msPerByte > 0) {
      while (link.leaving[0] !== undefined && link.leaving[0] <= now) link.leaving.shift();
      if (link.leaving.length >= link.capacity && mayBeLost(network, envelope))
        return { at: this.#inOrder(envelope, link, now), overflows: true };
    }
    const leaves = link.msPerByte > 0 ? this.#leaves(envelope, link, now) : now;
    let latency = this.#streams.duration('latency', link.name, link.latency);
    for (const delay of delays) latency += this.#streams.duration('delay', link.name, delay);
    return { at: this.#inOrder(envelope, link, leaves + latency), overflows: false };
  }

  #leaves({ message }: RoutedEnvelope, link: Link, now: number): number {
    const bytes = bytesOf(message, this.#weather);
    const free = Math.max(now, link.leaving.at(-1) ?? 0);
    const leaves = free + Math.round(bytes * link.msPerByte * 1000);
    link.leaving.push(leaves);
    return leaves;
  }

  /** Where order is promised, no message arrives before one that was sent earlier. */
  #inOrder(envelope: RoutedEnvelope, link: Link, drawn: number): number {
    const { network, nodes } = this.#instance;
    if (isQueue(network)) {
      const queue = laneOf(network, envelope) * nodes.length + envelope.target;
      const at = Math.max(drawn, this.#lastOfQueue.get(queue) ?? 0);
      this.#lastOfQueue.set(queue, at);
      return at;
    }
    if (!link.fifo) return drawn;
    link.lastArrival = Math.max(drawn, link.lastArrival);
    return link.lastArrival;
  }

  #link(source: number, target: number): Link {
    const { nodes } = this.#instance;
    const index = source * nodes.length + target;
    let link = this.#links[index];
    if (link === undefined) {
      const [from, to] = [nodes[source]?.id ?? '', nodes[target]?.id ?? ''];
      link = linkBetween(from, to, this.#weather);
      this.#links[index] = link;
    }
    return link;
  }
}

const utf8 = new TextEncoder();
/** Printable, as nearly all messages are, whose bytes are their characters. */
const isAscii = /^[ -~]*$/;

/** The bytes of a message as declared, or else of its canonical JSON in UTF-8. */
export function bytesOf(message: Message, { messageBytes }: Pick<Weather, 'messageBytes'>): number {
  const declared = messageBytes[message.type];
  if (declared !== undefined) return declared;
  const text = keyOf(message);
  return isAscii.test(text) ? text.length : utf8.encode(text).length;
}

function linkBetween(from: NodeId, to: NodeId, { latency, links }: Weather): Link {
  let rule: LinkRule = {};
  for (const one of links)
    if (concerns(one.from, from) && concerns(one.to, to)) rule = { ...rule, ...one };
  const law =
    rule.latency ?? (latency.kind === 'regions' ? regionalLaw(latency, from, to) : latency);
  if (rule.capacity !== undefined && (rule.msPerByte ?? 0) === 0)
    throw new UserMistake(
      `the link from ${from} to ${to} has a capacity of ${rule.capacity} and no msPerByte, so messages leave at once and its queue never fills; give it a bandwidth`,
    );
  return {
    name: `${from}->${to}`,
    latency: law,
    msPerByte: rule.msPerByte ?? 0,
    capacity: rule.capacity ?? Number.POSITIVE_INFINITY,
    fifo: rule.fifo ?? false,
    leaving: [],
    lastArrival: 0,
  };
}

function concerns(named: LinkRule['from'], node: NodeId): boolean {
  return named === undefined || named === node || (Array.isArray(named) && named.includes(node));
}

/**
 * Throws a {@link UserMistake} for rules that name no node of the system or have illegal numbers, and for
 * a latency that leaves a node without a place.
 */
export function refuseBadLinks(instance: Instance, weather: Weather): void {
  const { latency, links, messageBytes } = weather;
  const { network, nodes } = instance;
  if (latency.kind === 'regions') {
    for (const node of Object.keys(latency.places)) instance.node(node);
    for (const { id } of nodes) regionalLaw(latency, id, id);
  }
  for (const [index, rule] of links.entries()) {
    const refuse = (what: string): never => {
      throw new UserMistake(`link rule ${index + 1}: ${what}`);
    };
    for (const key of Object.keys(rule))
      if (!ruleKeys.includes(key)) refuse(`there is no "${key}"${suggestion(key, ruleKeys)}`);
    for (const id of [rule.from ?? [], rule.to ?? []].flat()) instance.node(id);
    const { msPerByte = 0, capacity = 1, fifo } = rule;
    if (!(Number.isFinite(msPerByte) && msPerByte >= 0))
      refuse(`msPerByte is ${msPerByte}; it must be a number of milliseconds, zero or more`);
    if (!(Number.isInteger(capacity) && capacity >= 1))
      refuse(`the capacity is ${capacity}; it must be a whole number of messages, 1 or more`);
    if (rule.capacity !== undefined && keepsDelivered(network))
      refuse(`a ${network.order} network has no queues; leave the capacity out`);
    if (fifo === false && isQueue(network))
      refuse(`the network is ${network.order}, which keeps the order of messages; leave fifo out`);
  }
  for (const [type, bytes] of Object.entries(messageBytes))
    if (!(Number.isFinite(bytes) && bytes >= 0))
      throw new UserMistake(
        `messageBytes of ${type} is ${bytes}; it must be a number of bytes, zero or more`,
      );
}

const ruleKeys = ['from', 'to', 'latency', 'msPerByte', 'capacity', 'fifo'];
