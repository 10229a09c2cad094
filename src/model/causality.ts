/**
 * Which event of a trace can have caused which: happened-before (Lamport 1978), by vector clocks (Fidge
 * 1988, Mattern 1989).
 */
import type { Decision } from './decision.ts';
import { type NodeId, nodeOfAddress } from './effects.ts';
import type { Envelope, Executed } from './node.ts';
import { canonical } from './plain-data.ts';
import type { TraceEntry } from './trace.ts';

/** For each node, how many of its events have happened before or are this one; absent is none. */
export type VectorClock = Readonly<Record<NodeId, number>>;

/**
 * Something that happens at a node: its start, or a decision that makes it act, crash, come back or lose
 * its disk. What it sends, it sends within the event. Losses, cuts and mends happen at no node.
 */
export interface NodeEvent {
  readonly node: NodeId;
  /** Its place in the trace; undefined for the node's start. */
  readonly index: number | undefined;
  readonly effects: readonly Executed[];
  readonly clock: VectorClock;
}

/**
 * The events of a full trace in its order, each with its vector clock: e happened before f exactly when
 * e's clock is nowhere above f's and somewhere below. A node counts its own events and nothing else; with
 * a message it learns what its sender knew. Of copies with equal contents the oldest arrives first.
 */
export function nodeEvents(source: {
  readonly start: readonly Executed[];
  readonly trace: readonly TraceEntry[];
}): readonly NodeEvent[] {
  const clocks = new Map<NodeId, VectorClock>();
  const mail = openMail();
  const events: NodeEvent[] = [];
  const happen = (node: NodeId, index: number | undefined, effects: readonly Executed[]): void => {
    const own = clocks.get(node) ?? {};
    const clock = { ...own, [node]: (own[node] ?? 0) + 1 };
    clocks.set(node, clock);
    for (const effect of effects) if (effect.type === 'send') mail.sent(effect.envelope, clock);
    events.push({ node, index, effects, clock });
  };
  for (const [node, effects] of byNode(source.start)) happen(node, undefined, effects);
  for (const [index, { decision, effects }] of source.trace.entries()) {
    if (decision.type === 'drop') mail.taken(decision);
    const node = nodeOfDecision(decision);
    if (node === undefined) continue;
    if (decision.type === 'deliver') {
      const learnt = mail.taken(decision, decision.duplicate);
      clocks.set(node, merged(clocks.get(node) ?? {}, learnt));
    }
    happen(node, index, effects);
  }
  return events;
}

/** Where a decision happens; undefined for what happens to the network. */
function nodeOfDecision(decision: Decision): NodeId | undefined {
  switch (decision.type) {
    case 'deliver':
      return nodeOfAddress(decision.to);
    case 'fire':
    case 'choose':
    case 'invoke':
      return nodeOfAddress(decision.process);
    case 'durable':
    case 'loseForce':
    case 'failWrite':
    case 'crash':
    case 'restart':
    case 'loseDisk':
      return decision.node;
    case 'drop':
    case 'cut':
    case 'mend':
      return undefined;
  }
}

function merged(one: VectorClock, other: VectorClock): VectorClock {
  const both: Record<NodeId, number> = { ...one };
  for (const [node, count] of Object.entries(other)) both[node] = Math.max(both[node] ?? 0, count);
  return both;
}

function byNode(start: readonly Executed[]): ReadonlyMap<NodeId, readonly Executed[]> {
  const groups = new Map<NodeId, Executed[]>();
  for (const effect of start) {
    const actor =
      effect.type === 'send'
        ? effect.envelope.from
        : effect.type === 'local'
          ? effect.from
          : effect.process;
    const node = nodeOfAddress(actor);
    groups.set(node, [...(groups.get(node) ?? []), effect]);
  }
  return groups;
}

/** The clocks with which messages were sent, until they are delivered or lost. */
function openMail() {
  const waiting = new Map<string, VectorClock[]>();
  // On a network that keeps what it delivers a message comes again without having been sent again.
  const last = new Map<string, VectorClock>();
  const keyOf = ({ from, to, message }: Envelope): string => `${from} ${to} ${canonical(message)}`;
  return {
    sent(envelope: Envelope, clock: VectorClock): void {
      const key = keyOf(envelope);
      waiting.set(key, [...(waiting.get(key) ?? []), clock]);
    },
    taken(envelope: Envelope, staysToo = false): VectorClock {
      const key = keyOf(envelope);
      const [oldest, ...others] = waiting.get(key) ?? [];
      if (oldest === undefined) return last.get(key) ?? {};
      if (!staysToo) waiting.set(key, others);
      last.set(key, oldest);
      return oldest;
    },
  };
}
