/** Spontaneous choices: which are open, and which of them are taken before anything else happens. */
import type { Choose } from './decision.ts';
import { UserMistake } from './errors.ts';
import type { Instance } from './instance.ts';
import { definitionOf, isHeld, type NodeDefinition, type NodeState, type Running } from './node.ts';
import type { Choice } from './process.ts';
import type { State } from './state.ts';

const mostInARow = 100;

/** Immediate choices that lead to immediate choices for ever would be a step without an end. */
export function refuseEndless(inARow: number, { process, event }: Choose): void {
  if (inARow > mostInARow)
    throw new UserMistake(
      `${process} takes more than ${mostInARow} immediate choices in a row (last: ${event.type}); an immediate choice must lead on to where none is open`,
    );
}

/** The choices of a running process that its machine has a transition for. */
export function openChoices(definition: NodeDefinition, running: Running): readonly Choice[] {
  const { process, stepper } = definitionOf(definition, running.address);
  const declared = process.choices ?? [];
  return declared.filter(
    ({ event, weight = 1 }) => weight > 0 && stepper.handles(running.state, event),
  );
}

/** The immediate choices that are open on a node; none while it is down or held. */
export function immediateChoices(definition: NodeDefinition, node: NodeState): readonly Choose[] {
  if (!node.up || isHeld(node)) return [];
  return node.running.flatMap((running) =>
    openChoices(definition, running)
      .filter(({ immediate }) => immediate === true)
      .map(({ event }): Choose => ({ type: 'choose', process: running.address, event })),
  );
}

/**
 * The immediate choices that are open in a state. A state with some is passed through: nothing else
 * happens in it, it is not judged by properties, and the checker does not count it.
 */
export function openImmediateChoices(instance: Instance, state: State): readonly Choose[] {
  if (!instance.hasImmediateChoices) return [];
  return instance.nodes.flatMap((definition) => {
    const node = state.nodes[definition.index];
    return node === undefined ? [] : immediateChoices(definition, node);
  });
}
