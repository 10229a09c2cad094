/**
 * Fewer decisions: of a run that violates a property, the decisions that matter. Delta debugging
 * (Zeller and Hildebrandt 2002) over the list: leave some out, keep what is still possible of the rest,
 * and stay there if the property is still violated; until no single decision can be left out. What is
 * left is a path of the relation, though not one of the simulator's: it has no times.
 */
import { openImmediateChoices } from '../model/choices.ts';
import type { Decision } from '../model/decision.ts';
import { enabledDecisions } from '../model/enabled.ts';
import { isUserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import { canonical } from '../model/plain-data.ts';
import type { Property } from '../model/property.ts';
import { apply, initialState } from '../model/relation.ts';
import { fullScope } from '../model/scope.ts';
import type { State } from '../model/state.ts';
import { viewOf } from '../model/state-view.ts';
import type { View } from '../model/view.ts';
import { endingOf } from '../simulator/outcome.ts';

/** What the decisions must still show: a property violated, or a run that is stuck. */
export type Violated = Property | 'stuck';

/** Decisions tried at most, so that a long run is shrunk as far as patience goes. */
const triedAtMost = 300_000;

/**
 * The decisions that are left. Returns them all when they do not show the violation in the relation
 * alone: a run that a bounded time leaves stuck, or a system under a timing that decisions without
 * times cannot respect.
 */
export function shrinkDecisions(
  instance: Instance,
  decisions: readonly Decision[],
  violated: Violated,
): readonly Decision[] {
  const walk = walker(instance, violated);
  let shortest = walk(decisions, []);
  if (shortest === undefined) return decisions;
  for (let size = Math.ceil(shortest.decisions.length / 2); size >= 1; ) {
    let isShorter = false;
    for (let from = 0; from < shortest.decisions.length; ) {
      const { decisions: all, states } = shortest;
      const rest = [...all.slice(0, from), ...all.slice(from + size)];
      const found = walk(rest, states.slice(0, from + 1));
      if (found !== undefined && found.decisions.length < all.length) {
        shortest = found;
        isShorter = true;
      } else from += size;
    }
    // Leaving out a late decision may make an earlier one needless.
    if (size > 1) size = Math.ceil(size / 2);
    else if (!isShorter) break;
  }
  return shortest.decisions;
}

interface Walk {
  readonly decisions: readonly Decision[];
  /** The state before each decision, and the last one. */
  readonly states: readonly State[];
}

/**
 * Follows decisions from the first state, or from the last of the known states, which those before led
 * to. Decisions that are not possible are left out. Undefined when the path shows no violation.
 */
function walker(instance: Instance, violated: Violated) {
  let tried = 0;
  const first = initialState(instance).state;
  return (decisions: readonly Decision[], known: readonly State[]): Walk | undefined => {
    const states: State[] = known.length === 0 ? [first] : [...known];
    const kept: Decision[] = decisions.slice(0, states.length - 1);
    let state = states.at(-1) ?? first;
    let before = lastJudged(instance, states);
    if (known.length === 0 && before !== undefined && breaks(violated, undefined, before))
      return { decisions: [], states };
    for (const decision of decisions.slice(kept.length)) {
      if (++tried > triedAtMost) return undefined;
      if (!mayHappen(instance, state, decision)) continue;
      const next = possible(instance, state, decision);
      if (next === undefined) continue;
      state = next;
      kept.push(decision);
      states.push(state);
      if (openImmediateChoices(instance, state).length > 0) continue;
      const after = viewOf(instance, state);
      if (breaks(violated, before, after)) return { decisions: kept, states };
      before = after;
    }
    return violated === 'stuck' && isStuck(instance, state)
      ? { decisions: kept, states }
      : undefined;
  };
}

/** The view of the last state that is judged: one with an immediate choice open is not. */
function lastJudged(instance: Instance, states: readonly State[]): View | undefined {
  const judged = states.findLast((state) => openImmediateChoices(instance, state).length === 0);
  return judged === undefined ? undefined : viewOf(instance, judged);
}

function breaks(violated: Violated, before: View | undefined, after: View): boolean {
  if (violated === 'stuck') return false;
  if (violated.kind === 'invariant') return !violated.holds(after);
  return violated.kind === 'transition' && before !== undefined && !violated.allows(before, after);
}

function possible(instance: Instance, state: State, decision: Decision): State | undefined {
  try {
    return apply(instance, state, decision).state;
  } catch (error) {
    if (isUserMistake(error)) return undefined;
    throw error;
  }
}

/**
 * Without times nothing says that a timer is due. Under asynchronous timing that is no loss; under
 * another one a time-out that the promise rules out would shrink to a bug that nobody has.
 */
function mayHappen(instance: Instance, state: State, decision: Decision): boolean {
  if (decision.type !== 'fire' || questionOf(instance).timing === 'asynchronous') return true;
  return enabledDecisions(instance, state, questionOf(instance)).some(
    (one) =>
      one.type === 'fire' &&
      canonical([one.process, one.timer]) === canonical([decision.process, decision.timer]),
  );
}

/** Nothing is left that could happen by itself, and the system says that it should go on. */
function isStuck(instance: Instance, state: State): boolean {
  const scope = { ...questionOf(instance), timing: 'asynchronous' as const };
  const moves = enabledDecisions(instance, state, scope);
  if (moves.some(({ type }) => !faults.has(type))) return false;
  return endingOf(instance.system, viewOf(instance, state)).outcome === 'stuck';
}

const faults: ReadonlySet<Decision['type']> = new Set([
  'drop',
  'crash',
  'restart',
  'loseDisk',
  'loseForce',
  'failWrite',
  'cut',
  'mend',
]);

function questionOf({ network, timing }: Instance) {
  // Under timed timing a time-out may come late, never early; without times neither shows.
  const untimed = timing === 'timed' ? 'asynchronous' : timing;
  return { scope: fullScope({}, {}, network), timing: untimed } as const;
}
