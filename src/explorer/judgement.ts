/** The properties of a system along the path that a person has taken. */
import { openImmediateChoices } from '../model/choices.ts';
import { hasAnswers } from '../model/client-history.ts';
import {
  enabledDecisions,
  type FullScope,
  type Instance,
  type Property,
  type State,
  type View,
  viewOf,
} from '../model/index.ts';
import { isFault } from './kinds.ts';
import type { ExplorerSession, Visit } from './session.ts';

/**
 * What one path says of a property. `open`: the path cannot decide it (only the checker can).
 * `not claimed`: the path has left the conditions under which the property is claimed.
 */
export type Status = 'holds' | 'violated' | 'open' | 'not claimed';

export interface Judgement {
  readonly name: string;
  readonly kind: Property['kind'];
  readonly description: string | undefined;
  readonly status: Status;
  /** For `violated`: the steps, counted from 1, in which it is; 0 is the first state. */
  readonly at: readonly number[];
  /** Whether it is violated in the present state, or by the step that led to it. */
  readonly isViolatedNow: boolean;
  /** Whether the premise has occurred; `holds` says nothing otherwise. */
  readonly exercised: boolean;
  /** Where a property has a goal: whether the present state has it. */
  readonly goal: boolean | undefined;
  readonly claimedUnder: Property['claimedUnder'];
}

/** The judgement on each property of the path up to where the session stands. */
export function judgementsOf(session: ExplorerSession): readonly Judgement[] {
  const { instance, path, position, loaded } = session;
  const walked = path.slice(0, position + 1);
  const judged = judgedStates(instance, walked);
  const named = loaded?.file.header.property;
  const conditions = conditionsOf(session, walked);
  return instance.properties.map((property): Judgement => {
    const { name, kind, description, claimedUnder } = property;
    const at = judged.flatMap(({ index, before, after }) =>
      isBroken(property, before, after) ? [index] : [],
    );
    const last = judged.at(-1);
    const goal = last === undefined ? undefined : goalOf(property, last.after);
    // The check that wrote a file knew that the claim applies.
    const isClaimed = name === named || conditions(claimedUnder);
    const isDecidable =
      kind === 'invariant' ||
      kind === 'transition' ||
      kind === 'reachable' ||
      kind === 'linearizable';
    const isReached =
      property.kind === 'reachable' && judged.some(({ after }) => property.holds(after));
    const status = !isClaimed
      ? 'not claimed'
      : !isDecidable || (kind === 'reachable' && !isReached)
        ? 'open'
        : at.length > 0
          ? 'violated'
          : 'holds';
    return {
      name,
      kind,
      description,
      status,
      at,
      isViolatedNow: at.at(-1) === last?.index && at.length > 0,
      exercised: judged.some(({ after }) => isExercised(property, after)),
      goal,
      claimedUnder,
    };
  });
}

interface Judged {
  readonly index: number;
  readonly before: View | undefined;
  readonly after: View;
}

/** The states that are judged: one with an immediate choice open belongs to the step that opened it. */
function judgedStates(instance: Instance, walked: readonly Visit[]): readonly Judged[] {
  const judged: Judged[] = [];
  for (const [index, { state }] of walked.entries())
    if (openImmediateChoices(instance, state).length === 0)
      judged.push({ index, before: judged.at(-1)?.after, after: viewOf(instance, state) });
  return judged;
}

function isBroken(property: Property, before: View | undefined, after: View): boolean {
  if (property.kind === 'invariant') return !property.holds(after);
  if (property.kind === 'linearizable') return property.judge(after).verdict === 'violated';
  if (property.kind === 'transition')
    return before !== undefined && !property.allows(before, after);
  return false;
}

function isExercised(property: Property, view: View): boolean {
  if (property.kind === 'linearizable' && !hasAnswers(view.history)) return false;
  return property.premise === undefined || property.premise(view);
}

function goalOf(property: Property, view: View): boolean | undefined {
  switch (property.kind) {
    case 'invariant':
    case 'transition':
    case 'linearizable':
      return undefined;
    case 'reachable':
      return property.holds(view);
    case 'leadsTo':
      return property.to(view);
    default:
      return property.goal(view);
  }
}

/** Whether the path has kept to the timing and to the absence of faults that a claim asks for. */
function conditionsOf(session: ExplorerSession, walked: readonly Visit[]) {
  const { instance, settings } = session;
  let wasSynchronous: boolean | undefined;
  const faultless = walked.every(({ entry }) => entry === undefined || !isFault(entry.decision));
  return (claimed: Property['claimedUnder']): boolean => {
    if (claimed?.faults === 'none' && !faultless) return false;
    if (claimed?.timing === undefined) return true;
    if (claimed.timing !== settings.timing) return false;
    if (claimed.timing === 'asynchronous') return true;
    wasSynchronous ??= walked.every((one, index) => isTimely(instance, walked[index - 1], one));
    return wasSynchronous;
  };
}

const nothingFails: FullScope = {
  crashes: 0,
  restarts: 0,
  partitions: 0,
  diskLosses: 0,
  lostForces: 0,
  failedWrites: 0,
  copies: 1,
  loss: false,
  duplication: false,
};

/** Whether the step is possible under synchronous timing too; only timers can be premature. */
function isTimely(instance: Instance, before: Visit | undefined, { entry }: Visit): boolean {
  const decision = entry?.decision;
  if (before === undefined || decision?.type !== 'fire') return true;
  return timelyTimers(instance, before.state).has(`${decision.process} ${decision.timer}`);
}

const timely = new WeakMap<State, ReadonlySet<string>>();

function timelyTimers(instance: Instance, state: State): ReadonlySet<string> {
  let timers = timely.get(state);
  if (timers === undefined) {
    const question = { scope: nothingFails, timing: 'synchronous' } as const;
    timers = new Set(
      enabledDecisions(instance, state, question).flatMap((decision) =>
        decision.type === 'fire' ? [`${decision.process} ${decision.timer}`] : [],
      ),
    );
    timely.set(state, timers);
  }
  return timers;
}
