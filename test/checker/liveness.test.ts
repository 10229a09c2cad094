/** Eventually, leads-to and infinitely-often under fairness, against systems whose answer is known. */

import { describe, expect, it } from 'vitest';
import { createMachine, emit } from 'xstate';
import {
  check,
  defineProcess,
  defineSystem,
  defineTransitionSystem,
  eventually,
  infinitelyOften,
  leadsTo,
  type Property,
  type RunFile,
  replay,
  type StatePath,
  send,
  type View,
} from '../../src/index.ts';

/** A sender that resends until it is acknowledged, over a network that may lose. */
function resending(
  network: { readonly loss: boolean; readonly duplication?: boolean },
  resends: boolean,
  properties: readonly Property<View>[],
) {
  const sender = createMachine({
    id: 'sender',
    initial: 'waiting',
    states: {
      waiting: {
        entry: emit(send('receiver', { type: 'DATA' })),
        on: { ACK: 'done' },
        ...(resends ? { after: { 100: { target: 'waiting', reenter: true } } } : {}),
      },
      done: {},
    },
  });
  const receiver = createMachine({
    id: 'receiver',
    initial: 'empty',
    on: { DATA: { target: '.full', actions: emit(send('sender', { type: 'ACK' })) } },
    states: { empty: {}, full: {} },
  });
  return defineSystem({
    name: 'resending',
    nodes: () => ({
      sender: defineProcess({ machine: sender }),
      receiver: defineProcess({ machine: receiver }),
    }),
    network,
    properties,
  });
}

const done = eventually<View>('done', ({ all }) => all.some((process) => process.in('done')));
const verdictOf = (system: Parameters<typeof check>[0], options = {}) =>
  check(system, options).properties[0];

describe('eventually', () => {
  it('holds without loss, by weak fairness of each delivery', () => {
    expect(verdictOf(resending({ loss: false }, false, [done]))?.verdict).toBe('holds');
  });

  it('fails with loss and no resend: the message is lost and the execution stops', () => {
    const system = resending({ loss: true }, false, [done]);
    const found = verdictOf(system);
    expect(found?.verdict).toBe('violated');
    const file = found?.counterexample as RunFile;
    expect(file.decisions.map(({ decision }) => decision.type)).toEqual(['drop']);
    expect(file.header.loopsFrom).toBe(1);
    expect(replay(system, file).same).toBe(true);
  });

  it('holds with loss and resends, by strong fairness of lossy deliveries', () => {
    expect(verdictOf(resending({ loss: true }, true, [done]))?.verdict).toBe('holds');
  });

  it('is not owed anything by crashes or restarts', () => {
    const system = resending({ loss: false }, true, [done]);
    expect(verdictOf(system, { scope: { crashes: 1, restarts: 0 } })?.verdict).toBe('violated');
  });

  it('prints the fairness it rests on', () => {
    expect(check(resending({ loss: true }, true, [done])).fairness).toMatch(
      /strong for each delivery/,
    );
  });

  it('sees violations on cycles: the token that goes round and never stops', () => {
    const ring = defineTransitionSystem({
      name: 'ring',
      initial: () => [0],
      next: (n: number) => [
        { label: 'round', state: (n + 1) % 3 },
        ...(n === 2 ? [{ label: 'stop', state: 9 }] : []),
      ],
      properties: [eventually('stopped', (n: number) => n === 9)],
    });
    const found = verdictOf(ring);
    expect(found?.verdict).toBe('violated');
    const path = found?.counterexample as StatePath;
    expect(path.loopsFrom).toBe(0);
    expect(path.steps.map(({ state }) => state)).toEqual([1, 2, 0]);
  });

  it('sees violations where paths join: a state reached with and without the goal', () => {
    const diamond = defineTransitionSystem({
      name: 'diamond',
      initial: () => [0],
      next: (n: number) =>
        n === 0
          ? [1, 2].map((state) => ({ label: `to ${state}`, state }))
          : n < 3
            ? [{ label: 'join', state: 3 }]
            : [],
      properties: [eventually('saw 1', (n: number) => n === 1)],
    });
    const path = verdictOf(diamond)?.counterexample as StatePath;
    expect(path.steps.map(({ state }) => state)).toEqual([2, 3]);
  });

  it('takes weak and strong fairness of labels as declared', () => {
    // From 0 the step `go` is possible only at every other turn.
    const flicker = (fairness: 'weak' | 'strong' | undefined) =>
      defineTransitionSystem({
        name: 'flicker',
        initial: () => [0],
        next: (n: number) =>
          n === 0
            ? [
                { label: 'tick', state: 1 },
                { label: 'go', state: 2 },
              ]
            : n === 1
              ? [{ label: 'tick', state: 0 }]
              : [],
        fairness: (label) => (label === 'tick' ? 'weak' : fairness),
        properties: [eventually('gone', (n: number) => n === 2)],
      });
    expect(verdictOf(flicker(undefined))?.verdict).toBe('violated');
    expect(verdictOf(flicker('weak'))?.verdict).toBe('violated');
    expect(verdictOf(flicker('strong'))?.verdict).toBe('holds');
  });
});

describe('leads-to and infinitely-often', () => {
  const machine = (answers: boolean) =>
    defineTransitionSystem({
      name: 'server',
      initial: () => ['idle'],
      next: (state: string) =>
        state === 'idle'
          ? [{ label: 'request', state: 'asked' }]
          : state === 'asked'
            ? [
                ...(answers ? [{ label: 'answer', state: 'idle' }] : []),
                { label: 'retry', state: 'asked' },
              ]
            : [],
      fairness: (label) => (label === 'answer' ? 'weak' : undefined),
      properties: [
        leadsTo(
          'answered',
          (state: string) => state === 'asked',
          (state) => state === 'idle',
        ),
        infinitelyOften('idle again and again', (state: string) => state === 'idle'),
      ],
    });

  it('hold when the answer is owed', () => {
    expect(check(machine(true)).properties.map(({ verdict }) => verdict)).toEqual([
      'holds',
      'holds',
    ]);
  });

  it('fail with a lasso when nobody answers', () => {
    const [answered, often] = check(machine(false)).properties;
    expect([answered?.verdict, often?.verdict]).toEqual(['violated', 'violated']);
    expect(answered?.counterexample).toMatchObject({ loopsFrom: 1 });
  });

  it('a leads-to whose premise never occurs is not exercised', () => {
    const never = defineTransitionSystem({
      name: 'never',
      initial: () => [0],
      next: () => [],
      properties: [
        leadsTo(
          'vacuous',
          (n: number) => n === 1,
          (n) => n === 2,
        ),
      ],
    });
    expect(check(never).properties[0]).toMatchObject({ verdict: 'holds', exercised: false });
  });

  it('a spent budget answers unknown, not holds', () => {
    const counter = defineTransitionSystem({
      name: 'counter',
      initial: () => [0],
      next: (n: number) => [{ label: 'up', state: n + 1 }],
      properties: [eventually('large', (n: number) => n === 1000)],
    });
    expect(check(counter, { maxStates: 100 }).verdict).toBe('unknown');
  });
});
