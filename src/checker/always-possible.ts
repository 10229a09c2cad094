/**
 * Always possible (AG EF goal): backward reachability from the goal states. No fairness is needed; a
 * state from which no path leads to the goal is the violation, and the first one found is nearest.
 */
import type { Graph } from './graph.ts';

/** The first state, in the order of the search, from which no goal state can be reached. */
export function alwaysPossibleViolation(
  graph: Graph<unknown, unknown>,
  goals: ReadonlySet<number>,
  which: number,
): number | undefined {
  const reaches = new Uint8Array(graph.size);
  const { first, sources } = graph.predecessors(which);
  const queue = [...goals];
  for (const goal of goals) reaches[goal] = 1;
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (let slot = first[state] ?? 0; slot < (first[state + 1] ?? 0); slot++) {
      const source = sources[slot] ?? 0;
      if (reaches[source] === 1) continue;
      reaches[source] = 1;
      queue.push(source);
    }
  }
  const doomed = reaches.indexOf(0);
  return doomed < 0 ? undefined : doomed;
}
