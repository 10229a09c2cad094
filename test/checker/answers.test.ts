/** Remembered answers are those that the predicate gives: whatever it looks at, and however. */
import { describe, expect, test } from 'vitest';
import { remembering, rememberingSteps } from '../../src/checker/answers.ts';
import { questionOf } from '../../src/checker/question.ts';
import { SystemSpace } from '../../src/checker/system-space.ts';
import { check, invariant, type View, variant, viewOf } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';

const given = {
  parameters: { participants: 2 },
  scope: { crashes: 1, loss: false, duplication: false },
};

function searched() {
  const { instance, scope } = questionOf(twoPhaseCommit, given);
  const space = new SystemSpace(instance, {
    scope,
    timing: 'asynchronous',
    reduce: false,
    store: 'exact',
    order: 'breadth-first',
  });
  return { instance, space };
}

const looks: readonly (readonly [string, (view: View) => boolean])[] = [
  ['the state of a process', ({ processes }) => processes.p1?.in('prepared') === true],
  [
    'processes but one, told by identity',
    ({ all, processes }) =>
      all.filter((one) => one !== processes.coordinator).every((one) => one.in('prepared')),
  ],
  [
    'the place of a process among all',
    ({ all, processes }) => all[all.indexOf(processes.p2 as never)]?.up === true,
  ],
  ['which keys there are', ({ all }) => all.every((one) => Object.hasOwn(one, 'context'))],
  ['a copy of a process', ({ all }) => all.some((one) => ({ ...one }).up === false)],
  ['a clone', ({ all }) => all.some((one) => one.up && structuredClone(one).value === 'prepared')],
  ['the text of a process', ({ all }) => JSON.stringify(all).includes('prepared')],
  ['messages', ({ inFlight }) => inFlight.length > 2],
  ['records', ({ records }) => records('p1').durable.length > 0],
  ['nodes and links', ({ isUp, isConnected }) => isUp('p1') && isConnected('p1', 'coordinator')],
  ['faults', ({ faults }) => faults.crashes > 0],
];

describe('the answer about a state, of a predicate that looks at', () => {
  test.each(looks)('%s', (_, holds) => {
    const { instance, space } = searched();
    const remembered = remembering(space.questions, holds);
    const answers = new Set<boolean>();
    space.begin(() => {});
    for (let state = 0; state < space.size; state++) {
      const answer = remembered(space.view(state));
      if (answer !== holds(viewOf(instance, space.state(state)))) expect.fail(`state ${state}`);
      answers.add(answer);
      space.expand(state, () => {});
    }
    expect(space.size).toBeGreaterThan(1000);
    expect(answers.size).toBe(2);
  });
});

const steps: readonly (readonly [string, (before: View, after: View) => boolean])[] = [
  ['the same process, by identity', (before, after) => before.processes.p1 === after.processes.p1],
  [
    'the same list',
    ({ all: before }, { all: after }) => before.every((one, i) => one === after[i]),
  ],
  ['a context', (before, after) => contextOf(before) === contextOf(after)],
  [
    'states',
    (before, after) => before.processes.p1?.in('prepared') === after.processes.p1?.in('prepared'),
  ],
];

function contextOf({ processes }: View): unknown {
  const { coordinator } = processes;
  return coordinator?.up === true ? coordinator.context : undefined;
}

describe('the answer about a step, of a predicate that compares', () => {
  test.each(steps)('%s', (_, allows) => {
    const { instance, space } = searched();
    const remembered = rememberingSteps(space.questions, allows);
    const answers = new Set<boolean>();
    space.begin(() => {});
    for (let source = 0; source < Math.min(space.size, 3000); source++)
      space.expand(source, (target) => {
        const answer = remembered(space.view(source), space.view(target));
        const [before, after] = [source, target].map((state) =>
          viewOf(instance, space.state(state)),
        );
        if (answer !== allows(before as View, after as View)) expect.fail(`${source} to ${target}`);
        answers.add(answer);
      });
    expect(answers.size).toBe(2);
  });
});

test('what is wrong with a predicate is told in its own words', () => {
  const wrong = invariant('wrong', () => {
    throw new TypeError('no such thing');
  });
  const system = variant(twoPhaseCommit, 'wrong', { properties: [wrong] });
  expect(() => check(system, given)).toThrow('no such thing');
});
