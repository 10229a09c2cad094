// Tables of the list of systems are what the program says today.
import { type AnySystem, type AnyTransitionSystem, specificationOf } from 'counterpoint';
import { builtInSystems } from 'counterpoint/patterns';
import { describe, test } from 'vitest';
import { expectGenerated, markdownTable } from './generated.ts';

describe('docs/systems.md', () => {
  const page = 'docs/systems.md';
  const builtIns: readonly (AnySystem | AnyTransitionSystem)[] = builtInSystems();

  test('names every built-in system and variant', () => {
    const rows = builtIns.map((system) => [
      `\`${system.name}\``,
      system.description ?? '',
      system.kind === 'system' ? (system.timing ?? 'asynchronous') : 'none: abstract',
      system.kind === 'system' ? network(system) : 'none',
    ]);
    expectGenerated(
      page,
      'systems',
      markdownTable(['name', 'what it is', 'timing', 'network'], rows),
    );
  });

  test('names every parameter with its default and range', () => {
    const rows = builtIns.flatMap((system) =>
      Object.entries(system.parameters ?? {}).map(([name, spec]) => {
        const parameter = specificationOf(spec as Parameters<typeof specificationOf>[0]);
        const { min = 0, max, oneOf, description = '' } = parameter;
        const legal =
          oneOf?.join(', ') ??
          (typeof parameter.default === 'number'
            ? `${min} to ${max ?? 'any'}`
            : typeof parameter.default === 'boolean'
              ? 'true, false'
              : 'a text');
        return [`\`${system.name}\``, `\`${name}\``, `${parameter.default}`, legal, description];
      }),
    );
    const head = ['system', 'parameter', 'default', 'legal', 'what it is'];
    expectGenerated(page, 'parameters', markdownTable(head, rows));
  });

  test('names every property', () => {
    const rows = builtIns.flatMap((system) =>
      (system.properties as AnySystem['properties']).map(({ name, kind, description = '' }) => [
        `\`${system.name}\``,
        name,
        kind,
        description,
      ]),
    );
    const head = ['system', 'property', 'kind', 'claim'];
    expectGenerated(page, 'properties', markdownTable(head, rows));
  });

  test('names every scenario', () => {
    // A variant has those of the system that it varies unless it says otherwise.
    const rows = builtIns.flatMap((system) => {
      if (system.kind !== 'system') return [];
      const original = builtIns.find(({ name }) => system.name.startsWith(`${name}/`));
      if (original?.kind === 'system' && original.scenarios === system.scenarios) return [];
      const scenarios: NonNullable<AnySystem['scenarios']> = system.scenarios ?? {};
      return Object.entries(scenarios).map(([name, { description }]) => [
        `\`${system.name}\``,
        `\`${name}\``,
        description,
      ]);
    });
    const head = ['system', 'scenario', 'what happens'];
    expectGenerated(page, 'scenarios', markdownTable(head, rows));
  });
});

function network({ network: options = {} }: AnySystem): string {
  const { order = 'unordered', loss = false, duplication = false } = options;
  return [order, ...(loss ? ['loss'] : []), ...(duplication ? ['duplication'] : [])].join(', ');
}
