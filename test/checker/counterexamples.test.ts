/** Several counterexamples: the shortest for each kind of last step, and no kind twice. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emit, setup } from 'xstate';
import {
  check,
  defineProcess,
  defineSystem,
  defineTransitionSystem,
  describeDecision,
  type Effect,
  type RunFile,
  replay,
  type StatePath,
  send,
  variant,
} from '../../src/index.ts';
import { nonBlockingQuestion, twoPhaseCommit } from '../../src/protocols/index.ts';
import { bugs } from '../bugs/two-phase-commit-bugs.ts';

interface Graph {
  readonly states: number;
  readonly edges: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  readonly marked: readonly boolean[];
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 8 }).chain((states) =>
  fc.record({
    states: fc.constant(states),
    edges: fc.array(
      fc.record({
        from: fc.nat(states - 1),
        to: fc.nat(states - 1),
        label: fc.constantFrom('a1', 'a2', 'b1', 'c'),
      }),
      { maxLength: 16 },
    ),
    marked: fc.array(fc.boolean(), { minLength: states, maxLength: states }),
  }),
);

/** For each shape of a step from a good state into a bad one, the length of a shortest such path. */
function expected({ edges }: Graph, isBad: (state: number) => boolean): Record<string, number> {
  const depths = new Map([[0, 0]]);
  for (const [state, depth] of depths)
    for (const { from, to } of edges)
      if (from === state && !depths.has(to)) depths.set(to, depth + 1);
  const lengths: Record<string, number> = isBad(0) ? { '': 0 } : {};
  for (const { from, to, label } of edges) {
    const depth = depths.get(from);
    if (depth === undefined || isBad(from) || !isBad(to)) continue;
    const shape = label.charAt(0);
    lengths[shape] = Math.min(lengths[shape] ?? Number.POSITIVE_INFINITY, depth + 1);
  }
  return lengths;
}

/** From which no marked state can be reached. */
function doomed({ states, edges, marked }: Graph): (state: number) => boolean {
  const hopeful = new Set(Array.from({ length: states }, (_, state) => state));
  for (const state of hopeful) if (!marked[state]) hopeful.delete(state);
  for (const state of hopeful)
    for (const { from, to } of edges) if (to === state) hopeful.add(from);
  return (state) => !hopeful.has(state);
}

function lengthsOf(paths: readonly (StatePath | RunFile)[] = []): Record<string, number> {
  const lengths: Record<string, number> = {};
  for (const path of paths as readonly StatePath[]) {
    const shape = path.steps.at(-1)?.label.charAt(0) ?? '';
    expect(Object.keys(lengths)).not.toContain(shape);
    lengths[shape] = path.steps.length;
  }
  return lengths;
}

describe('every kind of last step into a violation has a shortest counterexample', () => {
  it('of invariants, transition properties and what must stay possible, on random graphs', () => {
    let several = 0;
    let restricted = 0;
    fc.assert(
      fc.property(graphs, (graph) => {
        const { edges, marked } = graph;
        const system = defineTransitionSystem({
          name: 'random',
          initial: () => [0],
          next: (state: number) =>
            edges
              .filter(({ from }) => from === state)
              .map(({ to, label }) => ({ label, state: to })),
          properties: ({ invariant, transition, alwaysPossible }) => [
            invariant('unmarked', (state) => !marked[state]),
            transition('never becomes marked', (a, b) => marked[a] === true || !marked[b]),
            alwaysPossible('marked', (state) => marked[state] === true),
            alwaysPossible('marked, from even states', (state) => marked[state] === true, {
              from: (state) => state % 2 === 0,
            }),
          ],
        });
        const { complete, properties } = check(system, { counterexamples: 9 });
        const [unmarked, becomes, possible, fromEven] = properties.map((property) =>
          lengthsOf(property.counterexamples),
        );
        const isMarked = (state: number): boolean => marked[state] === true;
        expect(complete).toBe(true);
        expect(unmarked).toEqual(expected(graph, isMarked));
        const { '': _, ...steps } = expected(graph, isMarked);
        expect(becomes).toEqual(steps);
        const isDoomed = doomed(graph);
        expect(possible).toEqual(expected(graph, isDoomed));
        const isEvenAndDoomed = (state: number): boolean => state % 2 === 0 && isDoomed(state);
        expect(fromEven).toEqual(expected(graph, isEvenAndDoomed));
        if (JSON.stringify(fromEven) !== JSON.stringify(possible)) restricted++;
        if (Object.keys(unmarked ?? {}).length > 1) several++;
      }),
      { seed: 5, numRuns: 500 },
    );
    expect(several).toBeGreaterThan(50);
    expect(restricted).toBeGreaterThan(50);
  });

  it('no more than asked for, and the first is the one that is given alone', () => {
    const options = { parameters: { participants: 2 }, scope: { crashes: 1 } };
    const one = check(nonBlockingQuestion, options).properties.at(-1);
    const three = check(nonBlockingQuestion, { ...options, counterexamples: 3 }).properties.at(-1);
    expect(one?.counterexamples).toBe(undefined);
    expect(three?.counterexamples?.length).toBe(3);
    expect(three?.counterexamples?.[0]).toEqual(one?.counterexample);
    expect(three?.counterexample).toEqual(one?.counterexample);
  });

  it('each of a system of machines is a run file whose last decision alone violates', () => {
    let several = 0;
    for (const { name, variation, parameters, scope } of bugs.slice(0, 4)) {
      const broken = variant(twoPhaseCommit, name, variation);
      const { properties } = check(broken, { parameters, scope, counterexamples: 5 });
      for (const { kind, name: property, counterexamples = [] } of properties) {
        if (kind !== 'invariant') continue;
        if (counterexamples.length > 1) several++;
        for (const file of counterexamples as readonly RunFile[]) {
          const told = replay(broken, file);
          expect(told.same).toBe(true);
          expect(told.violated).toContain(property);
          const before = replay(broken, { ...file, decisions: file.decisions.slice(0, -1) });
          expect(before.violated).not.toContain(property);
        }
        const lasts = counterexamples.map((file) => {
          const last = (file as RunFile).decisions.at(-1);
          return last === undefined ? '' : describeDecision(last.decision);
        });
        expect(new Set(lasts).size).toBe(lasts.length);
      }
    }
    expect(several).toBeGreaterThan(0);
  });

  it.each([0, -1, 1.5])('%d is no number of counterexamples', (counterexamples) => {
    expect(() => check(nonBlockingQuestion, { counterexamples })).toThrow(
      `the number of counterexamples is ${counterexamples}`,
    );
  });
});

describe('a message that stays on its way and opens a choice', () => {
  type Asked = { readonly type: 'ASK' };
  const asker = setup({ types: { emitted: {} as Effect<Asked> } }).createMachine({
    id: 'asker',
    entry: emit(send('judge', { type: 'ASK' })),
  });
  const judge = setup({
    types: { events: {} as Asked | { readonly type: 'YES' | 'NO' } },
  }).createMachine({
    id: 'judge',
    initial: 'idle',
    states: {
      idle: { on: { ASK: 'thinking' } },
      thinking: { on: { YES: 'yes', NO: 'no' } },
      yes: {},
      no: {},
    },
  });
  const court = defineSystem({
    name: 'court',
    nodes: () => ({
      asker: defineProcess({ machine: asker }),
      judge: defineProcess({
        machine: judge,
        choices: [
          { event: { type: 'YES' }, immediate: true },
          { event: { type: 'NO' }, immediate: true },
        ],
      }),
    }),
    network: { loss: true, duplication: true },
    properties: ({ invariant }) => [
      invariant('never no', ({ all }) => !all.some((process) => process.in('no'))),
    ],
  });

  it.each([true, false])('is told with the choice, so that it replays: reduced %s', (reduce) => {
    const [property] = check(court, { reduce }).properties;
    const file = property?.counterexample as RunFile;
    expect(file.decisions.map(({ decision }) => decision.type)).toEqual(['deliver', 'choose']);
    expect(replay(court, file).violated).toEqual(['never no']);
  });
});
