/** Judging a run: the safety properties, in each of its states. */
import { hasAnswers } from '../model/client-history.ts';
import type { Instance } from '../model/instance.ts';
import {
  isTemporal,
  type Property,
  type PropertyVerdict,
  type Verdict,
} from '../model/property.ts';
import type { State } from '../model/state.ts';
import { StateView } from '../model/state-view.ts';

export interface Judge {
  /** Judges the next state of the run; false as soon as a property of states or steps is violated. */
  readonly judge: (state: State) => boolean;
  /** The verdicts, with that on the history of the last state: one that is wrong stays wrong. */
  readonly verdicts: () => readonly PropertyVerdict[];
}

/**
 * Judges the safety properties in every state of a run. What only the set of all runs can show (always
 * possible, eventually) is left to the checker, and so is what is claimed without faults or under a
 * timing.
 */
export function judgeOf(instance: Instance): Judge {
  const asked = instance.properties.filter(
    (property) =>
      property.kind !== 'alwaysPossible' &&
      !isTemporal(property) &&
      property.claimedUnder === undefined,
  );
  const judged = asked.filter(({ kind }) => kind !== 'linearizable');
  const violated = new Set<Property>();
  const exercised = new Set<Property>();
  const reached = new Set<Property>();
  // Most steps leave no mark, and many predicates look at nothing but marks: their answer stays.
  const answeredFor = new Map<Property, unknown>();
  let before: StateView | undefined;

  const look = (property: Property, view: StateView): void => {
    if (!exercised.has(property) && (property.premise?.(view) ?? true)) exercised.add(property);
    switch (property.kind) {
      case 'invariant':
        if (!property.holds(view)) violated.add(property);
        return;
      case 'reachable':
        if (!reached.has(property) && property.holds(view)) reached.add(property);
        return;
      case 'transition':
        if (before !== undefined && !property.allows(before, view)) violated.add(property);
    }
  };

  return {
    judge(state) {
      const view = new StateView(instance, state);
      const { observed } = state;
      for (const property of judged) {
        if (answeredFor.has(property) && answeredFor.get(property) === observed) continue;
        view.lookedBeyondMarks = false;
        look(property, view);
        if (property.kind !== 'transition' && !view.lookedBeyondMarks)
          answeredFor.set(property, observed);
        else answeredFor.delete(property);
      }
      before = view;
      return violated.size === 0;
    },
    verdicts: () =>
      asked.map((property): PropertyVerdict => {
        const { name, kind } = property;
        if (property.kind === 'linearizable') {
          const history = before?.history ?? {};
          const wasAnswered =
            hasAnswers(history) && (before === undefined || (property.premise?.(before) ?? true));
          return { name, kind, ...property.judge({ history }), exercised: wasAnswered };
        }
        const open = kind === 'reachable' && !reached.has(property);
        const verdict: Verdict = violated.has(property) ? 'violated' : open ? 'unknown' : 'holds';
        return { name, kind, verdict, exercised: exercised.has(property) };
      }),
  };
}
