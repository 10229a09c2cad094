// What definitions refuse at once, so that a slip of the pen does not pass for a verdict.
import {
  check,
  defineProcess,
  defineSystem,
  defineTransitionSystem,
  instantiate,
  invariant,
  type Variation,
  variant,
} from 'counterpoint';
import { expect, test } from 'vitest';
import { setup } from 'xstate';

const machine = setup({
  guards: { mayOpen: () => false },
  delays: { patience: 10 },
}).createMachine({
  id: 'door',
  initial: 'shut',
  states: {
    shut: { after: { patience: { guard: 'mayOpen', target: 'open' } } },
    open: {},
  },
});

const door = defineSystem({
  name: 'door',
  nodes: () => ({ door: defineProcess({ machine }) }),
  properties: ({ invariant }) => [invariant('shut', ({ processes }) => !processes.door.in('open'))],
});

const mistakeIn = (variation: Variation) => () => instantiate(variant(door, 'other', variation));

test('a variant replaces a rule by its name', () => {
  const open = variant(door, 'open', { provide: { door: { guards: { mayOpen: () => true } } } });
  expect([check(door).verdict, check(open).verdict]).toEqual(['holds', 'violated']);
});

test('a variant that misspells a rule would change nothing, and is refused', () => {
  expect(mistakeIn({ provide: { door: { guards: { mayOpne: () => true } } } })).toThrow(
    'a variant changes "mayOpne", which is none of the guards of machine "door"; did you mean "mayOpen"?',
  );
  expect(mistakeIn({ provide: { door: { delays: { patence: 1 } } } })).toThrow(
    'none of the delays of machine "door"; did you mean "patience"?',
  );
});

test('a variant that patches the machine may bring rules of its own', () => {
  const patched = variant(door, 'patched', {
    patch: {
      door: (config) => ({
        ...config,
        states: { ...config.states, shut: { always: { guard: 'isNew', target: 'open' } } },
      }),
    },
    provide: { door: { guards: { isNew: () => true } } },
  });
  expect(check(patched).verdict).toBe('violated');
});

test('a name is given to one property, in a list and in a function', () => {
  const sentence = 'has two properties called "same"; verdicts are told apart by name';
  const nodes = () => ({ door: defineProcess({ machine }) });
  const same = () => invariant('same', () => true);
  expect(() => defineSystem({ name: 'x', nodes, properties: [same(), same()] })).toThrow(sentence);
  expect(() =>
    defineTransitionSystem({
      name: 'x',
      initial: () => [0],
      next: () => [],
      properties: ({ invariant }) => [invariant('same', () => true), invariant('same', () => true)],
    }),
  ).toThrow(sentence);
  expect(() => variant(door, 'twice', { properties: [same(), same()] })).toThrow(sentence);
});

test('a transition system makes no decisions, so a way out cannot be without some', () => {
  expect(() =>
    defineTransitionSystem({
      name: 'counter',
      initial: () => [0],
      next: () => [],
      properties: ({ alwaysPossible }) => [
        alwaysPossible('zero', (n) => n === 0, { without: () => true }),
      ],
    }),
  ).toThrow('is a transition system, which makes no decisions; property "zero"');
});
