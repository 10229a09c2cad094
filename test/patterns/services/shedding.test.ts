/** Load shedding: against a reference, in every execution, and with each of its rules broken once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, constant, invariant, reachable, transition } from '../../../src/index.ts';
import {
  type DeskContext,
  defineServices,
  type ServiceOptions,
} from '../../../src/patterns/services/index.ts';
import { describeBroken, expectSound, type Question } from '../resilience/broken.ts';
import { called, guardedServices, type Seen } from '../resilience/guarded-calls.ts';
import { sheddingReference } from './shedding-reference.ts';

interface Input {
  readonly takesMs: number;
  readonly priority: number;
}

const priority = (input: unknown): number => (input as Input).priority;

describe('a service that sheds', () => {
  test('serves, lets wait and sheds what the reference does', () => {
    const arbitrary = fc.record({
      queue: fc.option(fc.nat(3)),
      discipline: fc.constantFrom('fifo' as const, 'lifo' as const),
      sheds: fc.option(
        fc.record({
          interval: fc.integer({ min: 10, max: 60 }),
          target: fc.integer({ min: 1, max: 9 }),
        }),
      ),
      calls: fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 40 }), fc.nat(2)), {
        minLength: 5,
        maxLength: 20,
      }),
    });
    fc.assert(
      fc.property(arbitrary, ({ queue, discipline, sheds, calls: drawn }) => {
        let at = 0;
        // Apart by hundredths and thousandths, so that no two things happen at the same time.
        const calls = drawn.map(([gap, takes, matters], index) => {
          at += gap + 1.01;
          return { atMs: at, takesMs: takes + ((index * 7) % 100) / 1000, priority: matters };
        });
        const delay = sheds && {
          intervalMs: sheds.interval + 0.503,
          targetMs: sheds.target + 0.305,
        };
        const { ends } = called(
          [],
          {
            ...{ queue, discipline, priority },
            time: (input) => constant((input as Input).takesMs),
            ...(delay && {
              sheds: { interval: constant(delay.intervalMs), target: constant(delay.targetMs) },
            }),
          },
          calls.map(({ atMs, ...input }, index) => [`c${index}`, atMs, input] as const),
        );
        const round = (ms: number) => Math.round(ms * 1000);
        const seen = ends.map((line) => {
          const [call, end, time] = line.split(' ');
          return `${call} ${end} ${round(Number(time))}`;
        });
        const told = sheddingReference({ queue, discipline, sheds: delay }, calls).map(
          ([end, time], index) => `c${index} ${end} ${round(time)}`,
        );
        expect([...seen].sort()).toEqual([...told].sort());
      }),
      { seed: 47, numRuns: 25 },
    );
  });

  test('under overload serves calls that have waited for little, where a plain queue serves none in time', () => {
    // A call each 10 ms, each taking 20.
    const calls = Array.from({ length: 100 }, (_, index) => [`c${index}`, index * 10] as const);
    const inTime = (options: ServiceOptions) =>
      called([], { time: constant(20), ...options }, calls).ends.filter((line) => {
        const [call, end, time] = line.split(' ');
        return end === 'reply' && Number(time) - Number(call?.slice(1)) * 10 <= 100;
      }).length;
    expect(inTime({})).toBe(9);
    const sheds = { interval: constant(50), target: constant(10) };
    expect(inTime({ sheds })).toBeGreaterThan(45);
  });

  test.each([
    [{ priority: 3 }, 'priority is 3; it must be a function from an input to a number'],
    [{ sheds: { interval: constant(1) } }, 'sheds.target is no distribution'],
    [{ sheds: { interval: 5, target: constant(1) } }, 'sheds.interval is no distribution'],
    [
      { sheds: { interval: constant(5), target: constant(1) }, waitsAtMost: constant(1) },
      'sheds and waitsAtMost both say how long calls wait',
    ],
  ])('refuses %o', (options, sentence) => {
    expect(() => defineServices({ service: options as never })).toThrow(sentence);
  });
});

const deskOf = (view: Seen): DeskContext | undefined => {
  const all = view.all as readonly { address: string; up: boolean; context: unknown }[];
  const desk = all.find(({ address }) => address === 'service/desk');
  return desk?.up === true ? (desk.context as DeskContext) : undefined;
};
const waiting = (view: Seen) => deskOf(view)?.waiting ?? [];
/** By its key a call says how much it matters: b2 more than a1. */
const matters = (key: string): number => Number(key.slice(1));

const asked = (
  options: ServiceOptions,
  keys: readonly string[],
  properties: readonly unknown[],
): Question => ({
  system: guardedServices(
    [],
    { service: options },
    keys.map((key) => ['service', key, matters(key)] as const),
    [
      invariant<Seen>('a queue is noted while calls wait', (view) => {
        const noted = deskOf(view)?.congestion !== 'none';
        return options.sheds === undefined || noted === waiting(view).length > 0;
      }),
      invariant<Seen>(
        'no more waiting than places',
        (view) => waiting(view).length <= (options.queue ?? 9),
      ),
      ...properties,
    ] as never,
  ) as AnySystem,
  scope: { crashes: 0, loss: false, duplication: false },
});

const delayed = asked(
  { sheds: { interval: constant(20), target: constant(5) } },
  ['a0', 'b0', 'c0'],
  [reachable<Seen>('the queue stands', (view) => deskOf(view)?.congestion === 'standing')],
);
const ranked = asked(
  { queue: 2, priority: (input) => (input as number) ?? 0 },
  ['a1', 'b1', 'c2', 'd3'],
  [
    transition<Seen>('who is displaced matters least', (before, after) => {
      const served = deskOf(after)?.working.map(({ key }) => key) ?? [];
      const gone = waiting(before).filter(
        ({ key }) => !served.includes(key) && !waiting(after).some((one) => one.key === key),
      );
      return gone.every((one) =>
        waiting(after).every(({ key }) => matters(key) >= matters(one.key)),
      );
    }),
    transition<Seen>('who is served matters most', (before, after) => {
      const next = waiting(before).find(({ key }) =>
        deskOf(after)?.working.some((one) => one.key === key),
      );
      return (
        next === undefined || waiting(before).every(({ key }) => matters(key) <= matters(next.key))
      );
    }),
  ],
);

test('in every execution a service that sheds keeps what it promises', () => {
  expectSound(delayed);
  expectSound(ranked);
});

describe('a service that sheds, without one of its rules, is found out:', () => {
  const desk = (rules: object) => ({ 'service-desk': rules }) as never;
  describeBroken([
    [
      'what was noted of the queue stays',
      desk({ actions: { noteEmpty: assign({}) } }),
      delayed,
      'a queue is noted while calls wait',
    ],
    [
      'it is never said to stand',
      desk({ actions: { noteStanding: assign({}) } }),
      delayed,
      'the queue stands',
    ],
    [
      'who is shed is not told',
      desk({ actions: { giveUp: assign({ waiting: [] }) } }),
      delayed,
      'every call ends',
    ],
    [
      'the wrong one makes room',
      desk({
        actions: {
          displace: assign({
            waiting: (({ context }: { context: DeskContext }) =>
              context.waiting.filter(({ key }) => key !== 'c2')) as never,
          }),
        },
      }),
      ranked,
      'who is displaced matters least',
    ],
    [
      'nobody makes room',
      desk({ actions: { displace: assign({}) } }),
      ranked,
      'no more waiting than places',
    ],
  ]);
});
