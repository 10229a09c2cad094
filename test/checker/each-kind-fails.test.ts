/** Each kind of property has a system on which it fails, with the shortest way to see it. */
import { describe, expect, test } from 'vitest';
import {
  type AnySystem,
  alwaysPossible,
  check,
  defineTransitionSystem,
  eventually,
  infinitelyOften,
  invariant,
  leadsTo,
  type Property,
  type RunFile,
  reachable,
  type StatePath,
  type Successor,
  transition,
} from '../../src/index.ts';
import { builtInSystem } from '../../src/protocols/index.ts';

type Light = 'red' | 'green' | 'off';
const is = (light: Light) => (state: Light) => state === light;

/** A traffic light that changes for ever, unless it fails while it is green. */
const light = (property: Property<Light>) =>
  defineTransitionSystem({
    name: 'light',
    initial: (): readonly Light[] => ['red'],
    *next(state: Light): Generator<Successor<Light>> {
      if (state === 'red') yield { label: 'change', state: 'green' };
      if (state !== 'green') return;
      yield { label: 'change', state: 'red' };
      yield { label: 'fail', state: 'off' };
    },
    properties: [property],
  });

describe('a light that may fail violates', () => {
  test.each<readonly [string, Property<Light>, readonly string[], number | undefined]>([
    ['invariant', invariant('lit', (state) => state !== 'off'), ['change', 'fail'], undefined],
    [
      'transition',
      transition('off from red', (before, after) => after !== 'off' || before === 'red'),
      ['change', 'fail'],
      undefined,
    ],
    ['alwaysPossible', alwaysPossible('red again', is('red')), ['change', 'fail'], undefined],
    ['eventually', eventually('dark at last', is('off')), ['change', 'change'], 0],
    ['leadsTo', leadsTo('stops', is('green'), is('red')), ['change', 'fail'], 2],
    ['infinitelyOften', infinitelyOften('green', is('green')), ['change', 'fail'], 2],
  ])('%s', (kind, property, labels, loopsFrom) => {
    const { verdict, properties } = check(light(property));
    expect(verdict).toBe('violated');
    const [judged] = properties;
    const path = judged?.counterexample as StatePath;
    expect([judged?.kind, path.steps.map(({ label }) => label), path.loopsFrom]).toEqual([
      kind,
      labels,
      loopsFrom,
    ]);
  });

  test('reachable, for which there is nothing to show', () => {
    const { verdict, properties } = check(light(reachable('never', () => false)));
    expect(verdict).toBe('violated');
    expect(properties[0]?.counterexample).toBeUndefined();
  });
});

test('a register on two servers that do not know each other violates linearizable', () => {
  const { verdict, properties } = check(builtInSystem('calibration/single-copy') as AnySystem, {
    parameters: { servers: 2 },
  });
  expect(verdict).toBe('violated');
  const broken = properties.find(({ kind }) => kind === 'linearizable');
  const file = broken?.counterexample as RunFile | undefined;
  expect(file?.decisions.length).toBe(4);
});
