// Tables and pictures of the pages are what the program says today.
import {
  type AnySystem,
  type AnyTransitionSystem,
  type CheckOptions,
  check,
  describeScope,
  run,
  specificationOf,
} from 'counterpoint';
import {
  builtInSystems,
  coordinator,
  nonBlockingQuestion,
  participant,
  twoPhaseCommit,
} from 'counterpoint/protocols';
import { describe, expect, test } from 'vitest';
import { expectGenerated, markdownTable } from './generated.ts';
import { stateDiagram, transitionTable } from './state-diagram.ts';

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

describe('the page of two-phase commit', () => {
  const page = 'src/protocols/two-phase-commit/README.md';

  test('draws the machines that run', () => {
    expectGenerated(page, 'coordinator', stateDiagram(coordinator));
    expectGenerated(page, 'participant', stateDiagram(participant));
    expectGenerated(page, 'coordinator transitions', transitionTable(coordinator));
    expectGenerated(page, 'participant transitions', transitionTable(participant));
  });

  test('counts what a fault-free commit costs: 4N messages and 2N + 1 forces (BHG 7.4)', () => {
    const rows = [1, 2, 3, 5, 10].map((participants) => {
      const { metrics } = run(twoPhaseCommit, {
        seed: 1,
        scenario: 'fault-free',
        parameters: { participants },
      });
      const { sent } = metrics.messages;
      const { forced, unforced } = metrics.writes;
      expect([sent, forced]).toEqual([4 * participants, 2 * participants + 1]);
      return [participants, sent, forced, unforced, `${metrics.operations.latency.maxMs} ms`];
    });
    const head = ['participants', 'messages', 'forced writes', 'unforced', 'answer to the client'];
    expectGenerated(page, 'costs', markdownTable(head, rows));
  });

  test('says how each scenario ends', () => {
    const rows = Object.entries(twoPhaseCommit.scenarios ?? {}).map(
      ([scenario, { description }]) => {
        const { verdict, outcome, reason, end, properties } = run(twoPhaseCommit, {
          seed: 1,
          scenario,
        });
        const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
        const values = [...new Set(Object.values(decided))];
        // Only a lost disk is beyond what two-phase commit claims to survive.
        expect([scenario, verdict]).toEqual([
          scenario,
          scenario === 'storage-loss' ? 'violated' : 'holds',
        ]);
        const broken = properties.filter((one) => one.verdict === 'violated');
        const ending =
          broken.length === 0
            ? (reason ?? outcome)
            : `${broken.map(({ name }) => name).join(', ')} violated`;
        return [`\`${scenario}\``, description, values.join(' and ') || 'none', ending];
      },
    );
    const head = ['scenario', 'what happens', 'decision', 'how it ends'];
    expectGenerated(page, 'scenarios', markdownTable(head, rows));
  });

  test('says what the checker answers', () => {
    const two = { participants: 2 };
    const questions: readonly (readonly [AnySystem, CheckOptions])[] = [
      [
        twoPhaseCommit,
        { parameters: two, timing: 'synchronous', scope: { crashes: 0, loss: false } },
      ],
      [twoPhaseCommit, { parameters: two, scope: { crashes: 1 } }],
      [twoPhaseCommit, { parameters: { participants: 1 }, scope: { crashes: 2 } }],
      [twoPhaseCommit, { parameters: two, scope: { crashes: 0, partitions: 1 } }],
      [nonBlockingQuestion, { parameters: two }],
      [nonBlockingQuestion, { parameters: { ...two, cooperative: true } }],
      [twoPhaseCommit, { parameters: two, scope: { crashes: 1, diskLosses: 1 } }],
    ];
    const rows = questions.map(([system, options]) => {
      const result = check(system, { ...options, stopAtViolation: false });
      const violated = result.properties.filter(({ verdict }) => verdict === 'violated');
      const { participants, cooperative } = result.parameters;
      return [
        `\`${system.name}\``,
        `${participants}${cooperative === true ? ', cooperative' : ''}`,
        result.scope === undefined ? '' : describeScope(result.scope),
        result.timing ?? '',
        result.verdict,
        violated.map(({ name }) => name).join(', '),
      ];
    });
    const head = ['system', 'participants', 'scope', 'timing', 'verdict', 'violated'];
    expectGenerated(page, 'checks', markdownTable(head, rows));
  });
});
