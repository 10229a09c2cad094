/** A transition system as a model for Spin: its graph, found here, and searched there. */
import { UserMistake } from '../model/errors.ts';
import { parameterValues } from '../model/parameters.ts';
import { canonical } from '../model/plain-data.ts';
import { type AnyTransitionSystem, searchable } from '../model/transition-system.ts';
import { keyedSpace } from './keyed-space.ts';
import { type GraphAssertion, graphModel } from './promela-graph.ts';
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

export function exportGraph(
  system: AnyTransitionSystem,
  options: PromelaOptions,
): PromelaModel | undefined {
  const parameters = parameterValues(
    system.parameters ?? {},
    options.parameters ?? {},
    system.name,
  );
  if (options.timing !== undefined || Object.keys(options.scope ?? {}).length > 0)
    throw new UserMistake(
      `"${system.name}" is a transition system, which has neither timing nor scope; leave them out`,
    );
  const space = keyedSpace(system, parameters);
  const exported = exportedProperties(searchable(system));
  const holds: boolean[][] = exported.told.map(() => []);
  const successors: { to: number; label: string }[][] = [];
  let starts: readonly number[] = [];
  const isComplete = searched(
    space,
    options,
    (index) => {
      const view = space.view(index);
      for (const [which, { predicate }] of exported.told.entries())
        holds[which]?.push(Boolean(predicate(view as never)));
    },
    {
      started: () => {
        starts = [...Array(space.size).keys()];
      },
      step: (source, to, { label }) => {
        const steps = successors[source] ?? [];
        successors[source] = steps;
        if (to >= 0) steps.push({ to, label });
      },
    },
  );
  if (!isComplete) return undefined;
  const states = Array.from({ length: space.size }, (_, index) => canonical(space.view(index)));
  const assertions: GraphAssertion[] = [];
  const properties: ExportedProperty[] = [];
  for (const [index, { property, kind }] of exported.told.entries()) {
    const assertion = assertionName(kind, index, property.name);
    properties.push({ name: property.name, kind, assertion });
    assertions.push({
      name: assertion,
      meaning: meaningOf(property),
      holds: holds[index] ?? [],
      negated: kind === 'reachable',
    });
  }
  const all = states.map((_, index) => successors[index] ?? []);
  const { lines, bytes } = graphModel({ states, starts, successors: all }, assertions);
  const heading = [
    ...headingOf(system.name, parameters, space.size, starts.length),
    'It is a transition system: its states are numbered, and its steps are a table.',
  ];
  return modelOf(heading, lines, {
    distinct: space.size,
    extraStates: starts.length === 1 ? 0 : 1,
    stateBytes: bytes,
    properties,
    leftOut: exported.leftOut,
  });
}
