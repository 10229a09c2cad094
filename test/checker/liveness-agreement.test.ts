/**
 * Temporal verdicts against a second algorithm: guess which strong classes are possible only finitely
 * often, then ask by nested fixpoints (Emerson and Lei) for an execution that avoids the goal and is fair.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  check,
  defineTransitionSystem,
  eventually,
  infinitelyOften,
  leadsTo,
} from '../../src/index.ts';
import { sized } from '../sizes.ts';

interface Recipe {
  readonly states: number;
  readonly edges: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  readonly fairness: Readonly<Record<string, 'weak' | 'strong' | undefined>>;
  readonly goals: readonly boolean[];
  readonly begins: readonly boolean[];
}

const labels = ['a', 'b', 'c', 'd'];

const recipe: fc.Arbitrary<Recipe> = fc.integer({ min: 1, max: 6 }).chain((states) =>
  fc.record({
    states: fc.constant(states),
    edges: fc.array(
      fc.record({
        from: fc.nat(states - 1),
        to: fc.nat(states - 1),
        label: fc.constantFrom(...labels),
      }),
      { maxLength: 10 },
    ),
    fairness: fc.record(
      Object.fromEntries(
        labels.map((label) => [
          label,
          fc.constantFrom(undefined, 'weak' as const, 'strong' as const),
        ]),
      ),
    ),
    goals: fc.array(fc.boolean(), { minLength: states, maxLength: states }),
    begins: fc.array(fc.boolean(), { minLength: states, maxLength: states }),
  }),
);

/** The states from which a fair execution inside `region` exists. */
function fairStates({ edges, fairness }: Recipe, region: ReadonlySet<number>): Set<number> {
  const possible = (state: number, label: string) =>
    edges.some((edge) => edge.from === state && edge.label === label);
  const strong = labels.filter((label) => fairness[label] === 'strong');
  const fair = new Set<number>();
  for (let guess = 0; guess < 2 ** strong.length; guess++) {
    // The guessed strong classes are never possible again; the others, and weak ones, are Büchi goals.
    const never = strong.filter((_, bit) => (guess >> bit) & 1);
    const inside = new Set([...region].filter((s) => !never.some((label) => possible(s, label))));
    const owed = labels.filter((label) => fairness[label] && !never.includes(label));
    const steps = edges.filter(({ from, to }) => inside.has(from) && inside.has(to));
    let z = new Set(inside);
    for (;;) {
      let next = new Set(z);
      for (const label of owed) {
        // One step that settles what is owed, into z: taking it, or (weak) standing where it is impossible.
        const settles = new Set<number>();
        for (const { from, to, label: taken } of steps)
          if (
            z.has(to) &&
            (taken === label || (fairness[label] === 'weak' && !possible(from, label)))
          )
            settles.add(from);
        for (const state of z)
          if (
            !possible(state, label) &&
            (fairness[label] === 'weak' || isQuiet(state, inside, label))
          )
            settles.add(state);
        for (let grown = true; grown; ) {
          grown = false;
          for (const { from, to } of steps)
            if (settles.has(to) && z.has(from) && !settles.has(from)) {
              settles.add(from);
              grown = true;
            }
        }
        next = new Set([...next].filter((state) => settles.has(state)));
      }
      if (next.size === z.size) break;
      z = next;
    }
    // What can reach a fair state inside the region (before the guess took effect) is fair too.
    for (const state of z) fair.add(state);
  }
  for (let grown = true; grown; ) {
    grown = false;
    for (const { from, to } of edges)
      if (region.has(from) && fair.has(to) && !fair.has(from)) {
        fair.add(from);
        grown = true;
      }
  }
  return fair;

  // A strong class that is nowhere possible inside is settled by standing still; the guess covers it.
  function isQuiet(_state: number, inside: ReadonlySet<number>, label: string): boolean {
    return ![...inside].some((other) => possible(other, label));
  }
}

it('eventually, leads-to and infinitely-often agree with nested fixpoints on random graphs', () => {
  let violations = 0;
  fc.assert(
    fc.property(recipe, (made) => {
      const { states, edges, fairness, goals, begins } = made;
      const system = defineTransitionSystem({
        name: 'random',
        initial: () => [0],
        next: (state: number) =>
          edges.filter(({ from }) => from === state).map(({ to, label }) => ({ label, state: to })),
        fairness: (label) => fairness[label],
        properties: [
          eventually('eventually', (state: number) => goals[state] === true),
          leadsTo(
            'leads to',
            (state: number) => begins[state] === true,
            (state) => goals[state] === true,
          ),
          infinitelyOften('often', (state: number) => goals[state] === true),
        ],
      });
      const reachable = new Set([0]);
      for (const state of reachable)
        for (const { from, to } of edges) if (from === state) reachable.add(to);
      const region = new Set(
        Array.from({ length: states }, (_, state) => state).filter((state) => !goals[state]),
      );
      const fair = fairStates(made, region);
      const expected = [
        fair.has(0),
        [...reachable].some((state) => begins[state] && fair.has(state)),
        [...reachable].some((state) => fair.has(state)),
      ].map((violated) => (violated ? 'violated' : 'holds'));
      const verdicts = check(system).properties.map(({ verdict }) => verdict);
      violations += expected.filter((verdict) => verdict === 'violated').length;
      expect(verdicts).toEqual(expected);
    }),
    { seed: 4, numRuns: sized(1000, 400) },
  );
  expect(violations).toBeGreaterThan(sized(200, 80));
});
