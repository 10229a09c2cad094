/** Systems and variants: rules changed by name, what predicates see, and mistakes in the definition. */
import { describe, expect, test } from 'vitest';
import { assign, createMachine, emit } from 'xstate';
import {
  type AnySystem,
  apply,
  type Decision,
  defineNode,
  defineProcess,
  defineSystem,
  describeValue,
  initialState,
  instantiate,
  invariant,
  mark,
  type Process,
  send,
  type Variation,
  variant,
  viewOf,
  write,
} from '../../src/model/index.ts';
import { noFaults } from '../../src/model/state.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { answering } from './one-step.ts';

const machine = createMachine(
  {
    id: 'light',
    context: ({ input }: { input: { level: number } }) => ({ level: input.level }),
    initial: 'off',
    states: {
      off: { on: { PUSH: { guard: 'works', target: 'on', actions: 'say' } } },
      on: { after: { glow: 'off' } },
    },
  } as never,
  {
    guards: { works: () => true },
    actions: { say: emit(mark('on')) },
    delays: { glow: 10 },
  } as never,
);
const push = { type: 'PUSH' };
const system = defineSystem({
  name: 'lamp',
  parameters: { lamps: 1 },
  nodes: ({ lamps }) =>
    Object.fromEntries(
      Array.from({ length: lamps }, (_, i) => [
        `l${i + 1}`,
        defineProcess({
          machine: machine as never,
          input: { level: 1 } as never,
          choices: [{ event: push }] as never,
          recover: (() => ({ level: 2 })) as never,
        }),
      ]),
    ),
});

const choose: Decision = { type: 'choose', process: 'l1', event: push };
function stateAfter(changed: AnySystem, ...decisions: readonly Decision[]) {
  const instance = instantiate(changed);
  let { state } = initialState(instance);
  const marks: string[] = [];
  for (const decision of decisions) {
    const step = apply(instance, state, decision);
    ({ state } = step);
    for (const effect of step.effects) if (effect.type === 'mark') marks.push(effect.name);
  }
  return { view: viewOf(instance, state), marks, instance, state };
}
const vary = (variation: Variation): AnySystem => variant(system as never, 'changed', variation);

describe('a variant', () => {
  test('replaces a guard, an action and a delay by name', () => {
    const broken = vary({ provide: { light: { guards: { works: () => false } } } });
    expect(() => stateAfter(broken, choose)).toThrow('has no transition for it now');
    const quiet = vary({ provide: { light: { actions: { say: emit(mark('click')) as never } } } });
    expect(stateAfter(quiet, choose).marks).toEqual(['click']);
    const slow = vary({ provide: { light: { delays: { glow: 99 } } } });
    const { state } = stateAfter(slow, choose);
    expect(state.nodes[0]?.running[0]?.state.timers[0]?.distribution).toEqual({
      kind: 'constant',
      ms: 99,
    });
  });

  test('patches a config, and keeps the rules that the machine has', () => {
    const patched = vary({
      patch: {
        light: (config) =>
          ({
            ...config,
            states: { ...config.states, on: { on: { PUSH: { target: 'off', actions: 'say' } } } },
          }) as never,
      },
    });
    const { view, marks } = stateAfter(patched, choose, choose);
    expect(view.all[0]?.in('off')).toBe(true);
    expect(marks).toEqual(['on', 'on']);
  });

  test('replaces recovery, which may ask the original', () => {
    const crash: Decision = { type: 'crash', node: 'l1' };
    const restart: Decision = { type: 'restart', node: 'l1', tail: 0 };
    const level = (changed: AnySystem): unknown => {
      const [process] = stateAfter(changed, crash, restart).view.all;
      return process?.up === true ? process.context : undefined;
    };
    expect(level(system as never)).toEqual({ level: 2 });
    const amnesiac = vary({
      recover: {
        light: (records, original) => ({
          level: (original(records) as { level: number }).level * 10,
        }),
      },
    });
    expect(level(amnesiac)).toEqual({ level: 20 });
  });

  test('changes defaults of parameters, which a caller may still set', () => {
    const many = vary({ parameters: { lamps: 3 } });
    expect(instantiate(many).nodes).toHaveLength(3);
    expect(instantiate(many, { lamps: 2 }).nodes).toHaveLength(2);
    expect(instantiate(system).nodes).toHaveLength(1);
  });

  test('of a variant has the rules of both, the later ones last, and both names', () => {
    const first = vary({ provide: { light: { actions: { say: emit(mark('a')) as never } } } });
    const second = variant(first, 'again', {
      provide: { light: { actions: { say: emit(mark('b')) as never } } },
      parameters: { lamps: 2 },
    });
    expect(second.name).toBe('lamp/changed/again');
    expect(stateAfter(second, choose).marks).toEqual(['b']);
    expect(stateAfter(first, choose).marks).toEqual(['a']);
    expect(stateAfter(system as never, choose).marks).toEqual(['on']);
  });

  const wrong: readonly (readonly [Variation, RegExp])[] = [
    [
      { provide: { lihgt: {} } },
      /"lamp\/changed" changes the rules of machine "lihgt", which no process has; did you mean "light"\?/,
    ],
    [{ patch: { lamp: (config) => config } }, /machine "lamp", which no process has/],
    [{ recover: { lamp: () => undefined } }, /machine "lamp", which no process has/],
    [
      { provide: { light: { guards: { wokrs: () => true } } } },
      /a variant changes "wokrs", which is none of the guards of machine "light"; did you mean "works"\?/,
    ],
  ];
  test('that names a machine or a rule that nobody has is refused', () => {
    for (const [variation, sentence] of wrong)
      expect(() => instantiate(vary(variation))).toThrow(sentence);
  });
});

describe('a view', () => {
  const { view, state, instance } = stateAfter(
    twoPhaseCommit,
    { type: 'invoke', process: 'coordinator', operation: { type: 'BEGIN' } },
    { type: 'crash', node: 'p3' },
    { type: 'cut', links: [['coordinator', 'p1']] },
  );

  test('shows processes by address and in declared order, up or down', () => {
    expect(view.all.map(({ address }) => address)).toEqual(['coordinator', 'p1', 'p2', 'p3']);
    const processes = view.processes as Readonly<Record<string, (typeof view.all)[number]>>;
    expect(processes.coordinator?.in('collecting')).toBe(true);
    expect(processes.coordinator?.in('committing')).toBe(false);
    expect(processes.p3).toMatchObject({ up: false, address: 'p3', node: 'p3' });
    expect(processes.p3?.in('working')).toBe(false);
  });

  test('shows which nodes are up and connected, in which direction', () => {
    expect([view.isUp('p2'), view.isUp('p3')]).toEqual([true, false]);
    expect(view.isConnected('coordinator', 'p1')).toBe(false);
    expect(view.isConnected('p1', 'coordinator')).toBe(true);
    expect(view.isConnected('coordinator', 'p3')).toBe(false);
    expect(() => view.isUp('p7')).toThrow('no node "p7"');
  });

  test('shows messages, faults, parameters and what the observer made of the marks', () => {
    expect(view.inFlight.map(({ to, message }) => `${message.type} ${to}`)).toEqual([
      ...['PREPARE p1', 'PREPARE p2', 'PREPARE p3'],
    ]);
    expect(view.faults).toEqual({ ...noFaults, crashes: 1, partitions: 1 });
    expect(view.parameters).toMatchObject({ participants: 3 });
    expect(view.observed).toEqual({ decided: {}, votes: {} });
    expect(viewOf(instance, state)).not.toBe(view);
  });

  test('finds a nested state by its path, and puts values in words', () => {
    const nested = createMachine({
      id: 'nested',
      type: 'parallel',
      states: {
        role: { initial: 'leader', states: { leader: { initial: 'new', states: { new: {} } } } },
        link: { initial: 'up', states: { up: {} } },
      },
    });
    const defined = defineSystem({
      name: 'nested',
      nodes: () => ({ n: defineProcess({ machine: nested }) }),
    });
    const [process] = stateAfter(defined).view.all;
    for (const path of ['role', 'role.leader', 'role.leader.new', 'link.up'])
      expect(process?.in(path), path).toBe(true);
    for (const path of ['leader', 'role.leader.new.x', 'link.down'])
      expect(process?.in(path), path).toBe(false);
    expect(process?.up === true && describeValue(process.value)).toBe('role.leader.new | link.up');
  });
});

describe('a definition', () => {
  const node = defineProcess({ machine: answering('a', {}) });
  const define = (nodes: object, more: object = {}): unknown =>
    instantiate(
      defineSystem({ name: 'wrong', nodes: () => nodes as Record<string, Process>, ...more }),
    );
  const told: readonly (readonly [() => unknown, RegExp])[] = [
    [() => define({}), /"wrong" has no nodes with the parameters \{\}; it needs at least one/],
    [() => define({ 'a/b': node }), /node "a\/b" of "wrong": a node's name is made of/],
    [() => define({ a: machine }), /node "a" of "wrong" is neither a process nor a node/],
    [() => defineSystem({ name: '', nodes: () => ({ a: node }) }), /a system's name is ""/],
    [
      () =>
        define(
          { a: node },
          { properties: [invariant('x', () => true), invariant('x', () => false)] },
        ),
      /two properties called "x"/,
    ],
    [
      () => define({ a: { ...node, choices: [{ event: { type: 'GO' }, weight: -1 }] } }),
      /a: the choice GO has the weight -1; it must be a number, zero or more/,
    ],
    [
      () => define({ a: { ...node, choices: [{ event: 'GO' }] } }),
      /a: a choice has the event "GO"; an event is an object with a type/,
    ],
  ];
  test('that is wrong is told in one sentence', () => {
    for (const [action, sentence] of told) expect(action).toThrow(sentence);
  });

  test('may send to a process of the same node by its short name, which wins over a node’s', () => {
    const acting = answering('a', { PUSH: [emit(send('b', { type: 'X' }))] });
    const hearing = answering('b', { X: [emit(mark('heard')), emit(write('x', 'unforced'))] });
    const defined = defineSystem({
      name: 'names',
      nodes: () => ({
        l1: defineNode({
          processes: {
            a: defineProcess({ machine: acting, choices: [{ event: push }] as never }),
            b: defineProcess({ machine: hearing }),
          },
        }),
        b: defineProcess({ machine: hearing }),
      }),
    });
    const { view, marks } = stateAfter(defined, { type: 'choose', process: 'l1/a', event: push });
    expect(marks).toEqual(['heard']);
    expect([view.records('l1/b').tail, view.records('b').tail]).toEqual([['x'], []]);
  });

  test('gives its machines inputs, and the state of one process is not that of another', () => {
    const counter = answering('a', { PUSH: [assign({ n: 1 })] }, { n: 0 });
    const of = () => defineProcess({ machine: counter, choices: [{ event: push }] as never });
    const defined = defineSystem({ name: 'two', nodes: () => ({ l1: of(), l2: of() }) });
    const { view } = stateAfter(defined, choose);
    const contexts = view.all.map((process) => (process.up ? process.context : undefined));
    expect(contexts).toEqual([{ n: 1 }, { n: 0 }]);
  });
});
