/**
 * What passes with time on a node: its armed timers, its oldest forced write, its open choices. Each has
 * a place in a list that depends on the node's state alone, so that ages are a list of numbers beside it.
 */
import { openChoices } from '../model/choices.ts';
import type { Choose, Durable, Fire } from '../model/decision.ts';
import { constant } from '../model/distribution.ts';
import type { Address } from '../model/effects.ts';
import { definitionOf, type NodeDefinition, type NodeState, type Running } from '../model/node.ts';
import { inTicks, type Ticks } from '../model/ticks.ts';
import type { TimedBounds } from '../model/timed-scope.ts';
import { timerKey } from './moves.ts';

export type Slot = {
  /** What it is, in all states of the node that have it. */
  readonly key: string;
  readonly law: Ticks;
  /** The age from which on it is always the same to the future. */
  readonly saturates: number;
} & (
  | { readonly kind: 'timer'; readonly decision: Fire }
  | { readonly kind: 'write'; readonly decision: Durable }
  | { readonly kind: 'choice'; readonly process: Address; readonly decision: Choose }
);

/** The slots of a node in that state. Throws a UserMistake for a delay that is no whole number of ticks. */
export function slotsOf(
  definition: NodeDefinition,
  node: NodeState,
  { tickMs, forceLatency }: TimedBounds,
): readonly Slot[] {
  const slots: Slot[] = [];
  for (const running of node.running) {
    const { address: process } = running;
    // A process with a clock is told how long its timer ran, so that no two ages are the same to it.
    const isTold = definitionOf(definition, process).process.clock === true;
    for (const { id, delay, distribution } of running.state.timers) {
      const law = inTicks(distribution, tickMs, `the delay "${delay}" of ${process}`);
      slots.push({
        key: timerKey(process, id),
        kind: 'timer',
        law,
        saturates: isTold ? Infinity : lastChange(law),
        decision: { type: 'fire', process, timer: id },
      });
    }
  }
  if (node.disk.writes.length > 0)
    slots.push({
      key: 'write',
      kind: 'write',
      law: forceLatency,
      saturates: lastChange(forceLatency),
      decision: { type: 'durable', node: definition.id },
    });
  for (const running of node.running) slots.push(...choiceSlots(definition, running, tickMs));
  return slots;
}

/** An immediate choice is no slot: it belongs to the step that opens it. */
function choiceSlots(definition: NodeDefinition, running: Running, tickMs: number): Slot[] {
  const { address: process } = running;
  const declared = definitionOf(definition, process).process.choices ?? [];
  const open = openChoices(definition, running).filter(({ immediate }) => immediate !== true);
  const laws = open.map(({ event, after = constant(0) }) =>
    inTicks(after, tickMs, `the choice ${event.type} of ${process}`),
  );
  // Choices that opened together are alternatives, of which one comes: they age together.
  const saturates = Math.max(...laws.map(lastChange));
  return open.map((choice, place) => ({
    key: `${process}?${declared.indexOf(choice)}`,
    kind: 'choice',
    law: laws[place] as Ticks,
    saturates,
    process,
    decision: { type: 'choose', process, event: choice.event },
  }));
}

/** Where time has no upper bound, what has come of age stays so. */
export function lastChange({ min, max }: Ticks): number {
  return max === Infinity ? min : max;
}
