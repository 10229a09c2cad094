/**
 * The laws of compositions: two that must be observed to be equal, in results, times, calls and what is taken
 * back, alone and in a context. Keys are left out: they say where a call stands.
 */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import {
  attempt,
  type Caught,
  type Composition,
  type CompositionError,
  choice,
  compute,
  fail,
  forEach,
  loop,
  parallel,
  race,
  sequence,
  task,
} from '../../../src/patterns/index.ts';
import { behaviour, behaviours, compositions, hash } from './random.ts';
import type { Behaviour } from './reference.ts';
import { simulate } from './simulated.ts';

/** What is seen of a composition from outside. */
function observed(plan: Composition, data: unknown, services: Behaviour) {
  const { calls, cancelled, ...end } = simulate(plan, data, services);
  const named = (key: string) => {
    const call = calls.find((one) => one.key === key);
    return JSON.stringify([call?.service, call?.input, call?.atMs]);
  };
  expect(new Set(calls.map(({ key }) => key)).size).toBe(calls.length);
  return {
    ...end,
    calls: calls.map(({ service, input, atMs }) => ({ service, input, atMs })),
    cancelled: cancelled.map(named).sort(),
  };
}

const odd = (data: unknown) => hash(JSON.stringify(data)) % 2 === 1;

/** Ways to stand in a larger composition. */
const contexts: readonly ((hole: Composition) => Composition)[] = [
  (hole) => hole,
  (hole) => sequence(task('a'), hole, task('b')),
  (hole) =>
    race(
      hole,
      task('b'),
      compute(() => 1),
    ),
  (hole) => race(task('c'), hole),
  (hole) => parallel(task('a'), hole, fail('e2')),
  (hole) => parallel(hole, sequence(task('b'), fail('e1'))),
  (hole) =>
    attempt(hole)
      .catch('e1', task('c'))
      .catch(compute(({ error }: Caught) => error)),
  (hole) => loop((_, rounds) => rounds < 2, hole, { atMost: 2 }),
  (hole) => choice([odd, hole], task('a')),
];

export type Law = (a: Composition, b: Composition, c: Composition) => readonly Composition[];

const yes = () => true;
const no = () => false;
const same = sequence();

export const laws: Readonly<Record<string, Law>> = {
  'sequence is associative': (a, b, c) => [
    sequence(a, b, c),
    sequence(a, sequence(b, c)),
    sequence(sequence(a, b), c),
  ],
  'a sequence of one is its step': (a) => [a, sequence(a)],
  'the empty sequence is neutral': (a) => [a, sequence(same, a), sequence(a, same)],
  'what comes after a failure does not happen': (a) => [fail('e1'), sequence(fail('e1'), a)],
  'two computations are one': () => [
    sequence(
      compute((x) => [x]),
      compute((x) => [x, 1]),
    ),
    compute((x) => [[x], 1]),
  ],
  'a parallel of one is its branch, in a list': (a) => [
    parallel(a),
    sequence(
      a,
      compute((x) => [x]),
    ),
  ],
  'a parallel of none gives the empty list': () => [parallel(), compute(() => [])],
  'a race of one is its branch, with its error in a list': (a) => [
    race(a),
    attempt(a).catch(fail(({ error }: Caught): CompositionError => [error])),
  ],
  'a choice with a constant guard is what it chooses': (a, b) => [
    a,
    choice([yes, a], b),
    choice([no, b], a),
    choice([no, b], [yes, a]),
  ],
  'rules of a choice nest': (a, b, c) => [
    choice([odd, a], [yes, b], c),
    choice([odd, a], choice([yes, b], c)),
  ],
  'a choice of nothing is a failure': () => [choice(), fail('no-choice')],
  'a loop that is never entered does nothing': (a) => [same, loop(no, a, { atMost: 3 })],
  'a loop of so many rounds is a sequence': (a) => [
    sequence(a, a),
    loop((_, rounds) => rounds < 2, a, { atMost: 2 }),
    loop((_, rounds) => rounds < 2, a, { atMost: 9 }),
  ],
  'a loop past its bound fails': (a) => [
    sequence(a, fail('too-many-rounds')),
    loop(yes, a, { atMost: 1 }),
  ],
  'an attempt that catches nothing is its body': (a) => [
    a,
    attempt(a),
    attempt(a).catch(fail(({ error }: Caught) => error)),
    attempt(a).catch('an error of nobody', task('c')),
  ],
  'an attempt whose body does not fail is its body': (a) => [
    compute((x) => [x]),
    attempt(compute((x) => [x])).catch(a),
  ],
  'a failure that is caught is its handler': (a) => [
    sequence(
      compute((input) => ({ error: 'e1', input })),
      a,
    ),
    attempt(fail('e1')).catch('e1', a).catch(task('c')),
  ],
  'no items give the empty list': (a) => [compute(() => []), forEach(() => [], a)],
  'as many at once as there are items is all at once': (a) => [
    forEach(() => [1, 2], a),
    forEach(() => [1, 2], a, { concurrency: 2 }),
    forEach(() => [1, 2], a, { concurrency: 5 }),
  ],
};

/** The first example on which the sides differ, or nothing. */
export function counterexample(law: Law, runs: number) {
  return fc.check(
    fc.property(
      ...[compositions, compositions, compositions],
      fc.constantFrom(...contexts),
      behaviours,
      fc.nat(3),
      (a, b, c, context, { seed, failPercent }, data) => {
        const services = behaviour(seed, failPercent);
        const [first, ...others] = law(a, b, c).map((one) =>
          observed(context(one), data, services),
        );
        for (const other of others) expect(other).toEqual(first);
      },
    ),
    { seed: 11, numRuns: runs },
  );
}

/** Laws that do not hold, as a control. */
export const falseLaws: readonly (readonly [string, Law])[] = [
  ['sequence is not commutative', (a, b) => [sequence(a, b), sequence(b, a)]],
  ['parallel is not commutative', (a, b) => [parallel(a, b), parallel(b, a)]],
  ['a race is not its first branch', (a, b) => [a, race(a, b)]],
  [
    'a forEach of one at a time takes longer',
    (a) => [forEach(() => [1, 2], a), forEach(() => [1, 2], a, { concurrency: 1 })],
  ],
];
