/**
 * Decisions: the smallest things that can happen in a system. Every tool is a driver that writes a
 * list of them; a run, a counterexample and a step by hand are the same list.
 */
import type { EventObject } from 'xstate';
import type { Address, Message, NodeId } from './effects.ts';

/**
 * What every decision that makes a node act may carry: the crash that interrupts it, and the clock.
 */
export interface Acting {
  /** The node crashes when it has performed this many of the sends and writes of the step. */
  readonly crashAfter?: number;
  /** The reading of the node's clock in ms, for machines that declare `clock: true`. */
  readonly now?: number;
}

/** Why a message was dropped; for people and metrics, the relation does not look at it. */
export type DropCause = 'loss' | 'cut' | 'down' | 'overflow';

/** Hands a message in flight to its destination. With `duplicate`, a copy of it stays in flight. */
export interface Deliver extends Acting {
  readonly type: 'deliver';
  readonly from: Address;
  readonly to: Address;
  readonly message: Message;
  readonly duplicate?: true;
}

/** A message in flight is lost. */
export interface Drop {
  readonly type: 'drop';
  readonly from: Address;
  readonly to: Address;
  readonly message: Message;
  readonly cause?: DropCause;
  /** The place in a queue, the head being 0, on a network that loses any message of a queue. */
  readonly position?: number;
}

/** An armed timer fires. `waitedMs` is told to machines that declare `clock: true`. */
export interface Fire extends Acting {
  readonly type: 'fire';
  readonly process: Address;
  readonly timer: string;
  readonly waitedMs?: number;
}

/** A process takes one of its spontaneous choices. */
export interface Choose extends Acting {
  readonly type: 'choose';
  readonly process: Address;
  readonly event: EventObject;
}

/** The environment starts the next operation of a process. */
export interface Invoke extends Acting {
  readonly type: 'invoke';
  readonly process: Address;
  readonly operation: EventObject;
}

/** The oldest forced write of a node is on the disk. */
export interface Durable extends Acting {
  readonly type: 'durable';
  readonly node: NodeId;
}

/**
 * The oldest forced write of a node is answered as if it were on the disk, and is not: a crash forgets it
 * like what was never forced, unless a later force has made it durable.
 */
export interface LoseForce extends Acting {
  readonly type: 'loseForce';
  readonly node: NodeId;
}

/**
 * The oldest forced write of a node fails. The process that named a `failure` event gets it, and its record
 * is not in the log; otherwise the node stops as in a crash.
 */
export interface FailWrite extends Acting {
  readonly type: 'failWrite';
  readonly node: NodeId;
}

/** A node crashes: processes and timers are gone, the log keeps what it must. */
export interface Crash {
  readonly type: 'crash';
  readonly node: NodeId;
}

/** A node comes back, with `tail` entries of the unforced tail of its log beside the durable ones. */
export interface Restart extends Acting {
  readonly type: 'restart';
  readonly node: NodeId;
  readonly tail: number;
}

/** A node that is down loses its disk. */
export interface LoseDisk {
  readonly type: 'loseDisk';
  readonly node: NodeId;
}

/** Links from the first node to the second are cut: nothing is delivered over them. */
export interface Cut {
  readonly type: 'cut';
  readonly links: readonly (readonly [NodeId, NodeId])[];
}

/** Cut links work again; all of them when `links` is absent. */
export interface Mend {
  readonly type: 'mend';
  readonly links?: readonly (readonly [NodeId, NodeId])[];
}

/** The disk's answers to the oldest forced write of a node. */
export type DiskAnswer = Durable | LoseForce | FailWrite;

/** The decisions that make a node act, and so may be interrupted by a crash. */
export type ActingDecision = Deliver | Fire | Choose | Invoke | DiskAnswer | Restart;

export type Decision = ActingDecision | Drop | Crash | LoseDisk | Cut | Mend;

export function isDiskAnswer(decision: Decision): decision is DiskAnswer {
  const { type } = decision;
  return type === 'durable' || type === 'loseForce' || type === 'failWrite';
}

export function isActing(decision: Decision): decision is ActingDecision {
  if (isDiskAnswer(decision)) return true;
  switch (decision.type) {
    case 'deliver':
    case 'fire':
    case 'choose':
    case 'invoke':
    case 'restart':
      return true;
    default:
      return false;
  }
}

/** One line for a decision, as transcripts and errors print it: `deliver p1 -> coordinator VOTE`. */
export function describeDecision(decision: Decision): string {
  const crash =
    isActing(decision) && decision.crashAfter !== undefined
      ? `, crash after ${decision.crashAfter}`
      : '';
  const links = (pairs: Cut['links']): string => pairs.map(([a, b]) => `${a}->${b}`).join(' ');
  switch (decision.type) {
    case 'deliver': {
      const copy = decision.duplicate === true ? ' (a copy stays)' : '';
      return `deliver ${decision.from} -> ${decision.to} ${describeMessage(decision.message)}${copy}${crash}`;
    }
    case 'drop': {
      const { from, to, message, cause, position = 0 } = decision;
      const notes = [cause, position === 0 ? undefined : `place ${position + 1} of the queue`];
      const known = notes.filter((note) => note !== undefined);
      return `drop ${from} -> ${to} ${describeMessage(message)}${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
    }
    case 'fire':
      return `fire ${decision.process} ${decision.timer}${crash}`;
    case 'choose':
      return `choose ${decision.process} ${describeMessage(decision.event)}${crash}`;
    case 'invoke':
      return `invoke ${decision.process} ${describeMessage(decision.operation)}${crash}`;
    case 'durable':
      return `durable ${decision.node}${crash}`;
    case 'loseForce':
      return `lose the force of ${decision.node}${crash}`;
    case 'failWrite':
      return `fail the write of ${decision.node}${crash}`;
    case 'crash':
      return `crash ${decision.node}`;
    case 'restart':
      return `restart ${decision.node} with ${decision.tail} of the tail${crash}`;
    case 'loseDisk':
      return `lose the disk of ${decision.node}`;
    case 'cut':
      return `cut ${links(decision.links)}`;
    case 'mend':
      return decision.links === undefined ? 'mend all' : `mend ${links(decision.links)}`;
  }
}

/** `VOTE {"yes":true}`: a message or event in one line. */
export function describeMessage(message: Message): string {
  const { type, ...payload } = message;
  return Object.keys(payload).length === 0 ? type : `${type} ${JSON.stringify(payload)}`;
}
