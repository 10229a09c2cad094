/** Offers: the decisions that are possible where a session stands, each with what it would do. */

import { openImmediateChoices } from '../model/choices.ts';
import { isActing } from '../model/decision.ts';
import { partitions } from '../model/enabled.ts';
import {
  type ActingDecision,
  type Decision,
  type Executed,
  enabledDecisions,
  type FullScope,
  type State,
} from '../model/index.ts';
import { faultNames } from '../model/state.ts';
import { isFault, type Kind, kindOf, kinds } from './kinds.ts';
import { type ExplorerSession, here, type Visit, visit } from './session.ts';

export interface Offer {
  readonly kind: Kind;
  readonly decision: Decision;
  /** What the decision would do, in order. */
  readonly effects: readonly Executed[];
  /** Where it would lead. */
  readonly next: Visit;
}

/**
 * All that is possible, in the order of the kinds. A crash in the midst of a step is an offer of its own
 * for each point of the step at which it could strike.
 */
export function offersOf(session: ExplorerSession): readonly Offer[] {
  const { instance, settings } = session;
  const { state } = here(session);
  const { timing } = settings;
  const scope = scopeOf(session);
  // Partitions grow exponentially with the nodes, so they are listed here and not by the model.
  const question = { scope: { ...scope, partitions: 0 }, timing };
  const offers: Offer[] = [];
  for (const decision of enabledDecisions(instance, state, question)) {
    if (isFault(decision) && !settings.faults) continue;
    const whole = offerOf(session, decision);
    offers.push(whole);
    if ((isActing(decision) && decision.type !== 'deliver') || isPlainDelivery(decision))
      offers.push(...crashesWithin(session, scope, state, whole));
  }
  for (const decision of cutsOf(session, scope, state)) offers.push(offerOf(session, decision));
  return kinds.flatMap((kind) => offers.filter((offer) => offer.kind === kind));
}

/** A crash within the delivery of a copy is that of the delivery itself, but for the copy. */
function isPlainDelivery(decision: Decision): boolean {
  return decision.type === 'deliver' && decision.duplicate === undefined;
}

function offerOf(session: ExplorerSession, decision: Decision): Offer {
  const next = visit(session, here(session), decision);
  return { kind: kindOf(decision), decision, effects: next.entry?.effects ?? [], next };
}

/** The bounds in force: those of the scope, or none on how often something fails. */
function scopeOf({ scope, settings }: ExplorerSession): FullScope {
  if (settings.limited) return scope;
  const any = Number.MAX_SAFE_INTEGER;
  const unbounded = Object.fromEntries(faultNames.map((name) => [name, any]));
  return { ...scope, ...unbounded };
}

/** The sends and writes of a step: after each, and before the first, a crash can strike. */
export function pointsOf(effects: readonly Executed[]): readonly Executed[] {
  return effects.filter(({ type }) => type === 'send' || type === 'write' || type === 'replace');
}

function crashesWithin(
  session: ExplorerSession,
  scope: FullScope,
  state: State,
  whole: Offer,
): readonly Offer[] {
  if (!session.settings.faults || state.faults.crashes >= scope.crashes) return [];
  return pointsOf(whole.effects).map((_, crashAfter) => {
    const decision = { ...(whole.decision as ActingDecision), crashAfter };
    return { ...offerOf(session, decision), effects: whole.effects };
  });
}

/** So many nodes have few enough partitions to show them all. */
const nodesMax = 6;

/** Whether only those partitions are offered that cut off one node. */
export function hasFewCuts({ instance }: ExplorerSession): boolean {
  return instance.nodes.length > nodesMax;
}

function cutsOf(session: ExplorerSession, scope: FullScope, state: State): readonly Decision[] {
  const { instance, settings } = session;
  if (!settings.faults || state.cuts.length > 0) return [];
  if (state.faults.partitions >= scope.partitions) return [];
  if (openImmediateChoices(instance, state).length > 0) return [];
  if (!hasFewCuts(session)) return partitions(instance);
  const ids = instance.nodes.map(({ id }) => id);
  return ids.map((one) => ({
    type: 'cut',
    links: ids.flatMap((other): (readonly [string, string])[] =>
      other === one
        ? []
        : [
            [one, other],
            [other, one],
          ],
    ),
  }));
}
