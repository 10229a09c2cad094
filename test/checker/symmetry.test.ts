/** Symmetry: true orbits, and a refusal in words wherever something tells two nodes apart. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, emit, setup } from 'xstate';
import { Names } from '../../src/checker/renaming.ts';
import { symmetricSets } from '../../src/checker/symmetric-sets.ts';
import { SystemSpace } from '../../src/checker/system-space.ts';
import { register } from '../../src/histories/index.ts';
import {
  type AnySystem,
  alwaysPossible,
  type CheckedProperty,
  check,
  constant,
  type Decision,
  defineFamily,
  defineNode,
  defineProcess,
  defineSystem,
  defineTransitionSystem,
  eventually,
  fullScope,
  instantiate,
  invariant,
  linearizable,
  mark,
  type Received,
  type RunFile,
  reachable,
  replay,
  send,
  start,
  transition,
  type View,
  write,
} from '../../src/index.ts';
import { tcommit } from '../../src/protocols/calibration/index.ts';
import { threePhaseCommit, twoPhaseCommit } from '../../src/protocols/index.ts';
import { naiveCheck } from './naive.ts';
import { naiveOrbits, permutationsOf } from './naive-orbits.ts';

type Message = { readonly type: 'HELLO'; readonly about?: unknown };
type Input = Readonly<Record<string, unknown>>;

/** A worker that may greet the hub, once; the hub answers the sender, and notes him as told. */
const worker = setup({
  types: {
    context: {} as Input,
    input: {} as Input,
    events: {} as Received<Message> | { readonly type: 'GREET' } | { readonly type: 'ASK' },
  },
  actions: { greet: emit(send('hub', { type: 'HELLO' })), note: assign({}), write: assign({}) },
  delays: { patience: 10 },
}).createMachine({
  id: 'worker',
  context: ({ input }) => input,
  initial: 'idle',
  states: {
    idle: { on: { GREET: { target: 'greeted', actions: ['greet', 'note', 'write'] } } },
    greeted: { on: { HELLO: 'done', ASK: 'done' } },
    done: {},
  },
});

const climber = setup({}).createMachine({
  id: 'climber',
  initial: 'low',
  states: { low: { on: { CLIMB: 'middle' } }, middle: { on: { CLIMB: 'high' } }, high: {} },
});

interface HubContext {
  readonly order: readonly string[];
  readonly seen: unknown;
}

const hub = setup({
  types: {
    context: {} as HubContext,
    input: {} as HubContext,
    events: {} as Received<Message>,
  },
  actions: { hear: assign({}), answer: emit(({ event }) => send(event.from, { type: 'HELLO' })) },
}).createMachine({
  id: 'hub',
  context: ({ input }) => input,
  on: { HELLO: { actions: ['hear', 'answer'] } },
});

const names = ['w1', 'w2', 'w3'] as const;
interface Rules {
  readonly actions: object;
}
interface Changes {
  readonly worker?: Rules;
  readonly hub?: Rules;
  readonly seen?: unknown;
  readonly input?: (id: string, index: number) => Input;
  readonly process?: (id: string, index: number) => object;
  readonly system?: object;
}

function greetings({ worker: w, hub: h, seen = [], input, process, system }: Changes = {}) {
  return defineSystem({
    name: 'greetings',
    nodes: () => ({
      hub: defineProcess({
        machine: h ? hub.provide(h as never) : hub,
        input: { order: names, seen },
      }),
      ...Object.fromEntries(
        names.map((id, index) => [
          id,
          defineProcess({
            machine: w ? worker.provide(w as never) : worker,
            input: input?.(id, index) ?? {},
            choices: [{ event: { type: 'GREET' } }],
            ...process?.(id, index),
          }),
        ]),
      ),
    }),
    network: { order: 'unordered', loss: true },
    symmetry: () => [names],
    ...system,
  }) as AnySystem;
}

const orbits = (system: AnySystem, scope = {}) =>
  check(system, { symmetry: true, scope, reduce: false });
const stepsOf = (property: CheckedProperty | undefined): number | undefined =>
  (property?.counterexample as RunFile | undefined)?.decisions.length;
const from = (event: unknown): string => (event as { readonly from: string }).from;

describe('a canonical form', () => {
  it('is the same for a state and all that exchanges make of it', () => {
    const instance = instantiate(twoPhaseCommit, { participants: 3 });
    const sets = symmetricSets([['p1', 'p2', 'p3']], 'two-phase-commit', undefined);
    const scope = fullScope({ crashes: 1, partitions: 1 }, {}, instance.network);
    const space = new SystemSpace(instance, {
      ...{ scope, timing: 'asynchronous', reduce: false, store: 'exact' },
      order: 'breadth-first',
      names: new Names(sets, 'two-phase-commit', new Set()),
    });
    space.begin(() => {});
    for (let index = 0; index < 3000; index++) space.expand(index, () => {});
    const canonical = space.symmetry?.canonical;
    if (canonical === undefined) throw new Error('no symmetry');
    fc.assert(
      fc.property(fc.nat(space.size - 1), (index) => {
        const row = new Int32Array(canonical.reached.length);
        row.set(space.row(index));
        const versions = canonical.versions([row]);
        expect([1, 2, 3, 6]).toContain(versions.length);
        // What is kept is the canonical form already, and one of the versions.
        for (const [version] of versions) expect(canonical.of(version as Int32Array)).toEqual(row);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('tells who points at whom, where all look alike one by one', () => {
    const four = ['f1', 'f2', 'f3', 'f4'];
    const friend = setup({
      types: {
        context: {} as { readonly friend: string | null },
        events: {} as { readonly type: 'BEFRIEND'; readonly who: string },
      },
    }).createMachine({
      id: 'friend',
      context: { friend: null },
      initial: 'alone',
      states: {
        alone: {
          on: {
            BEFRIEND: { target: 'not', actions: assign({ friend: ({ event }) => event.who }) },
          },
        },
        not: {},
      },
    });
    const system = defineSystem({
      name: 'friends',
      nodes: () =>
        Object.fromEntries(
          four.map((id) => {
            const others = four.filter((other) => other !== id);
            const choices = others.map((who) => ({ event: { type: 'BEFRIEND' as const, who } }));
            return [id, defineProcess({ machine: friend, choices })];
          }),
        ),
      symmetry: () => [four],
    }) as AnySystem;
    // Each of four has nobody or one of the three others, as places 1 to 4 and 0: orbits by brute force.
    const all = Array.from({ length: 5 ** 4 }, (_, code) =>
      four.map((_, place) => Math.floor(code / 5 ** place) % 5),
    ).filter((friends) => friends.every((whom, place) => whom !== place + 1));
    const orbit = (friends: readonly number[]) =>
      permutationsOf([0, 1, 2, 3])
        .map((to) => {
          const image: number[] = [];
          for (const [place, whom] of friends.entries())
            image[to[place] as number] = whom === 0 ? 0 : (to[whom - 1] as number) + 1;
          return image.join();
        })
        .reduce((least, one) => (one < least ? one : least));
    expect(check(system).distinct).toBe(all.length);
    expect(orbits(system).distinct).toBe(new Set(all.map(orbit)).size);
  });

  it('counts no more orbits than states, and at most six states an orbit of three nodes', () => {
    for (const scope of [{}, { crashes: 1 }, { partitions: 1 }]) {
      const all = check(greetings(), { scope, reduce: false }).distinct;
      const { distinct } = orbits(greetings(), scope);
      expect(distinct).toBeLessThan(all);
      expect(all).toBeLessThanOrEqual(6 * distinct);
    }
  });
});

describe('names are exchanged', () => {
  /** Orbits of three workers, each greeting or not in each of three stages, are multisets. */
  const plain = orbits(greetings()).distinct;

  it('in lists that are sets, kept in the order of names', () => {
    const hear = assign(({ context, event }) => ({
      seen: names.filter(
        (name) => name === from(event) || (context.seen as readonly string[]).includes(name),
      ),
    }));
    const { distinct } = orbits(greetings({ hub: { actions: { hear } } }));
    expect(distinct).toBeGreaterThan(plain);
    expect(
      check(greetings({ hub: { actions: { hear } } }), { reduce: false }).distinct,
    ).toBeGreaterThan(2 * distinct);
  });

  it('in lists in the order of arrival, which are found to be sequences', () => {
    const hear = assign(({ context, event }) => ({
      seen: [...(context.seen as readonly string[]), from(event)],
    }));
    const system = greetings({ hub: { actions: { hear } } });
    const sequences = orbits(system).distinct;
    // All orders of arrival are one orbit: six states where everybody was heard, and nobody is left out.
    expect(check(system, { reduce: false }).distinct).toBeGreaterThan(3 * sequences);
    expect(sequences).toBeGreaterThan(plain);
  });

  it('in keys, in messages, in records and in what the observer makes of marks', () => {
    const hear = assign(({ context, event }) => ({
      seen: { ...(context.seen as object), [from(event)]: from(event) },
    }));
    const system = greetings({
      seen: {},
      worker: {
        actions: {
          greet: emit(({ context }) => send('hub', { type: 'HELLO', about: context.self })),
          note: emit(({ context }) => mark('greeted', { by: context.self })),
          write: emit(({ context }) => write({ by: context.self }, 'forced')),
        },
      },
      hub: { actions: { hear } },
      input: (self) => ({ self }),
      system: {
        observe: {
          initial: {},
          on: (observed: object, { data }: { data: { by: string } }) => ({
            ...observed,
            [data.by]: true,
          }),
        },
      },
    });
    const { distinct, verdict } = orbits(system, { crashes: 1 });
    const all = check(system, { scope: { crashes: 1 }, reduce: false, maxStates: 200_000 });
    expect([verdict, all.complete]).toEqual(['holds', true]);
    expect(all.distinct).toBeGreaterThan(3 * distinct);
    expect(all.distinct).toBeLessThanOrEqual(6 * distinct);
  });

  it('within each of several sets', () => {
    const nodes = () =>
      Object.fromEntries(
        ['a1', 'a2', 'b1', 'b2'].map((id) => [
          id,
          defineProcess({ machine: climber, choices: [{ event: { type: 'CLIMB' } }] }),
        ]),
      );
    const climbing = (symmetry: readonly (readonly string[])[]) =>
      orbits(defineSystem({ name: 'climbing', nodes, symmetry: () => symmetry }) as AnySystem);
    // Of three heights each: 3^4 states; pairs that may be exchanged are multisets, of which there are 6.
    expect(check(defineSystem({ name: 'climbing', nodes })).distinct).toBe(81);
    expect(climbing([['a1', 'a2']]).distinct).toBe(6 * 9);
    expect(
      climbing([
        ['a1', 'a2'],
        ['b1', 'b2'],
      ]).distinct,
    ).toBe(6 * 6);
    expect(climbing([['a1', 'a2', 'b1', 'b2']]).distinct).toBe(15);
  });

  it('on nodes with several processes and with families keyed by names', () => {
    const session = setup({
      types: { context: {} as Input, input: {} as Input },
      delays: { lifetime: 10 },
    }).createMachine({
      id: 'session',
      context: ({ input }) => input,
      initial: 'open',
      states: { open: { after: { lifetime: 'closed' } }, closed: { type: 'final' } },
    });
    const door = setup({
      types: {
        context: {} as { peers: readonly string[] },
        input: {} as { peers: readonly string[] },
        events: {} as Received<Message> | { type: 'KNOCK' },
      },
    }).createMachine({
      id: 'door',
      context: ({ input }) => input,
      initial: 'shut',
      states: {
        shut: {
          on: {
            KNOCK: {
              target: 'knocked',
              actions: emit(({ context }) =>
                send(
                  context.peers.map((peer) => `${peer}/door`),
                  { type: 'HELLO' },
                ),
              ),
            },
          },
        },
        knocked: {},
      },
      on: {
        HELLO: {
          actions: emit(({ event }) =>
            start('session', (event.from.split('/')[0] ?? '') as string, { with: event.from }),
          ),
        },
      },
    });
    const system = defineSystem({
      name: 'doors',
      nodes: () =>
        Object.fromEntries(
          ['n1', 'n2'].map((id) => [
            id,
            defineNode({
              processes: {
                door: defineProcess({
                  machine: door,
                  input: { peers: ['n1', 'n2'].filter((peer) => peer !== id) },
                  choices: [{ event: { type: 'KNOCK' } }],
                }),
                idle: defineProcess({ machine: worker, input: {} }),
              },
              families: { session: defineFamily({ machine: session }) },
            }),
          ]),
        ),
      network: { order: 'fifo' },
      symmetry: () => [['n1', 'n2']],
    }) as AnySystem;
    // A knock has four stages: not yet, on its way, heard with a session open, and over. Two knocks have
    // sixteen, and ten where it does not matter whose is whose.
    expect([check(system).distinct, orbits(system).distinct]).toEqual([16, 10]);
  });
});

describe('counterexamples are paths of the relation, as short as without symmetry', () => {
  const properties = [
    invariant('one greets at most', ({ all }) => all.filter((one) => one.in('done')).length < 2),
    transition(
      'nobody is done',
      (before, after) =>
        after.all.filter((one) => one.in('done')).length ===
        before.all.filter((one) => one.in('done')).length,
    ),
    reachable('all done', ({ all }) => all.filter((one) => one.in('done')).length === 3),
    alwaysPossible('somebody is idle', ({ all }) => all.some((one) => one.in('idle'))),
  ];
  const system = greetings({ system: { properties } });
  for (const store of ['exact', 'fingerprints'] as const)
    it(`with ${store === 'exact' ? 'whole states' : 'fingerprints'}`, () => {
      const options = { stopAtViolation: false, reduce: false } as const;
      const found = check(system, { ...options, store, symmetry: true });
      const plain = check(system, options);
      for (const [index, { name, verdict, counterexample }] of found.properties.entries()) {
        const expected = plain.properties[index];
        expect([name, verdict]).toEqual([name, expected?.verdict]);
        const file = counterexample as RunFile;
        expect(replay(system, file).same).toBe(true);
        expect(file.decisions.length).toBe(stepsOf(expected));
      }
    });

  it('a bug in two-phase commit is shown by a run that replays', () => {
    const options = { parameters: { participants: 2 }, symmetry: true, scope: { crashes: 1 } };
    const wrong = {
      ...twoPhaseCommit,
      properties: [invariant('nobody commits', ({ all }) => !all.some((p) => p.in('committed')))],
    } as AnySystem;
    const [property] = check(wrong, options).properties;
    const [plain] = check(wrong, { ...options, symmetry: false }).properties;
    const file = property?.counterexample as RunFile;
    expect(replay(wrong, file)).toMatchObject({ same: true, violated: ['nobody commits'] });
    expect(file.decisions.length).toBe(stepsOf(plain));
  });
});

describe('a crash between two messages to different nodes', () => {
  const twice = setup({}).createMachine({
    id: 'twice',
    initial: 'idle',
    states: {
      idle: {
        on: { BOTH: { target: 'over', actions: emit(send(['w1', 'w2'], { type: 'HELLO' })) } },
      },
      over: {},
    },
  });
  const deaf = setup({}).createMachine({ id: 'deaf' });
  const told = ({ inFlight }: View) => inFlight.length > 0;
  const broadcast = (without?: (decision: Decision) => boolean) =>
    defineSystem({
      name: 'broadcast',
      nodes: () => ({
        hub: defineProcess({ machine: twice, operations: [{ type: 'BOTH' }] }),
        w1: defineProcess({ machine: deaf }),
        w2: defineProcess({ machine: deaf }),
      }),
      network: { order: 'set' },
      symmetry: () => [['w1', 'w2']],
      properties: [
        reachable('one is told', ({ inFlight }) => inFlight.length === 1),
        alwaysPossible(
          'told, or one is down',
          (view) => told(view) || view.all.some(({ up }) => !up),
          without === undefined ? {} : { without },
        ),
      ],
    }) as AnySystem;
  const scope = { crashes: 1, restarts: 0 };

  it('keeps the first ones, and of two workers those are either', () => {
    // The hub is up and has told nobody or both, with one of the two down or none: six. Or it is down and has
    // told nobody (its operation begun or not), the first, or both: four.
    expect(check(broadcast(), { scope, reduce: false }).distinct).toBe(10);
    const found = orbits(broadcast(), scope);
    expect(found).toMatchObject({ distinct: 8, verdict: 'holds' });
    const file = found.properties[0]?.counterexample as RunFile;
    expect(replay(broadcast(), file)).toMatchObject({ same: true });
    expect(file.decisions).toMatchObject([{ decision: { type: 'invoke', crashAfter: 1 } }]);
  });

  it('tells either of two workers that stand elsewhere, as without symmetry', () => {
    // Whom the hub has answered shows for ever in a set of messages, and after a crash it answers nobody.
    const teller = setup({
      types: { events: {} as Received<Message> | { readonly type: 'BOTH' } },
    }).createMachine({
      id: 'teller',
      initial: 'idle',
      states: {
        idle: {
          on: {
            HELLO: { actions: emit(({ event }) => send(event.from, { type: 'HELLO' })) },
            BOTH: { target: 'over', actions: emit(send(['w1', 'w2'], { type: 'ASK' })) },
          },
        },
        over: {},
      },
    });
    const choices = [{ event: { type: 'GREET' as const } }];
    const telling = defineSystem({
      name: 'telling',
      nodes: () => ({
        hub: defineProcess({ machine: teller, operations: [{ type: 'BOTH' }] }),
        w1: defineProcess({ machine: worker, input: {}, choices }),
        w2: defineProcess({ machine: worker, input: {}, choices }),
      }),
      network: { order: 'set' },
      symmetry: () => [['w1', 'w2']],
    }) as AnySystem;
    const naive = naiveCheck(telling, scope, 3000);
    if (naive === undefined) throw new Error('there are too many states');
    const counted = naiveOrbits(instantiate(telling), naive.states, ['w1', 'w2']);
    // Not every version is reachable, since the hub begins with w1; yet no orbit may be left out.
    expect(counted.versions).toBeGreaterThan(naive.distinct);
    expect(orbits(telling, scope)).toMatchObject({
      distinct: counted.orbits,
      depth: counted.depth,
    });
  });

  it('is no way to what must stay possible, unless the verdict is the same with it', () => {
    const noCrash = ({ type }: Decision) => type === 'crash';
    expect(orbits(broadcast(noCrash), scope).verdict).toBe('holds');
    // Every way but a crash within the step is forbidden.
    const onlyWithin = (decision: Decision) =>
      noCrash(decision) || (decision.type === 'invoke' && decision.crashAfter === undefined);
    expect(check(broadcast(onlyWithin), { scope, reduce: false }).verdict).toBe('holds');
    expect(() => orbits(broadcast(onlyWithin), scope)).toThrow(
      'whether property "told, or one is down" holds hangs on a crash between two messages to different nodes',
    );
    const nothing = () => true;
    expect(orbits(broadcast(nothing), scope).verdict).toBe('violated');
  });
});

describe('what tells nodes apart is refused, in words', () => {
  const told = (system: AnySystem, options = {}): string => {
    try {
      check(system, { symmetry: true, ...options });
    } catch (error) {
      expect((error as Error).name).toBe('UserMistake');
      return (error as Error).message;
    }
    return 'it was not refused';
  };

  it('a leader by position', () => {
    const answer = emit(({ context }: { context: HubContext }) =>
      send(context.order[0] ?? '', { type: 'HELLO' }),
    );
    expect(told(greetings({ hub: { actions: { answer } } }))).toMatch(
      /^"greetings" is not symmetric in w1 and w2: where hub is {.*}, exchanging them before a step is not exchanging them after it: "deliver w[123] -> hub HELLO"/,
    );
  });

  it('the lowest name wins', () => {
    const hear = assign(({ context, event }: { context: HubContext; event: unknown }) => ({
      seen: [...(context.seen as readonly string[]), from(event)].sort().slice(0, 1),
    }));
    expect(told(greetings({ hub: { actions: { hear } } }))).toContain('is not symmetric in w');
  });

  it('a number by which nodes are counted', () => {
    expect(told(greetings({ input: (_, index) => ({ index }) }))).toBe(
      '"greetings" is not symmetric in w1 and w2: at the start w1 is idle {"index":0}, which with the other\'s name would be w1 is idle {"index":1}; check it without symmetry, or declare only nodes that nothing but their names tells apart',
    );
  });

  it('a name in a longer text', () => {
    expect(told(greetings({ input: (id) => ({ seen: `${id}:3` }) }))).toContain(
      'context of worker.seen is "w1:3", in which the name of a node is part of a longer text; keep names as whole texts',
    );
  });

  it('a choice, an operation, or a recovery that only one of them has', () => {
    const third = (options: object) => (_: string, index: number) => (index === 2 ? options : {});
    const none = { choices: [{ event: { type: 'GREET' }, weight: 0 }] };
    expect(told(greetings({ process: third(none) }))).toMatch(/w2 and w3.*choose w[23] GREET/);
    const asked = { operations: [{ type: 'ASK' }] };
    expect(told(greetings({ process: third(asked) }))).toMatch(/w2 and w3.*invoke w[23] ASK/);
    const recovering = third({ recover: () => ({ found: true }) });
    expect(told(greetings({ process: recovering }), { scope: { crashes: 1 } })).toMatch(
      /w2 and w3.*restart w[23]/,
    );
  });

  it('an observer, a property and a bound that look at one of them', () => {
    const note = emit(mark('greeted'));
    const observe = {
      initial: 0,
      on: (n: number, { process }: { process: string }) => (process === 'w2' ? 1 : n),
    };
    expect(told(greetings({ worker: { actions: { note } }, system: { observe } }))).toContain(
      'the observer makes 1 of [{"name":"greeted","process":"w2"}] where it should make 0',
    );
    for (const property of [
      invariant('w3 is no end', ({ all }) => all[3]?.in('done') !== true),
      reachable('w3 is done', ({ all }) => all[3]?.in('done') === true),
      alwaysPossible('w3 is done', ({ all }) => all[3]?.in('done') === true),
      transition('w3 waits', (_, after) => after.all[3]?.in('done') !== true),
      invariant('true', () => true, { premise: ({ all }) => all[3]?.in('done') === true }),
      invariant('flights', ({ inFlight }) => !inFlight.some((one) => one.from === 'w3')),
    ])
      expect(told(greetings({ system: { properties: [property] } }))).toContain(
        `property "${property.name}" says one thing where`,
      );
    const without = ({ type, node }: { type: string; node?: string }) =>
      type === 'restart' && node === 'w1';
    const property = alwaysPossible('all', () => true, { without: without as never });
    expect(
      told(greetings({ system: { properties: [property] } }), { scope: { crashes: 1 } }),
    ).toMatch(/property "all" is without one of .*restart w/);
    const constraint = ({ all }: { all: readonly { in(path: string): boolean }[] }) =>
      all[1]?.in('done') === false;
    expect(told(greetings({ system: { constraint } }))).toContain('its constraint or boundary');
  });

  it('time-outs that suspect one of them', () => {
    const timed = { suspects: { patience: ['w1'] }, delays: { patience: constant(5) } };
    const machine = setup({ delays: { patience: 10 } }).createMachine({
      id: 'waiting',
      initial: 'idle',
      states: { idle: { after: { patience: 'done' } }, done: {} },
    });
    const system = defineSystem({
      name: 'waiting',
      nodes: () =>
        Object.fromEntries(names.map((id) => [id, defineProcess({ machine, ...timed })])),
      symmetry: () => [names],
    }) as AnySystem;
    expect(told(system)).toContain('the time-outs suspect others than before');
  });

  it('three-phase commit, which elects the first of those that are up', () => {
    const elected = {
      ...threePhaseCommit,
      symmetry: () => [['p1', 'p2', 'p3']],
    } as AnySystem;
    expect(told(elected, { maxStates: 20_000 })).toMatch(
      /^"three-phase-commit" is not symmetric in p1 and p2: where /,
    );
  });

  it('two crashes within messages to everybody', () => {
    expect(
      told(twoPhaseCommit, { parameters: { participants: 2 }, scope: { crashes: 2 } }),
    ).toContain('allow one crash at most');
  });

  it('what cannot be asked so', () => {
    const asked = (changes: object, options = {}) => told(greetings({ system: changes }), options);
    expect(asked({ symmetry: undefined })).toContain('it declares none; add `symmetry');
    expect(asked({ symmetry: () => [['w1', 'w5']] })).toContain('names "w5", which is none of');
    expect(
      asked({
        symmetry: () => [
          ['w1', 'w2'],
          ['w2', 'w3'],
        ],
      }),
    ).toContain('names w2 twice');
    expect(asked({ symmetry: () => [['w1', 'hub']] })).toContain(
      'not symmetric in w1 and hub: the one runs worker, the other hub',
    );
    expect(asked({ properties: [eventually('done', () => true)] })).toContain(
      'property "done" speaks of endless executions',
    );
    expect(asked({ properties: [linearizable('ok', { model: register })] })).toContain(
      'property "ok" makes histories a part of the state',
    );
    expect(asked({}, { timing: 'timed' })).toContain('under timed timing');
    expect(asked({}, { counterexamples: 2 })).toContain('ask for one');
    const many = Array.from({ length: 8 }, (_, index) => `m${index}`);
    expect(() => symmetricSets([many], 'many', many)).toThrow('40320 permutations');
  });
});

describe('abstract systems', () => {
  it('are counted by orbits of their own permutations', () => {
    for (const participants of [2, 3, 5]) {
      const options = { parameters: { participants } };
      const { distinct, verdict, symmetry } = check(tcommit, { ...options, symmetry: true });
      const states = new Set<string>();
      // Orbits of TCommit are multisets of four states; the reachable ones, by brute force.
      let frontier: string[][] = [...tcommit.initial({ participants })].map((s) => [...s]);
      while (frontier.length > 0) {
        const next: string[][] = [];
        for (const state of frontier) {
          const key = state.toSorted().join();
          if (states.has(key)) continue;
          states.add(key);
          for (const { state: after } of tcommit.next(state as never, { participants }))
            next.push([...after]);
        }
        frontier = next;
      }
      expect([distinct, verdict]).toEqual([states.size, 'holds']);
      expect(symmetry?.[0]).toHaveLength(participants);
    }
  });

  const race = (changes: object) =>
    defineTransitionSystem({
      name: 'race',
      initial: () => [['idle', 'idle']],
      *next(state: readonly string[]) {
        for (const [i, one] of state.entries())
          if (one === 'idle') yield { label: `go ${i}`, state: state.with(i, 'gone') };
      },
      symmetry: {
        sets: () => [['0', '1']],
        permute: (state, to) => state.map((_, i) => state[Number(to(String(i)))] as string),
      },
      properties: [invariant<readonly string[]>('not all', (state) => state.includes('idle'))],
      ...changes,
    });

  it('show a violation by a path of their own', () => {
    const [property] = check(race({}), { symmetry: true }).properties;
    expect(property?.counterexample).toEqual(check(race({})).properties[0]?.counterexample);
  });

  it('are refused where a step, a start or a property tells members apart', () => {
    const first = function* (state: readonly string[]) {
      if (state[0] === 'idle') yield { label: 'go', state: state.with(0, 'gone') };
    };
    const ask = (changes: object) => () => check(race(changes), { symmetry: true });
    expect(ask({ next: first })).toThrow('"race" is not symmetric in 0, 1: the steps from');
    expect(ask({ initial: () => [['idle', 'gone']] })).toThrow('is an initial state and');
    const properties = [invariant<readonly string[]>('p', (state) => state[0] === 'idle')];
    expect(ask({ properties })).toThrow('property "p" says one thing of');
    const permute = (state: readonly string[]) => state.map(() => 'gone');
    expect(ask({ symmetry: { sets: () => [['0', '1']], permute } })).toThrow('`permute`, twice');
    expect(ask({ symmetry: undefined })).toThrow('it declares none');
    expect(ask({ properties: [eventually('p', () => true)] })).toThrow('endless executions');
  });
});
