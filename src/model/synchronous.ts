/**
 * Synchronous timing: messages and steps are faster than every time-out, and a time-out on a peer tells the
 * truth. Which timers may fire, and which nodes may come back, once no step is under way.
 */
import { immediateChoices, refuseEndless } from './choices.ts';
import type { ActingDecision, Decision, Fire } from './decision.ts';
import type { LocalDecisions } from './enabled.ts';
import type { Instance } from './instance.ts';
import { isHeld, type NodeDefinition, type NodeState } from './node.ts';
import type { NodeRun } from './node-run.ts';
import { nodeStep } from './node-step.ts';
import { isCut } from './relation.ts';
import { nodeAt, type State } from './state.ts';
import { nodeKey } from './state-key.ts';

/**
 * Under synchronous timing, of the timers that no step can pre-empt any more: those that suspect nobody or
 * rightly so. Where none of them leads anywhere and no operation waits to be started, nothing will ever
 * happen by itself: then time passes until the others fire too, as after a message that was lost.
 */
export function dueExpirations(
  instance: Instance,
  state: State,
  locals: readonly LocalDecisions[],
): readonly Decision[] {
  const armed = locals.flatMap(({ expirations }, node) =>
    expirations.map(({ decision, suspects }) => ({
      node,
      decision,
      isDue: isDue(state, node, suspects),
    })),
  );
  const isQuiet =
    locals.every(({ operations }) => operations.length === 0) &&
    !armed.some((one) => one.isDue && leadsOn(instance, state, one.node, one.decision));
  const due = armed.filter((one) => one.isDue);
  const others = isQuiet ? armed.filter((one) => !one.isDue) : [];
  return [...due, ...others].map(({ decision }) => decision);
}

/** Whether a timer changes its node, or sends a message that makes its receiver change or answer. */
function leadsOn(instance: Instance, state: State, index: number, decision: Fire): boolean {
  const before = nodeAt(state, index);
  return outcomes(instance, index, before, decision).some(({ node, effects }) => {
    if (nodeKey(node) !== nodeKey(before)) return true;
    return effects.some((effect) => {
      if (effect.type !== 'send') return false;
      const { from, to, message, source, target } = effect.envelope;
      const receiver = nodeAt(state, target);
      if (!receiver.up || isHeld(receiver) || isCut(state, source, target)) return false;
      const delivery = { type: 'deliver', from, to, message } as const;
      return outcomes(instance, target, receiver, delivery).some(
        (answer) =>
          nodeKey(answer.node) !== nodeKey(receiver) ||
          answer.effects.some(({ type }) => type === 'send'),
      );
    });
  });
}

/**
 * Whether a time-out on the node, which is down, would tell somebody something new. Under synchronous
 * timing failures are noticed before they are repaired, so that it stays down until then.
 */
export function isAwaited(
  instance: Instance,
  state: State,
  locals: readonly LocalDecisions[],
  down: number,
): boolean {
  return locals.some(({ expirations }, index) => {
    const before = nodeAt(state, index);
    return expirations.some(
      ({ decision, suspects }) =>
        suspects?.includes(down) === true &&
        outcomes(instance, index, before, decision).some(
          ({ node }) => nodeKey(node) !== nodeKey(before),
        ),
    );
  });
}

/** What may become of a node by a decision and the immediate choices that it opens. */
function outcomes(
  instance: Instance,
  index: number,
  before: NodeState,
  decision: ActingDecision,
  inARow = 0,
): readonly Pick<NodeRun, 'node' | 'effects'>[] {
  const { node, effects } = nodeStep(instance, index, before, decision);
  const choices = immediateChoices(instance.nodes[index] as NodeDefinition, node);
  const [first] = choices;
  if (first === undefined) return [{ node, effects }];
  refuseEndless(inARow, first);
  return choices.flatMap((choice) =>
    outcomes(instance, index, node, choice, inARow + 1).map((after) => ({
      node: after.node,
      effects: [...effects, ...after.effects],
    })),
  );
}

/** Whether a time-out suspects nobody, or a peer that is down or cut off. */
export function isDue(
  state: Pick<State, 'nodes' | 'cuts'>,
  node: number,
  suspects: readonly number[] | undefined,
): boolean {
  if (suspects === undefined) return true;
  return suspects.some(
    (peer) =>
      state.nodes[peer]?.up !== true || isCut(state, peer, node) || isCut(state, node, peer),
  );
}
