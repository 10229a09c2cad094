/** Counterexamples: shortest paths of the search, as run files or as lists of states. */
import type { Decision } from '../model/decision.ts';
import { UserMistake } from '../model/errors.ts';
import type { Instance } from '../model/instance.ts';
import type { Loops } from '../model/loops.ts';
import { apply, initialState } from '../model/relation.ts';
import type { Workload } from '../model/scenario.ts';
import type { FullScope } from '../model/scope.ts';
import type { State } from '../model/state.ts';
import { stateDigest } from '../model/state-key.ts';
import type { RunFile } from '../model/trace.ts';
import type { Successor } from '../model/transition-system.ts';
import type { Witness } from './paths.ts';
import type { Decisions } from './space.ts';

/** A counterexample of a transition system: the labels of its steps, and the states on the way. */
export interface StatePath {
  readonly steps: readonly { readonly label: string; readonly state: unknown }[];
  readonly initial: unknown;
  /** For an endless execution: how many steps come before its cycle. */
  readonly loopsFrom?: number;
}

/** The question that the counterexample answers; a tick has a length under timed timing. */
export interface Asked {
  readonly scope: FullScope;
  readonly reduced: boolean;
  readonly tickMs: number | undefined;
  readonly operations?: Workload | undefined;
  readonly workload?: Loops | undefined;
}

/**
 * The counterexample as a run file. Every one is walked through the relation, which remembers nothing: a
 * path that the relation refuses would be a bug of the search.
 */
export function runFile(
  instance: Instance,
  property: string,
  { scope: { copies }, reduced, tickMs, operations, workload }: Asked,
  { path, from: start, loopsFrom }: Witness<Decisions>,
): RunFile {
  const walk = (decisions: readonly Decision[]): State => {
    let { state } = initialState(instance, { copies, start });
    for (const decision of decisions) ({ state } = apply(instance, state, decision, { copies }));
    return state;
  };
  const found = path.flat();
  const decisions = reduced ? withoutNeedlessCopies(found, walk) : found;
  return {
    header: {
      counterpoint: 'run',
      version: 1,
      origin: 'check',
      system: instance.system.name,
      parameters: instance.parameters,
      ...(operations === undefined ? {} : { operations }),
      ...(workload === undefined ? {} : { workload }),
      property,
      ...(start === 0 ? {} : { start }),
      copies,
      ...(loopsFrom === undefined ? {} : { loopsFrom: path.slice(0, loopsFrom).flat().length }),
    },
    decisions:
      tickMs === undefined ? decisions.map((decision) => ({ decision })) : timed(path, tickMs),
    footer: { state: stateDigest(instance, walk(decisions)) },
  };
}

/** The decisions with their times: a step that decides nothing is a tick. */
function timed(path: readonly Decisions[], tickMs: number): RunFile['decisions'] {
  let atUs = 0;
  return path.flatMap((label) => {
    if (label.length === 0) atUs += Math.round(tickMs * 1000);
    return label.map((decision) => ({ atUs, decision }));
  });
}

/**
 * The reduced search keeps a copy of every message that it delivers. Those that nobody needs later would
 * only confuse the reader; without them the nodes do the same, and less is possible afterwards, so that
 * the path shows what it showed.
 */
function withoutNeedlessCopies(
  found: readonly Decision[],
  walk: (decisions: readonly Decision[]) => State,
): readonly Decision[] {
  let decisions = found;
  for (const [index, decision] of found.entries()) {
    if (decision.type !== 'deliver' || decision.duplicate !== true) continue;
    const { duplicate: _, ...plain } = decision;
    const simpler = decisions.with(index, plain);
    if (isWalkable(simpler, walk)) decisions = simpler;
  }
  return decisions;
}

function isWalkable(
  decisions: readonly Decision[],
  walk: (decisions: readonly Decision[]) => State,
): boolean {
  try {
    walk(decisions);
    return true;
  } catch (error) {
    // A decision that needs the copy is not possible without it; anything else is a real failure.
    if (error instanceof UserMistake) return false;
    throw error;
  }
}

/** The counterexample of a transition system. */
export function statePath(
  initial: unknown,
  { path, loopsFrom }: Witness<Successor<unknown>>,
): StatePath {
  const shown = { initial, steps: path };
  return loopsFrom === undefined ? shown : { ...shown, loopsFrom };
}
