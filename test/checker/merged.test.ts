/** The bound on equal messages in flight is part of the question, so a check says when it was reached. */
import { expect, test } from 'vitest';
import { assign, createMachine, emit } from 'xstate';
import {
  check,
  defineProcess,
  defineSystem,
  invariant,
  type NetworkOptions,
  send,
} from '../../src/index.ts';

function twoEqualMessages(network: NetworkOptions) {
  const counter = createMachine({
    id: 'counter',
    context: { hits: 0 },
    on: { HIT: { actions: assign({ hits: ({ context }) => Math.min(2, context.hits + 1) }) } },
  } as never);
  const sender = createMachine({
    id: 'sender',
    entry: [emit(send('counter', { type: 'HIT' })), emit(send('counter', { type: 'HIT' }))],
  });
  return defineSystem({
    name: 'two-equal',
    nodes: () => ({
      counter: defineProcess({ machine: counter }),
      sender: defineProcess({ machine: sender }),
    }),
    network,
    properties: [
      invariant('at most one arrives', ({ all: [counted] }) => {
        return counted?.up !== true || (counted.context as { hits: number }).hits < 2;
      }),
    ],
  });
}

test('a check that left out an equal message says so, and one with room for it does not', () => {
  const system = twoEqualMessages({ order: 'unordered' });
  expect(check(system)).toMatchObject({ verdict: 'holds', merged: true });
  expect(check(system, { scope: { copies: 2 } })).toMatchObject({
    verdict: 'violated',
    merged: false,
  });
});

test('where messages may be duplicated one copy stands for any number', () => {
  const system = twoEqualMessages({ order: 'unordered', duplication: true });
  expect(check(system)).toMatchObject({ verdict: 'violated', merged: false });
});

test('a set holds each message once by its meaning', () => {
  expect(check(twoEqualMessages({ order: 'set' }))).toMatchObject({ merged: false });
});
