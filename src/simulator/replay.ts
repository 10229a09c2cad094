/** Replay: the decisions of a run file applied again. It reads nothing but the list. */
import { openImmediateChoices } from '../model/choices.ts';
import { UserMistake } from '../model/errors.ts';
import { instantiate } from '../model/instance.ts';
import type { Executed } from '../model/node.ts';
import type { HistoryExplanation, Property } from '../model/property.ts';
import { apply, initialState } from '../model/relation.ts';
import { stateDigest } from '../model/state-key.ts';
import { viewOf } from '../model/state-view.ts';
import type { AnySystem } from '../model/system.ts';
import type { RunFile, TraceEntry } from '../model/trace.ts';
import type { View } from '../model/view.ts';
import { withWorkload } from '../model/workload.ts';
import { type Ending, endingOf } from './outcome.ts';

export interface Replay {
  readonly system: string;
  /** Effects of the nodes' first steps, before any decision. */
  readonly start: readonly Executed[];
  readonly trace: readonly TraceEntry[];
  readonly end: View;
  /** Whether the last state is the recorded one. */
  readonly same: boolean;
  /**
   * How the run ended; undefined for a counterexample of the checker, which ends where it shows the
   * violation and not where nothing more would happen.
   */
  readonly ending: Ending | undefined;
  /** The invariants, transition properties and properties of histories that the run violates, by name. */
  readonly violated: readonly string[];
  /** Why a history is not linearizable, by the name of the property. */
  readonly explanations: Readonly<Record<string, HistoryExplanation>>;
  /** The property that a counterexample is about, when no state on its path shows the violation. */
  readonly about?: {
    readonly property: string;
    readonly kind: Property['kind'];
    /** For an endless execution: how many decisions come before its cycle. */
    readonly loopsFrom?: number;
  };
}

/**
 * Applies the decisions of a run file to the system. Throws a UserMistake that names the decision when
 * one is not possible: the file is of another system, or the system has changed.
 */
export function replay(system: AnySystem, file: RunFile): Replay {
  const { header, decisions, footer } = file;
  const instance = withWorkload(instantiate(system, header.parameters), header);
  const options = header.copies === undefined ? {} : { copies: header.copies };
  const trace: TraceEntry[] = [];
  const violated = new Set<string>();
  const first = initialState(instance, { ...options, start: header.start ?? 0 });
  let { state } = first;
  const judge = (before: View | undefined, after: View): void => {
    for (const property of instance.properties as readonly Property[]) {
      if (!isJudged(property, header)) continue;
      if (property.kind === 'invariant' && !property.holds(after)) violated.add(property.name);
      if (property.kind === 'transition' && before !== undefined && !property.allows(before, after))
        violated.add(property.name);
    }
  };
  let before = viewOf(instance, state);
  judge(undefined, before);
  for (const [index, { atUs, decision }] of decisions.entries()) {
    try {
      const step = apply(instance, state, decision, options);
      ({ state } = step);
      // A state with an immediate choice open belongs to the step: nobody judges it.
      if (openImmediateChoices(instance, state).length === 0) {
        const after = viewOf(instance, state);
        judge(before, after);
        before = after;
      }
      const entry = { decision, effects: step.effects };
      trace.push(atUs === undefined ? entry : { atUs, ...entry });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserMistake(
        `the run diverges at decision ${index + 1} of ${decisions.length}: ${reason}`,
      );
    }
  }
  const end = viewOf(instance, state);
  const explanations: Record<string, HistoryExplanation> = {};
  for (const property of instance.properties) {
    if (property.kind !== 'linearizable' || !isJudged(property, header)) continue;
    const { verdict, explanation } = property.judge(end);
    if (verdict === 'violated') violated.add(property.name);
    if (explanation !== undefined) explanations[property.name] = explanation;
  }
  return {
    system: system.name,
    start: first.effects,
    trace,
    end,
    ending: endsWhereNothingMoves(header) ? endingOf(system, end, footer.suspended) : undefined,
    same: stateDigest(instance, state) === footer.state,
    violated: [...violated],
    explanations,
    ...aboutOf(instance.properties, header, violated),
  };
}

/**
 * What is claimed only under a timing or without faults is judged when the file names it: the check that
 * wrote the file knew that the claim applies.
 */
function isJudged({ claimedUnder, name }: Property, { property }: RunFile['header']): boolean {
  return claimedUnder === undefined || name === property;
}

/** A run, and of what fuzzing found a run that is stuck: such a file is about no property. */
function endsWhereNothingMoves({ origin, property }: RunFile['header']): boolean {
  return origin === 'run' || (origin === 'fuzz' && property === undefined);
}

/** What the file shows that its states do not: a goal out of reach, or one that never comes. */
function aboutOf(
  properties: readonly Property[],
  { property: name, loopsFrom }: RunFile['header'],
  violated: ReadonlySet<string>,
): Pick<Replay, 'about'> {
  const property = properties.find((one) => one.name === name);
  if (property === undefined || violated.has(property.name)) return {};
  const about = { property: property.name, kind: property.kind };
  return { about: loopsFrom === undefined ? about : { ...about, loopsFrom } };
}
