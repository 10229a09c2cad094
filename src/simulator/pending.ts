/** What the event queue of a simulation holds: things that will happen unless a step makes them void. */
import type { Address } from '../model/effects.ts';
import type { Timer } from '../model/local-step.ts';
import type { RoutedEnvelope } from '../model/node.ts';
import type { Fault } from '../model/scenario.ts';
import type { AwaitedChoice } from './choosing.ts';
import type { Timed } from './event-queue.ts';

/** `life` counts the crashes of the node, so that what was planned for an earlier life is recognised. */
export type Pending = Timed &
  (
    | { readonly kind: 'arrival'; readonly envelope: RoutedEnvelope }
    | {
        readonly kind: 'timer';
        readonly node: number;
        readonly process: Address;
        readonly timer: Timer;
        readonly armedAt: number;
      }
    | { readonly kind: 'durable'; readonly node: number; readonly life: number }
    | { readonly kind: 'choice'; readonly node: number; readonly choice: AwaitedChoice }
    | {
        readonly kind: 'operation';
        readonly node: number;
        readonly position: number;
        readonly life: number;
      }
    | { readonly kind: 'fault'; readonly fault: Fault; readonly begins: boolean }
  );

export function nodeOf(pending: Exclude<Pending, { readonly kind: 'fault' }>): number {
  return pending.kind === 'arrival' ? pending.envelope.target : pending.node;
}
