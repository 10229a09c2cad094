/** Bounds and starts: what a check explores, what it counts, and what it then may say. */
import { describe, expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import {
  check,
  defineProcess,
  defineSystem,
  defineTransitionSystem,
  instantiate,
  type RunFile,
  replay,
  type Verdict,
  type View,
  variant,
} from '../../src/index.ts';

const counting = setup({
  types: {
    context: {} as { readonly count: number },
    input: {} as { readonly from: number },
    events: {} as { readonly type: 'UP' },
  },
}).createMachine({
  id: 'counting',
  context: ({ input }) => ({ count: input.from }),
  on: { UP: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
});

/** Counts for ever; the bound is what ends the search. */
const counter = defineSystem({
  name: 'counter',
  nodes: () => ({
    c: defineProcess({
      machine: counting,
      input: { from: 0 },
      choices: [{ event: { type: 'UP' } }],
    }),
  }),
  starts: () => [{}, { c: { from: 1 } }, { c: { from: 0 } }],
  properties: ({ invariant }) => [
    invariant('below 3', ({ processes: { c } }) => c.up && c.context.count < 3),
  ],
});

/** The counter with a bound on its count. */
function bounded(bound: 'constraint' | 'boundary', limit: number): typeof counter {
  return variant(counter, 'bounded', {
    [bound]: ({ processes: { c } }: View) => c?.up === true && c.context.count <= limit,
  });
}

function counts(system: typeof counter) {
  const { distinct, generated, depth, levels, outside, complete } = check(system, {
    stopAtViolation: false,
  });
  return { distinct, generated, depth, levels, outside, complete };
}

describe('bounds', () => {
  // Three starts, of which two are equal: 0 and 1 are the first level, 2 the second, 3 the third.
  const same = { distinct: 4, depth: 3, levels: [2, 1, 1], outside: 1, complete: true };

  test('a step out of a constraint is counted as generated, one over a boundary is not', () => {
    expect(counts(bounded('constraint', 3))).toEqual({ ...same, generated: 7 });
    expect(counts(bounded('boundary', 3))).toEqual({ ...same, generated: 6 });
  });

  test('so they are in a transition system', () => {
    const abstract = defineTransitionSystem({
      name: 'abstract',
      initial: () => [0, 1, 0],
      next: (n: number) => [{ label: 'up', state: n + 1 }],
    });
    const within = (n: number): boolean => n <= 3;
    const constrained = check({ ...abstract, constraint: within });
    const fenced = check({ ...abstract, boundary: within });
    expect(constrained).toMatchObject({ ...same, generated: 7 });
    expect(fenced).toMatchObject({ ...same, generated: 6 });
  });

  test('a start out of bounds is left out', () => {
    const { distinct, generated } = check(bounded('boundary', 0));
    expect([distinct, generated]).toEqual([1, 2]);
    expect(check(bounded('constraint', 0))).toMatchObject({
      distinct: 1,
      generated: 4,
    });
  });

  test('what lies beyond a bound is not said to be impossible', () => {
    const verdictOn = (goal: number, dead: boolean): Verdict | undefined => {
      const system = defineTransitionSystem({
        name: 'branching',
        initial: () => [0],
        // A dead end at -1 if there is one, and for ever upwards.
        *next(n: number) {
          if (n === 0 && dead) yield { label: 'die', state: -1 };
          if (n >= 0) yield { label: 'up', state: n + 1 };
        },
        constraint: (n) => n <= 2,
        properties: ({ alwaysPossible }) => [alwaysPossible('goal', (n) => n === goal)],
      });
      return check(system).properties[0]?.verdict;
    };
    expect(verdictOn(2, false)).toBe('holds');
    expect(verdictOn(5, false)).toBe('unknown');
    expect(verdictOn(5, true)).toBe('violated');
  });

  test('an execution that might go on beyond a bound is no violation', () => {
    const verdicts = (stops: boolean) => {
      const system = defineTransitionSystem({
        name: 'climbing',
        initial: () => [0],
        next: (n: number) => (stops && n === 1 ? [] : [{ label: 'up', state: n + 1 }]),
        boundary: (n) => n <= 2,
        properties: ({ eventually }) => [eventually('five', (n) => n === 5)],
      });
      return check(system).properties.map(({ verdict }) => verdict);
    };
    expect(verdicts(false)).toEqual(['unknown']);
    expect(verdicts(true)).toEqual(['violated']);
  });
});

describe('starts', () => {
  test('a counterexample says from which start it begins, and is replayed from there', () => {
    const result = check(bounded('constraint', 5));
    const file = result.properties[0]?.counterexample as RunFile;
    expect(file.header.start).toBe(1);
    expect(file.decisions).toHaveLength(2);
    expect(replay(counter, file)).toMatchObject({ same: true, violated: ['below 3'] });
  });

  test('that are wrong are told in one sentence', () => {
    const starting = (starts: unknown) => () =>
      instantiate(variant(counter, 'x', { starts: () => starts as never }));
    expect(starting([])).toThrow('"counter/x" has no start with the parameters {}');
    expect(starting([{ d: {} }])).toThrow(
      'a start of "counter/x" has an input for "d", which is no process of it',
    );
  });
});
