/**
 * Shapes of steps: what two counterexamples have in common that end alike. Which of several equal nodes
 * acted does not count, nor what a message carries, so that a wrong rule is shown once and not once for
 * each participant.
 */
import { type Decision, isActing } from '../model/decision.ts';
import type { Address } from '../model/effects.ts';
import type { Instance } from '../model/instance.ts';
import { definitionOf } from '../model/node.ts';
import type { Decisions } from './space.ts';

/** The shape of a step of a system of machines: that of its last decision. */
export function decisionShape(instance: Instance): (label: Decisions) => string {
  const machineOf = (address: Address): string => {
    const place = instance.placeOf(address);
    const node = instance.nodes[place.node];
    if (node === undefined) throw new Error(`broken promise: there is no node ${place.node}`);
    return definitionOf(node, place.address).process.machine.id;
  };
  /** A node by the machines that it hosts. */
  const hostOf = (id: string): string =>
    instance
      .node(id)
      .processes.map(({ process }) => process.machine.id)
      .join('+');
  const actOf = (decision: Decision): string => {
    switch (decision.type) {
      case 'deliver':
      case 'drop':
        return `${decision.message.type} to ${machineOf(decision.to)}`;
      case 'fire':
        return `${decision.timer} of ${machineOf(decision.process)}`;
      case 'choose':
        return `${decision.event.type} of ${machineOf(decision.process)}`;
      case 'invoke':
        return `${decision.operation.type} of ${machineOf(decision.process)}`;
      case 'durable':
      case 'loseForce':
      case 'failWrite':
      case 'crash':
      case 'restart':
      case 'loseDisk':
        return hostOf(decision.node);
      case 'cut':
      case 'mend':
        return '';
    }
  };
  return (label) => {
    const last = label.at(-1);
    if (last === undefined) return '';
    // Everything in flight is lost at once in a reduced search: one shape, whatever it was.
    if (last.type === 'drop' && label.length > 1) return 'drop all';
    const crashes = isActing(last) && last.crashAfter !== undefined ? ' and crash' : '';
    return `${last.type} ${actOf(last)}${crashes}`;
  };
}

/** The shape of a step of a transition system: its label without the numbers in it. */
export function labelShape({ label }: { readonly label: string }): string {
  return label.replace(/\d+/g, '#');
}
