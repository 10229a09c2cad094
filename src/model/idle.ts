/** Which deliveries are transitions, and which leave the message where it is (see IdleDelivery). */
import { isHistoryMark } from './client-history.ts';
import type { Instance } from './instance.ts';
import type { Envelope, NodeDefinition, NodeState } from './node.ts';
import { definitionOf, eventOf, runningAt } from './node.ts';
import type { NodeRun } from './node-run.ts';
import { nodeKey } from './state-key.ts';

/**
 * Why the delivery is no transition in this state of the node, or undefined when it is one. `run` is
 * what the whole delivery does to the node; it is asked for only where that decides.
 */
export function idleReason(
  { network, observer, hasHistory }: Pick<Instance, 'network' | 'observer' | 'hasHistory'>,
  definition: NodeDefinition,
  before: NodeState,
  envelope: Envelope,
  run: () => NodeRun,
): string | undefined {
  if (network.idle === 'consume') return undefined;
  if (network.idle === 'wait')
    return handles(definition, before, envelope)
      ? undefined
      : `${envelope.to} has no transition for it now, so it waits`;
  const { node, effects } = run();
  const acts = effects.some(
    (effect) =>
      effect.type === 'send' ||
      (effect.type === 'mark' &&
        (observer !== undefined || (hasHistory && isHistoryMark(effect.name)))),
  );
  if (acts || (node !== before && nodeKey(node) !== nodeKey(before))) return undefined;
  return `it would change nothing at ${envelope.to}, so it waits`;
}

function handles(definition: NodeDefinition, node: NodeState, envelope: Envelope): boolean {
  const running = runningAt(node, envelope.to);
  if (running === undefined) return false;
  const { stepper } = definitionOf(definition, envelope.to);
  return stepper.handles(running.state, eventOf(envelope));
}
