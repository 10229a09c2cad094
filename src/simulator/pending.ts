/** What the event queue of a simulation holds: things that will happen unless a step makes them void. */
import type { Address } from '../model/effects.ts';
import type { Fault } from '../model/faults.ts';
import type { Timer } from '../model/local-step.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import type { Occurrence } from './active-faults.ts';
import type { AwaitedChoice } from './choosing.ts';
import type { Timed } from './event-queue.ts';
import type { Cause } from './workload-driver.ts';

/** An armed timer. What elapses, elapses on the clock of its node, in microseconds. */
export interface PendingTimer extends Timed {
  readonly kind: 'timer';
  readonly node: number;
  readonly process: Address;
  readonly timer: Timer;
  readonly armedAt: number;
  readonly deadline: number;
}

/** A fault begins, ends, or, where it goes forth and back, turns. */
export interface PendingFault extends Timed {
  readonly kind: 'fault';
  readonly occurrence: Occurrence<Fault>;
  readonly moment: 'begin' | 'end' | 'turn';
}

/** Something of a generated workload is due; it happens to no node. */
export interface PendingAsk extends Timed {
  readonly kind: 'ask';
  readonly cause: Cause;
}

/** `life` counts the crashes of the node, so that what was planned for an earlier life is recognised. */
export type Pending =
  | PendingTimer
  | PendingFault
  | PendingAsk
  | (Timed &
      (
        | { readonly kind: 'arrival'; readonly envelope: RoutedEnvelope }
        | { readonly kind: 'durable'; readonly node: number; readonly life: number }
        | { readonly kind: 'choice'; readonly node: number; readonly choice: AwaitedChoice }
        | {
            readonly kind: 'operation';
            readonly node: number;
            readonly position: number;
            readonly life: number;
          }
      ));

/** What happens to a node, so that a node that is down, paused or busy makes it wait. */
export function nodeOf(pending: Exclude<Pending, PendingFault | PendingAsk>): number {
  return pending.kind === 'arrival' ? pending.envelope.target : pending.node;
}
