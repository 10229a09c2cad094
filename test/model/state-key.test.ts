/** Keys of states: equal exactly when the future is the same, history states and timers included. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMachine, emit, raise } from 'xstate';
import {
  apply,
  type Decision,
  defineProcess,
  defineSystem,
  type Instance,
  initialState,
  instantiate,
  type NetworkOptions,
  type State,
  send,
  stateDigest,
  stateKey,
} from '../../src/model/index.ts';
import { createStepper } from '../../src/model/local-step.ts';
import type { NodeState } from '../../src/model/node.ts';
import { nodeKey } from '../../src/model/state-key.ts';
import { emptyDisk } from '../../src/model/storage.ts';
import { eventTypes, machineOf, machineSpec } from '../contract/random-machines.ts';
import { answering } from './one-step.ts';

const events = ['LEFT', 'RIGHT', 'OUT', 'BACK', 'WAIT'].map((type) => ({ event: { type } }));

function stateAfter(
  machine: unknown,
  ...types: readonly string[]
): { key: string; digest: string } {
  const system = defineSystem({
    name: 'keys',
    nodes: () => ({ p: defineProcess({ machine: machine as never, choices: events as never }) }),
  });
  const instance = instantiate(system);
  let { state } = initialState(instance);
  for (const type of types)
    ({ state } = apply(instance, state, { type: 'choose', process: 'p', event: { type } }));
  return { key: stateKey(instance, state), digest: stateDigest(instance, state) };
}

const remembering = createMachine({
  id: 'remembering',
  initial: 'in',
  states: {
    in: {
      initial: 'left',
      on: { OUT: 'out' },
      states: {
        left: { on: { RIGHT: 'right' } },
        right: { on: { LEFT: 'left' } },
        past: { type: 'history' },
      },
    },
    out: { on: { BACK: 'in.past', WAIT: 'in.left' } },
  },
});

describe('two states', () => {
  test('that differ only in what a history state remembers have different keys', () => {
    const [left, right] = [stateAfter(remembering, 'OUT'), stateAfter(remembering, 'RIGHT', 'OUT')];
    expect(left.key).not.toBe(right.key);
    expect(left.digest).not.toBe(right.digest);
  });

  test('that remember the same on different ways have the same key', () => {
    expect(stateAfter(remembering, 'RIGHT', 'LEFT', 'OUT').key).toBe(
      stateAfter(remembering, 'OUT').key,
    );
  });

  test('that remember the same states in another order have the same key', () => {
    const both = createMachine({
      id: 'both',
      initial: 'in',
      states: {
        in: {
          type: 'parallel',
          on: { OUT: 'out' },
          states: {
            a: { initial: 'x', states: { x: {} } },
            b: { initial: 'y', states: { y: {} } },
            past: { type: 'history', history: 'deep' },
          },
        },
        out: { on: { BACK: 'in.past' } },
      },
    });
    const stepper = createStepper(defineProcess({ machine: both }), 'p');
    const { state } = stepper.step(stepper.start(undefined).state, { type: 'OUT' });
    const [[id, remembered] = ['', []]] = Object.entries(state.snapshot.historyValue);
    const backwards = { [id]: [...(remembered as readonly unknown[])].reverse() };
    const snapshot = { ...state.snapshot, historyValue: backwards } as typeof state.snapshot;
    const keyWith = (one: typeof state): string =>
      nodeKey({
        up: true,
        running: [{ address: 'p', state: one }],
        operations: [],
        disk: emptyDisk,
      });
    expect(remembered).toHaveLength(2);
    expect(keyWith({ ...state, snapshot })).toBe(keyWith(state));
  });

  test('that differ only in an armed timer have different keys', () => {
    const timed = createMachine({
      id: 'timed',
      on: { WAIT: { actions: raise({ type: 'LEFT' }, { id: 'later', delay: 5 }) } },
    });
    expect(stateAfter(timed, 'WAIT').key).not.toBe(stateAfter(timed).key);
    expect(stateAfter(timed, 'WAIT').key).toContain('[later 5 ms');
    expect(stateAfter(timed, 'WAIT', 'WAIT').key).toBe(stateAfter(timed, 'WAIT').key);
  });
});

test('keys of random machines are equal exactly when everything that counts is', () => {
  let [equal, different] = [0, 0];
  fc.assert(
    fc.property(machineSpec, fc.array(fc.nat(1000), { maxLength: 20 }), (spec, choices) => {
      const stepper = createStepper(defineProcess({ machine: machineOf(spec) }), 'p');
      const seen: { readonly key: string; readonly what: string }[] = [];
      try {
        let { state } = stepper.start(undefined);
        for (const choice of choices) {
          const node: NodeState = {
            up: true,
            running: [{ address: 'p', state }],
            operations: [],
            disk: emptyDisk,
          };
          const { value, context, status, output, historyValue } = state.snapshot;
          const history = Object.entries(historyValue)
            .map(([id, nodes]) => [
              id,
              ...(nodes as readonly { readonly id: string }[]).map((one) => one.id).sort(),
            ])
            .sort();
          const what = [value, context, status, output ?? null, history, state.timers];
          seen.push({ key: nodeKey(node), what: JSON.stringify(what) });
          const timer = choice % 3 === 0 ? state.timers[0] : undefined;
          const type = eventTypes[choice % eventTypes.length] ?? 'A';
          ({ state } =
            timer === undefined
              ? stepper.step(state, { type })
              : stepper.fire(state, timer, timer.event));
        }
      } catch {
        // A machine with an endless loop of its own ends the walk.
      }
      for (const [i, one] of seen.entries())
        for (const other of seen.slice(0, i)) {
          expect(one.key === other.key).toBe(one.what === other.what);
          if (one.key === other.key) equal++;
          else different++;
        }
    }),
    { seed: 61, numRuns: 150 },
  );
  expect(Math.min(equal, different)).toBeGreaterThan(250);
});

describe('messages in flight', () => {
  const sending = (type: string) => ({ type: 'choose', process: 'a', event: { type } }) as Decision;
  const system = (network: NetworkOptions) =>
    defineSystem({
      name: 'flight',
      nodes: () => ({
        a: defineProcess({
          machine: answering('a', {
            LEFT: [emit(send('b', { type: 'L' }))],
            RIGHT: [emit(send('b', { type: 'R' }))],
          }) as never,
          choices: events as never,
        }),
        b: defineProcess({ machine: answering('b', {}) }),
      }),
      network,
    });
  const keyAfter = (network: NetworkOptions, ...types: readonly string[]): string => {
    const instance: Instance = instantiate(system(network));
    let state: State = initialState(instance).state;
    for (const type of types) ({ state } = apply(instance, state, sending(type)));
    return stateKey(instance, state);
  };

  test('count in the order of sending on a queue, and only there', () => {
    for (const order of ['fifo', 'mailbox'] as const)
      expect(keyAfter({ order }, 'LEFT', 'RIGHT')).not.toBe(keyAfter({ order }, 'RIGHT', 'LEFT'));
    for (const order of ['unordered', 'set', 'duplicating'] as const)
      expect(keyAfter({ order }, 'LEFT', 'RIGHT')).toBe(keyAfter({ order }, 'RIGHT', 'LEFT'));
  });

  test('count as often as they are there, except in a set', () => {
    const twice = (order: NetworkOptions['order'] & string): boolean =>
      keyAfter({ order }, 'LEFT', 'LEFT') !== keyAfter({ order }, 'LEFT');
    expect([twice('unordered'), twice('fifo'), twice('set')]).toEqual([true, true, false]);
  });
});
