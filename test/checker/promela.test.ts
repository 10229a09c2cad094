/** What a model for Spin promises without Spin: its text, what it leaves out, and what it refuses. */
import { describe, expect, test } from 'vitest';
import { assign, createMachine } from 'xstate';
import { DecisionTree, type Tree } from '../../src/checker/decision-tree.ts';
import {
  defineProcess,
  defineSystem,
  defineTransitionSystem,
  exportPromela,
  initialState,
  instantiate,
  type View,
  viewOf,
} from '../../src/index.ts';
import { builtInSystem, twoPhaseCommit } from '../../src/protocols/index.ts';

const small = { parameters: { participants: 1 }, scope: { crashes: 1, loss: false } };

/** Two nodes that count to two by choices, each with a list of what it did. */
function counting(more: Record<string, unknown> = {}) {
  const machine = createMachine({
    id: 'counting',
    context: { count: 0, done: [] as string[], name: 'a */ b' },
    initial: 'open',
    states: {
      open: {
        on: {
          MORE: {
            guard: ({ context }) => context.count < 2,
            actions: assign({
              count: ({ context }) => context.count + 1,
              done: ({ context }) => [...context.done, `step ${context.count}`],
            }),
          },
        },
      },
    },
  });
  const process = () => defineProcess({ machine, choices: [{ event: { type: 'MORE' } }] });
  return defineSystem({
    name: 'counting',
    nodes: () => ({ left: process(), right: process() }),
    ...more,
  } as never);
}

describe('the model', () => {
  test('is the same each time', () => {
    const texts = [1, 2].map(() => exportPromela(twoPhaseCommit, small)?.text);
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]?.endsWith('}\n')).toBe(true);
  });

  test('says what its numbers mean, and comments end where they should', () => {
    const text = exportPromela(counting())?.text ?? '';
    expect(text).toContain('node 0 is left; its states:');
    expect(text).toContain('choose left MORE');
    expect(text).toContain('a * / b');
    // Nothing but comments holds words of the system.
    expect(text.replace(/\/\*[\s\S]*?\*\//g, '')).not.toContain('step 0');
  });

  test('has the states of the whole graph, not of the reduced one', () => {
    expect(exportPromela(builtInSystem('calibration/two-phase'))?.distinct).toBe(288);
    const question = { parameters: { participants: 1 }, scope: { crashes: 1 } };
    expect(exportPromela(twoPhaseCommit, question)?.distinct).toBe(2621);
  });

  test('leaves out what assertions in states cannot say, with the reason', () => {
    const { leftOut, properties, text } = exportPromela(twoPhaseCommit, small) ?? {};
    expect(properties?.map(({ name }) => name)).toContain('AC1 agreement');
    expect(leftOut?.map(({ name }) => name)).toEqual(['AC5 termination']);
    expect(text).toContain('Left out: AC5 termination; that something stays possible');
  });

  test('is none when the budget is spent', () => {
    expect(exportPromela(twoPhaseCommit, { ...small, maxStates: 10 })).toBeUndefined();
    expect(exportPromela(twoPhaseCommit, { ...small, pulse: () => false })).toBeUndefined();
  });

  test('of several starts has one state more', () => {
    expect(exportPromela(builtInSystem('calibration/alternating-bit'))?.extraStates).toBe(1);
    expect(exportPromela(builtInSystem('calibration/tcommit'))?.extraStates).toBe(0);
  });

  test('of many rows has pages that Spin can read', () => {
    const long = defineTransitionSystem({
      name: 'long',
      initial: () => [0],
      next: (n) => (n < 20_000 ? [{ label: 'on', state: n + 1 }] : []),
    });
    const text = exportPromela(long)?.text ?? '';
    const blocks = text.replace(/\/\*[\s\S]*?\*\//g, '').split('c_decl {');
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) expect(block.length).toBeLessThan(64_000);
  });
});

describe('a model is refused', () => {
  test('under timed timing', () => {
    expect(() => exportPromela(twoPhaseCommit, { ...small, timing: 'timed' })).toThrow(
      /the model for Spin has no clocks/,
    );
  });

  test('for a bound that no table answers', () => {
    // What structuredClone makes of a state cannot be followed.
    const constraint = (view: View) => structuredClone(view.all[0]?.node) !== undefined;
    expect(() => exportPromela(counting({ constraint }))).not.toThrow();
    const cloning = ({ all }: View) =>
      all.every((one) => !one.up || structuredClone(one.context) !== null);
    expect(() => exportPromela(counting({ constraint: cloning }))).toThrow(
      /^the constraint of "counting" cannot be written in Promela, since /,
    );
  });

  test('for a transition system with a timing', () => {
    const tcommit = builtInSystem('calibration/tcommit');
    expect(() => exportPromela(tcommit, { timing: 'synchronous' })).toThrow(/neither timing nor/);
  });
});

describe('a predicate becomes a tree of questions', () => {
  const instance = instantiate(counting());
  const view = viewOf(instance, initialState(instance).state);

  /** The questions of a tree, each once. */
  function asked(predicate: (view: View) => boolean): readonly string[] | string {
    const learnt = new DecisionTree(instance, predicate);
    expect(learnt.holds(view)).toBe(predicate(view));
    expect(learnt.holds(view)).toBe(predicate(view));
    if (learnt.reason !== undefined) return learnt.reason;
    const texts: string[] = [];
    const walk = (tree: Tree | undefined): void => {
      if (typeof tree !== 'object') return;
      texts.push(tree.question.text);
      for (const child of tree.children.values()) walk(child);
    };
    // Unlearnt, with all that was asked: a tree of one state has nothing to ask.
    walk(learnt.whole);
    return texts;
  }

  test('about parts of contexts, lists among them', () => {
    const context = (one: View['all'][number] | undefined) =>
      (one?.up === true ? one.context : undefined) as { count: number; done: string[] } | undefined;
    expect(asked(({ all }) => context(all[1])?.count === 0)).toEqual([
      'right is up',
      'right context',
      'right context.count',
    ]);
    expect(asked(({ all }) => context(all[0])?.done.some((word) => word === 'x') === true)).toEqual(
      ['left is up', 'left context', 'left context.done', 'left context.done.length'],
    );
    expect(asked(({ all }) => JSON.stringify(context(all[0])) !== '')).toContain(
      'keys of left context',
    );
  });

  test('about states, nodes, links, messages, faults and marks', () => {
    expect(asked(({ all }) => all.every((one) => one.in('open')))).toEqual([
      'left in open',
      'right in open',
    ]);
    expect(asked(({ isUp, isConnected }) => isUp('left') && isConnected('left', 'right'))).toEqual([
      'left is up',
      'left reaches right',
    ]);
    expect(asked(({ inFlight }) => inFlight.some(({ to }) => to === 'left'))).toEqual([
      'messages in flight',
    ]);
    expect(asked(({ faults, observed }) => faults.crashes > 0 || observed === 1)).toEqual([
      'the observation',
      'crashes',
    ]);
    expect(asked(({ records }) => records('left').durable.length === 0)).toEqual([
      'records of left',
      'records of left.durable',
      'records of left.durable.length',
    ]);
  });

  test('unless it does with a state what only a state can take', () => {
    expect(
      asked(({ all }) => all[0]?.up === true && structuredClone(all[0].context) !== null),
    ).toBe('it takes a state apart in its own way');
    let turn = 0;
    const fickle = ({ all, faults }: View): boolean =>
      turn++ % 2 === 0 ? all.length > 0 : faults.crashes > 0;
    const learnt = new DecisionTree(instance, fickle);
    expect(learnt.holds(view)).toBe(true);
    expect(learnt.reason).toBe('it compares what is looked at by identity');
  });
});
