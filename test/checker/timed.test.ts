/** Timed timing piece by piece: bounds, clocks that drift, choices in time, and what is refused. */
import { describe, expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import { clocksAfterTick, type NodeClock } from '../../src/checker/node-clock.ts';
import {
  type AnySystem,
  check,
  constant,
  type Distribution,
  defineProcess,
  defineSystem,
  describeScope,
  type Effect,
  exponential,
  instantiate,
  type Received,
  scopeUnder,
  send,
  uniform,
  write,
} from '../../src/index.ts';

type Message = { readonly type: 'PING' };

/** Asks, and gives up after its patience: whether the answer comes in time is a matter of bounds. */
function race(patience: Distribution, reads = false): AnySystem {
  const asker = setup({
    types: { events: {} as Received<Message>, emitted: {} as Effect<Message> },
    delays: { patience: 100 },
  }).createMachine({
    id: 'asker',
    initial: 'waiting',
    states: {
      waiting: {
        entry: emit(send('answerer', { type: 'PING' })),
        on: { PING: 'answered' },
        after: { patience: 'gaveUp' },
      },
      answered: {},
      gaveUp: {},
    },
  });
  const answerer = setup({
    types: { events: {} as Received<Message>, emitted: {} as Effect<Message> },
  }).createMachine({
    id: 'answerer',
    on: { PING: { actions: emit(({ event }) => send(event.from, { type: 'PING' })) } },
  });
  return defineSystem({
    name: 'race',
    nodes: () => ({
      asker: defineProcess({ machine: asker, delays: { patience }, clock: reads }),
      answerer: defineProcess({ machine: answerer }),
    }),
    timing: 'timed',
    properties: ({ invariant, reachable, eventually }) => [
      invariant('waits long enough', ({ processes }) => !processes.asker.in('gaveUp')),
      reachable('gives up', ({ processes }) => processes.asker.in('gaveUp')),
      reachable('is answered', ({ processes }) => processes.asker.in('answered')),
      eventually('ends', ({ processes }) => !processes.asker.in('waiting')),
    ],
  });
}

function ask(system: AnySystem, scope: Readonly<Record<string, unknown>>): Record<string, string> {
  const { properties } = check(system, { scope, stopAtViolation: false });
  return Object.fromEntries(properties.map(({ name, verdict }) => [name, verdict]));
}

describe('bounds on time', () => {
  test('a patience longer than there and back is never tried, one as long may be', () => {
    const longest = (latency: string) => ask(race(constant(50)), { tickMs: 10, latency });
    expect(longest('0..2')['gives up']).toBe('violated');
    // Both are due at the same tick, and either comes first.
    expect(longest('1..3')['gives up']).toBe('holds');
    expect(ask(race(constant(40)), { tickMs: 10, latency: '2' })).toMatchObject({
      'gives up': 'holds',
      'is answered': 'holds',
    });
  });

  test('what arrives too late for certain is not waited for', () => {
    expect(ask(race(constant(50)), { tickMs: 10, latency: '3..4' })['is answered']).toBe(
      'violated',
    );
  });

  test('a law without a longest delay may come at any time from its shortest on', () => {
    const verdicts = ask(race(exponential(100, 50)), { tickMs: 10, latency: '2' });
    expect(verdicts['gives up']).toBe('violated');
    expect(ask(race(exponential(100, 40)), { tickMs: 10, latency: '2' })['gives up']).toBe('holds');
  });

  test('time goes on, so that what has a longest delay comes at last', () => {
    expect(ask(race(uniform(10, 50)), { tickMs: 10, latency: '1..' }).ends).toBe('holds');
    // Fairness: a timer that stays due fires, and so does one that nothing bounds.
    expect(ask(race(exponential(100)), { tickMs: 10, latency: '1..' }).ends).toBe('holds');
  });

  test('an end of time leaves open what would come after it', () => {
    const scope = { tickMs: 10, latency: '3', ticks: 4 } as const;
    const result = check(race(constant(500)), { scope, stopAtViolation: false });
    expect(result.outside).toBe(1);
    expect(result.properties.find(({ name }) => name === 'ends')?.verdict).toBe('unknown');
  });

  test('a clock that runs fast gives up early, one that runs slow is answered late', () => {
    const drifting = (ms: number) =>
      ask(race(constant(ms)), { tickMs: 10, latency: '5', drift: '1/10' })['gives up'];
    // Ten ticks of true time there and back; in ten ticks a clock gains one.
    expect([120, 110].map(drifting)).toEqual(['violated', 'holds']);
    expect(ask(race(constant(110)), { tickMs: 10, latency: '5' })['gives up']).toBe('violated');
  });
});

describe('what a disk answers instead', () => {
  const twoWrites = setup({
    types: { events: {} as { type: 'SAVED' | 'FAILED' }, emitted: {} as Effect<Message> },
  }).createMachine({
    id: 'writer',
    initial: 'none',
    entry: ['first', 'second'].map((one) => emit(write(one, 'forced', 'SAVED', 'FAILED'))),
    states: {
      none: { on: { SAVED: 'one', FAILED: 'one' } },
      one: { on: { SAVED: 'both', FAILED: 'both' } },
      both: {},
    },
  });
  const writes = defineSystem({
    name: 'writes',
    nodes: () => ({ writer: defineProcess({ machine: twoWrites }) }),
    timing: 'timed',
    properties: ({ reachable }) => [
      reachable('both answered', ({ all }) => all[0]?.in('both') === true),
    ],
  });

  test.each([
    ['nothing', {}],
    ['a lost force', { lostForces: 2 }],
    ['a failed write', { failedWrites: 2 }],
  ])('%s: each forced write takes its time, one after the other', (_, faults) => {
    const verdictIn = (ticks: number) =>
      check(writes, { scope: { tickMs: 10, forceLatency: 2, ticks, ...faults } }).properties[0]
        ?.verdict;
    expect([verdictIn(3), verdictIn(4)]).not.toContain(undefined);
    expect(verdictIn(3)).not.toBe('holds');
    expect(verdictIn(4)).toBe('holds');
  });
});

describe('a clock that drifts', () => {
  const allowed = (advances: readonly number[], k: number, n: number): boolean =>
    advances.every((_, from) =>
      advances.slice(from).every((__, length) => {
        const window = advances.slice(from, from + length + 1);
        const gained = window.reduce((sum, one) => sum + one - 1, 0);
        return Math.abs(gained) <= Math.ceil((k * window.length) / n);
      }),
    );

  test.each([
    [1, 2],
    [1, 3],
    [2, 5],
    [3, 4],
  ])(
    'of %i in %i goes every way that the definition allows over all stretches, and no other',
    (k, n) => {
      const drift = { numerator: k, denominator: n };
      const use = { isRead: true, isUsed: true };
      let paths: readonly { advances: readonly number[]; clock: NodeClock }[] = [
        { advances: [], clock: { reading: 0, fast: 0, slow: 0 } },
      ];
      for (let length = 1; length <= 7; length++) {
        const byDefinition = paths.flatMap(({ advances }) =>
          [0, 1, 2].map((one) => [...advances, one]).filter((all) => allowed(all, k, n)),
        );
        paths = paths.flatMap(({ advances, clock }) =>
          clocksAfterTick(clock, drift, use).map(({ advance, clock: later }) => ({
            advances: [...advances, advance],
            clock: later,
          })),
        );
        const texts = (all: readonly (readonly number[])[]) =>
          all.map((one) => one.join('')).sort();
        expect(texts(paths.map(({ advances }) => advances))).toEqual(texts(byDefinition));
        for (const { advances, clock } of paths)
          expect(clock.reading).toBe(advances.reduce((sum, one) => sum + one, 0));
      }
    },
  );
});

describe('choices in time', () => {
  const chooser = (laws: readonly Distribution[]): AnySystem =>
    defineSystem({
      name: 'chooser',
      nodes: () => ({
        n: defineProcess({
          machine: setup({
            types: {
              events: {} as { readonly type: 'FAST' } | { readonly type: 'SLOW' },
            },
            delays: { clock: 30 },
          }).createMachine({
            id: 'chooser',
            initial: 'early',
            states: {
              early: { on: { FAST: 'fast', SLOW: 'slow' }, after: { clock: 'later' } },
              later: { on: { FAST: 'lateFast', SLOW: 'lateSlow' } },
              fast: {},
              slow: {},
              lateFast: {},
              lateSlow: {},
            },
          }),
          choices: [
            { event: { type: 'FAST' }, after: laws[0] ?? constant(0) },
            { event: { type: 'SLOW' }, after: laws[1] ?? constant(0) },
          ],
        }),
      }),
      timing: 'timed',
      properties: ({ reachable }) =>
        ['fast', 'slow', 'lateFast', 'lateSlow'].map((state) =>
          reachable(state, ({ all }) => all.some((one) => one.in(state))),
        ),
    });
  const reached = (...laws: readonly Distribution[]) =>
    Object.entries(ask(chooser(laws), { tickMs: 10 })).flatMap(([name, verdict]) =>
      verdict === 'holds' ? [name] : [],
    );

  test('one without a delay comes at once', () => {
    expect(reached()).toEqual(['fast', 'slow']);
  });

  test('of alternatives one comes within its own bounds, and time waits for the last', () => {
    expect(reached(constant(10), constant(50))).toEqual(['fast', 'lateSlow']);
    expect(reached(uniform(10, 40), constant(20))).toEqual(['fast', 'slow', 'lateFast']);
  });
});

describe('what timed timing refuses is told in one sentence', () => {
  test('bounds', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ latency: '3..1' }, /latency is "3\.\.1"; it must be whole ticks/],
      [{ forceLatency: -1 }, /forceLatency is -1; it must be whole ticks/],
      [{ tickMs: 0 }, /tickMs is 0; it must be a number of milliseconds above zero/],
      [{ drift: '3/2' }, /drift is "3\/2"; it must be a fraction below 1 such as "1\/10"/],
      [{ drift: 0.1 }, /drift is 0\.1; it must be a fraction/],
      [{ ticks: 1.5 }, /ticks is 1\.5; it must be a whole number of ticks/],
      [{ skew: 'some' }, /skew is "some"/],
      [{ latncy: 1 }, /no bound "latncy"; did you mean "latency"\?/],
    ];
    for (const [scope, sentence] of wrong)
      expect(() => check(race(constant(50)), { scope: { ...scope } })).toThrow(sentence);
  });

  test('a bound on time under another timing, though a system may declare one', () => {
    const scope = { latency: 2 };
    const system = race(constant(50));
    expect(() => check(system, { timing: 'synchronous', scope })).toThrow(
      /the scope's latency is a bound on time, which only timed timing has/,
    );
    const { scope: printed } = check({ ...system, scope }, { timing: 'synchronous' });
    expect(printed).not.toHaveProperty('latency');
  });

  test('a delay that is no whole number of ticks, with a tick that would do', () => {
    expect(() => check(race(constant(50)), { scope: { tickMs: 20 } })).toThrow(
      'the delay "patience" of asker is 50 ms, which is no whole number of ticks of 20 ms; a tick of 10 ms would do (scope tickMs=10)',
    );
  });

  test('a clock that is read, where time has no end or there is no time', () => {
    const system = race(constant(50), true);
    expect(() => check(system)).toThrow(
      /asker reads its node's clock, whose readings have no end.*ticks=20/,
    );
    expect(() => check(system, { timing: 'asynchronous' })).toThrow(/check it under timed timing/);
    expect(check(system, { scope: { ticks: 20 } }).verdict).not.toBe('unknown');
  });
});

test('a scope has defaults, takes texts as the command gives them, and is told in words', () => {
  const instance = instantiate(race(uniform(30, 50)));
  const { scope } = scopeUnder('timed', { latency: '2..', drift: '1/10', ticks: '40' }, instance);
  expect(scope).toMatchObject({
    ...{ tickMs: 10, latency: '2..', forceLatency: '0..1', drift: '1/10', skew: 0, ticks: 40 },
  });
  expect(describeScope(scope)).toMatch(
    /tickMs 10, latency 2\.\., forceLatency 0\.\.1, drift <= 1\/10, ticks <= 40$/,
  );
});
