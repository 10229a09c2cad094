/**
 * What a machine may not do is refused by a sentence that names machine, state and way out: when the
 * system is instantiated, or in the step where it first shows.
 */
import { expect, test } from 'vitest';
import {
  type AnyStateMachine,
  assign,
  createMachine,
  enqueueActions,
  fromPromise,
  log,
  raise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { check } from '../../src/checker/index.ts';
import {
  apply,
  defineProcess,
  defineSystem,
  initialState,
  instantiate,
  isUserMistake,
  type Process,
} from '../../src/model/index.ts';

/** Instantiates a system of this one process, starts it, and sends it GO. */
function go(process: Process): void {
  const system = defineSystem({
    name: 'refused',
    nodes: () => ({ p: { ...process, choices: [{ event: { type: 'GO' } }] } as Process }),
  });
  const instance = instantiate(system);
  const { state } = initialState(instance);
  apply(instance, state, { type: 'choose', process: 'p', event: { type: 'GO' } });
}

function sentenceOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    expect(isUserMistake(error), String(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

/** A machine that does the action on GO, in a state called `ready`. */
function acting(action: unknown, more: object = {}): AnyStateMachine {
  return createMachine({
    id: 'naughty',
    context: { n: 0 },
    initial: 'ready',
    states: { ready: { on: { GO: { actions: action } } } },
    ...more,
  } as never) as AnyStateMachine;
}

const child = createMachine({ id: 'child' });

const atDefinition: Readonly<Record<string, readonly [AnyStateMachine, RegExp]>> = {
  'a plain function as an action': [acting(() => {}), /a plain function is used.*assign.*emit/],
  'a named plain function': [
    setup({ actions: { shout: () => {} } }).createMachine({
      id: 'naughty',
      initial: 'ready',
      states: { ready: { entry: 'shout' } },
    }),
    /the plain function "shout" is used.*emit/,
  ],
  'a plain function in an initial transition': [
    createMachine({
      id: 'naughty',
      initial: 'ready',
      states: {
        ready: { initial: { target: 'inner', actions: () => {} }, states: { inner: {} } },
      },
    } as never),
    /a plain function is used/,
  ],
  invoke: [
    createMachine({
      id: 'naughty',
      initial: 'ready',
      states: { ready: { invoke: { src: fromPromise(async () => 1) } } },
    }),
    /invoke starts an actor.*family/,
  ],
  sendTo: [acting(sendTo('other', { type: 'X' })), /sendTo.*emit\(send/],
  spawnChild: [acting(spawnChild(child)), /spawnChild.*family/],
  stopChild: [acting(stopChild('x')), /stopChild.*emit\(stop/],
  log: [acting(log('hello')), /log.*emit\(mark/],
  'an action that does not exist': [
    createMachine(
      {
        id: 'naughty',
        initial: 'ready',
        states: { ready: { on: { GO: { actions: 'fourgive' } } } },
      },
      { actions: { forgive: assign({}) } },
    ),
    /no action is called "fourgive"; did you mean "forgive"\?/,
  ],
  'a guard that does not exist': [
    createMachine(
      {
        id: 'naughty',
        initial: 'ready',
        states: { ready: { on: { GO: { guard: 'aible', target: 'ready' } } } },
      },
      { guards: { able: () => true } },
    ),
    /no guard is called "aible"; did you mean "able"\?/,
  ],
  'an after without a duration': [
    createMachine({
      id: 'naughty',
      initial: 'ready',
      states: { ready: { after: { patience: 'ready' } } },
    }),
    /the delay "patience" has no duration; give it in setup/,
  ],
  'a raise whose delay has no duration': [
    acting(raise({ type: 'X' }, { delay: 'patience' as never })),
    /the delay "patience" has no duration; give it in setup/,
  ],
  'a raise that computes its delay in place': [
    acting(raise({ type: 'X' }, { delay: () => undefined as never })),
    /raise computes its delay in place; give the delay a name/,
  ],
};

for (const [what, [machine, way]] of Object.entries(atDefinition))
  test(`${what} is refused when the system is instantiated`, () => {
    const sentence = sentenceOf(() => go(defineProcess({ machine })));
    expect(sentence).toMatch(way);
    expect(sentence).toMatch(/^machine "naughty", state "ready": /);
  });

const computed = (context: () => unknown): AnyStateMachine =>
  acting(assign({ n: () => context() as number }));
const guarded = (guard: () => unknown): AnyStateMachine =>
  acting([], {
    states: { ready: { on: { GO: { guard: () => guard() === 1, target: 'ready' } } } },
  });
const delayed = (ms: unknown): Process =>
  defineProcess({
    machine: setup({ delays: { patience: () => ms as number } }).createMachine({
      id: 'naughty',
      initial: 'ready',
      states: { ready: { on: { GO: 'waiting' } }, waiting: { after: { patience: 'ready' } } },
    }),
  });
const spawning = (): AnyStateMachine =>
  acting(assign({ n: ({ spawn }) => spawn(child as never) as never }));

const inAStep: Readonly<Record<string, readonly [Process, RegExp]>> = {
  'spawn in assign': [defineProcess({ machine: spawning() }), /spawned an actor; declare a family/],
  'self.send in assign': [
    defineProcess({
      machine: acting(
        assign(({ self }) => {
          self.send({ type: 'X' });
          return {};
        }),
      ),
    }),
    /used `self`; emit\(send/,
  ],
  'a plain function that is enqueued': [
    defineProcess({ machine: acting(enqueueActions(({ enqueue }) => enqueue(() => {}))) }),
    /plain function.*use assign\(...\) or emit/,
  ],
  'an unknown action that is enqueued': [
    defineProcess({
      machine: acting(enqueueActions(({ enqueue }) => enqueue('nobody' as never))),
    }),
    /"nobody"/,
  ],
  'sendTo that is enqueued': [
    defineProcess({
      machine: acting(
        enqueueActions(({ enqueue }) => enqueue.sendTo(({ self }) => self, { type: 'X' })),
      ),
    }),
    /sendTo.*emit/,
  ],
  'a delay that is NaN': [delayed(Number.NaN), /"patience".*NaN.*zero or more/],
  'a delay below zero': [delayed(-1), /"patience".*-1.*zero or more/],
  'a delay that is undefined': [delayed(undefined), /"patience".*undefined.*zero or more/],
  'a raise with a delay below zero': [
    defineProcess({ machine: acting(raise({ type: 'X' }, { delay: -1 })) }),
    /the delay of X.*-1.*zero or more/,
  ],
  'Date.now() in an assign': [
    defineProcess({ machine: computed(() => Date.now()) }),
    /clock.*event\.now/,
  ],
  'new Date() in a guard': [
    defineProcess({ machine: guarded(() => new Date()) }),
    /clock.*event\.now/,
  ],
  'Date() in an assign': [defineProcess({ machine: computed(() => Date()) }), /clock/],
  'Math.random() in a guard': [
    defineProcess({ machine: guarded(() => Math.random()) }),
    /Math\.random\(\); declare the alternatives as choices/,
  ],
  'Math.random() in an assign': [
    defineProcess({ machine: computed(() => Math.random()) }),
    /Math\.random\(\); declare the alternatives as choices/,
  ],
  'a guard that throws': [
    defineProcess({
      machine: guarded(() => {
        throw new Error('out of cheese');
      }),
    }),
    /out of cheese/,
  ],
  'an endless chain of always transitions': [
    defineProcess({
      machine: createMachine({
        id: 'naughty',
        initial: 'ready',
        states: { ready: { on: { GO: 'a' } }, a: { always: 'b' }, b: { always: 'a' } },
      }),
    }),
    /Infinite loop/,
  ],
};

for (const [what, [process, way]] of Object.entries(inAStep))
  test(`${what} is refused in the step, by machine, state and event`, () => {
    const sentence = sentenceOf(() => go(process));
    expect(sentence).toMatch(way);
    expect(sentence).toMatch(/^p \(machine "naughty"\) in "ready" could not handle GO: /);
  });

test('a machine that reads the clock while it starts is refused, not dead from the start', () => {
  const machine = createMachine({ id: 'naughty', context: () => ({ at: Date.now() }) });
  expect(sentenceOf(() => go(defineProcess({ machine })))).toMatch(
    /^p \(machine "naughty"\) starting could not handle its start: .*clock/,
  );
});

test('Date and Math.random are given back after a step, and after one that throws', () => {
  const { Date: date } = globalThis;
  const { random } = Math;
  go(defineProcess({ machine: acting(assign({ n: 1 })) }));
  expect(globalThis.Date).toBe(date);
  expect(Math.random).toBe(random);
  for (const [process] of Object.values(inAStep)) {
    sentenceOf(() => go(process));
    expect(globalThis.Date).toBe(date);
    expect(Math.random).toBe(random);
  }
  expect(Date.now()).toBeGreaterThan(0);
});

test('the parts of Date that read no clock stay usable in a step', () => {
  go(defineProcess({ machine: computed(() => Date.UTC(2026, 0)) }));
  expect(() => go(defineProcess({ machine: computed(() => Date.parse('x')) }))).not.toThrow();
});

test('a Map in a context is refused by the checker, which would merge two different ones', () => {
  const machine = createMachine({
    id: 'naughty',
    context: { seen: new Map() },
    initial: 'ready',
    states: { ready: {} },
  });
  const system = defineSystem({
    name: 'mapped',
    nodes: () => ({ p: defineProcess({ machine }) }),
  });
  expect(sentenceOf(() => check(system))).toMatch(
    /^p in "ready": context\.seen is a Map, which is not plain data; use an array or a plain object/,
  );
});

test('a delay given to a process under a name that the machine does not use is a typo', () => {
  const machine = createMachine({
    id: 'naughty',
    initial: 'ready',
    states: { ready: { on: { GO: 'ready' }, after: { patience: 'ready' } } },
  });
  const delays = { patience: { kind: 'constant', ms: 1 }, patiense: { kind: 'constant', ms: 1 } };
  // Not even after the same machine was found to be in order under the right name.
  go(defineProcess({ machine, delays: { patience: { kind: 'constant', ms: 1 } } } as never));
  expect(sentenceOf(() => go(defineProcess({ machine, delays } as never)))).toMatch(
    /no delay called "patiense" \(in delays\); did you mean "patience"\?/,
  );
});

test('a delay used by a raise alone may be given to the process', () => {
  const machine = acting(raise({ type: 'X' }, { delay: 'later' as never }));
  const delays = { later: { kind: 'constant', ms: 3 } } as const;
  expect(() => go(defineProcess({ machine, delays }))).not.toThrow();
});
