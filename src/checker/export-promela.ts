/**
 * A checked system as a model for Spin (Holzmann 2004), another model checker by other people: a second
 * opinion. What the machines do is in the model as finite tables, computed once by XState; the network,
 * the faults, the timing and the interleaving are in it as code, and the search is Spin's.
 */
import { UserMistake } from '../model/errors.ts';
import { initialState } from '../model/relation.ts';
import { describeScope } from '../model/scope.ts';
import { viewOf } from '../model/state-view.ts';
import type { AnySystem } from '../model/system.ts';
import type { AnyTransitionSystem } from '../model/transition-system.ts';
import type { View } from '../model/view.ts';
import { DecisionTree, type Tree } from './decision-tree.ts';
import { exportGraph } from './export-graph.ts';
import type { Assertion } from './promela-layout.ts';
import {
  assertionName,
  type ExportedProperty,
  exportedProperties,
  headingOf,
  meaningOf,
  modelOf,
  type PromelaModel,
  type PromelaOptions,
  searched,
} from './promela-model.ts';
import { systemModel } from './promela-system.ts';
import { questionOf } from './question.ts';
import { SystemSpace } from './system-space.ts';

/**
 * The system as a Promela model, or undefined when the budget was spent before every state was visited: the
 * tables would then have holes. The text is the same each time.
 *
 *     exportPromela(system, { parameters: { participants: 2 }, scope: { crashes: 1 } })?.text
 *
 * Throws a UserMistake as `check` does, and for a constraint or boundary that asks more of a state than
 * tables can answer.
 */
export function exportPromela(
  system: AnySystem | AnyTransitionSystem,
  options: PromelaOptions = {},
): PromelaModel | undefined {
  return system.kind === 'transition-system'
    ? exportGraph(system, options)
    : exportSystem(system, options);
}

function exportSystem(system: AnySystem, options: PromelaOptions): PromelaModel | undefined {
  const { instance, scope, timing, asked } = questionOf(system, options);
  if (timing === 'timed')
    throw new UserMistake(
      `the timing is timed, and the model for Spin has no clocks; ask under asynchronous or synchronous timing`,
    );
  // A bound that says nothing lets a state in, as the space takes it.
  const tabled = (bound: unknown): DecisionTree | undefined =>
    typeof bound === 'function'
      ? new DecisionTree(instance, (view) => bound(view) !== false)
      : undefined;
  const bounds = { constraint: tabled(system.constraint), boundary: tabled(system.boundary) };
  const learning = Object.fromEntries(
    Object.entries(bounds).flatMap(([which, bound]) =>
      bound === undefined ? [] : [[which, (view: View) => bound.holds(view)]],
    ),
  );
  const bounded: AnySystem = { ...system, ...learning };
  const space = new SystemSpace(
    { ...instance, system: bounded },
    { scope, timing, reduce: false, store: 'exact', order: 'breadth-first' },
  );
  const exported = exportedProperties(asked);
  const trees = exported.told.map(({ predicate }) => new DecisionTree(instance, predicate));
  const isComplete = searched(space, options, (index) => {
    const view = viewOf(instance, space.state(index));
    for (const tree of trees) tree.holds(view);
  });
  if (!isComplete) return undefined;
  const boundTrees: Tree[] = [];
  for (const [which, bound] of Object.entries(bounds)) {
    if (bound === undefined) continue;
    const { tree } = bound;
    if (tree === undefined)
      throw new UserMistake(
        `the ${which} of "${system.name}" cannot be written in Promela, since ${bound.reason ?? 'it was never asked'}; leave it out, or bound the system by its scope`,
      );
    boundTrees.push(tree);
  }
  const assertions: Assertion[] = [];
  const properties: ExportedProperty[] = [];
  const leftOut = [...exported.leftOut];
  for (const [index, { property, kind, isUnsure = false }] of exported.told.entries()) {
    const decision = trees[index];
    const tree = isUnsure ? undefined : decision?.tree;
    if (tree === undefined) {
      const unsure = isUnsure ? 'some histories are not decided within its budget' : undefined;
      const untabled = decision?.reason && `${decision.reason}, which no table answers`;
      const reason = unsure ?? untabled ?? 'no state was asked about';
      leftOut.push({ name: property.name, reason });
      continue;
    }
    const assertion = assertionName(kind, index, property.name);
    properties.push({ name: property.name, kind, assertion });
    assertions.push({
      name: assertion,
      meaning: meaningOf(property),
      tree,
      negated: kind === 'reachable',
    });
  }
  const starts = [...instance.starts.keys()].filter((start) => {
    const { state } = initialState(instance, { copies: scope.copies, start });
    const view = viewOf(instance, state);
    return (bounds.constraint?.holds(view) ?? true) && (bounds.boundary?.holds(view) ?? true);
  });
  const { lines, bytes } = systemModel({
    instance,
    scope,
    timing,
    space,
    starts,
    assertions,
    bounds: boundTrees,
  });
  const { nodes, network } = instance;
  const heading = [
    ...headingOf(system.name, instance.parameters, space.size, starts.length),
    `Within ${describeScope(scope)}, under ${timing} timing, on ${article(network.order)} network.`,
    '',
    `What the machines of the ${nodes.length} nodes do is in the tables MOVE, SEND, NODE and DELIVERY, computed once by`,
    'XState. The network, the faults, the timing and all interleaving are in the functions after them, and',
    'are written here a second time. Each option of the process is one step.',
  ];
  return modelOf(heading, lines, {
    distinct: space.size,
    extraStates: starts.length === 1 ? 0 : 1,
    stateBytes: bytes,
    properties,
    leftOut,
  });
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`;
}
