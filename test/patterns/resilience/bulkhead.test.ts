/** Bulkhead: against a reference, in every execution, and with each of its rules broken once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, enqueueActions } from 'xstate';
import { type AnySystem, constant, invariant, transition } from '../../../src/index.ts';
import {
  type BulkheadContext,
  type BulkheadOptions,
  bulkhead,
  timeout,
} from '../../../src/patterns/resilience/index.ts';
import { describeBroken, expectSound, type Question } from './broken.ts';
import { called, contextOf, guardedSystem, type Seen } from './guarded-calls.ts';

/** Plain code: for each call, in order of arrival, when it starts, or why it does not. */
function bulkheadReference(
  { limit, queue, waitMs }: { limit: number; queue: number; waitMs: number },
  calls: readonly (readonly [atMs: number, takesMs: number])[],
): readonly { readonly starts?: number; readonly ends: string; readonly at: number }[] {
  const known: { at: number; starts?: number; gone: number; ends: string }[] = [];
  for (const [at, takes] of calls) {
    const held = known.filter((one) => one.ends !== 'bulkhead-full' && one.gone > at);
    const working = held.filter((one) => one.starts !== undefined && one.starts <= at);
    if (working.length >= limit && held.length - working.length >= queue) {
      known.push({ at, gone: at, ends: 'bulkhead-full' });
      continue;
    }
    // The permit that it gets is the first that all before it leave free.
    const started = known.filter((one) => one.starts !== undefined);
    const ends = started.map(({ gone }) => gone).sort((a, b) => b - a);
    const starts = started.length < limit ? at : Math.max(at, ends[limit - 1] ?? at);
    if (starts - at > waitMs) known.push({ at, gone: at + waitMs, ends: 'bulkhead-waited' });
    else known.push({ at, starts, gone: starts + takes, ends: 'reply' });
  }
  return known.map(({ starts, gone, ends }) => ({
    ...(starts === undefined ? {} : { starts }),
    ends,
    at: gone,
  }));
}

describe('a bulkhead', () => {
  test('lets through, lets wait and rejects what the reference does', () => {
    const calls = fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 40 })), {
      minLength: 3,
      maxLength: 15,
    });
    const sizes = fc.record({ limit: fc.integer({ min: 1, max: 3 }), queue: fc.nat(3) });
    fc.assert(
      fc.property(calls, sizes, fc.nat(60), (gaps, { limit, queue }, wait) => {
        let at = 0;
        // Apart by hundredths and thousandths, so that no two things happen at the same time.
        const given = gaps.map(([gap, takes], index) => {
          at += gap + 1;
          return [at + index / 100, takes + ((index * 7) % 100) / 1000] as const;
        });
        const waitMs = wait + 0.503;
        const seen = called(
          [bulkhead({ limit, queue, waitsAtMost: constant(waitMs) })],
          { time: (input) => constant(input as number), concurrency: 50 },
          given.map(([time, takes], index) => [`c${index}`, time, takes] as const),
        );
        const round = (ms: number) => Math.round(ms * 1000);
        const told = bulkheadReference({ limit, queue, waitMs }, given);
        const ends = told.map((one, index) => [`c${index}`, one.ends, round(one.at)]);
        const seenEnds = seen.ends.map((line) => {
          const [call, end, time] = line.split(' ');
          return [call, end, round(Number(time))];
        });
        expect(seenEnds.sort()).toEqual(ends.sort());
        expect(seen.arrivals.map((line) => line.split(' ')[0])).toEqual(
          told.flatMap(({ starts }, index) => (starts === undefined ? [] : [`c${index}`])),
        );
      }),
      { seed: 9, numRuns: 50 },
    );
  });

  test('frees no permit for an orphan, and a place for a call that waited', () => {
    const { ends, arrivals } = called(
      [timeout({ after: constant(15) }), bulkhead({ limit: 1, queue: 2 })],
      { time: constant(40), concurrency: 9 },
      [
        ['a', 0],
        ['b', 1],
        ['c', 30],
      ],
    );
    expect(ends).toEqual(['a timeout 15', 'b timeout 16', 'c timeout 45']);
    // b has left the queue; c starts when the orphan a has ended.
    expect(arrivals).toEqual(['a 0', 'c 40']);
  });

  test.each([
    [{ limit: 0 }, 'limit is 0; it must be a whole number, 1 or more'],
    [{ queue: -1 }, 'queue is -1; it must be a whole number, 0 or more, or null for no bound'],
    [{ waitsAtMost: 5 }, 'waitsAtMost is no distribution'],
    [{ size: 5 }, 'there is no option "size"'],
  ])('refuses %o', (options, sentence) => {
    expect(() => bulkhead(options as never)).toThrow(sentence);
  });
});

const of = (view: Seen) => contextOf<BulkheadContext>(view, 'bulkhead');
const promises = (limit: number, queue: number) => [
  invariant<Seen>('no more out than permits', (view) => (of(view)?.using.length ?? 0) <= limit),
  invariant<Seen>(
    'no more waiting than places',
    (view) => (of(view)?.waiting.length ?? 0) <= queue,
  ),
  invariant<Seen>(
    'no permit free while calls wait',
    (view) => of(view)?.waiting.length === 0 || of(view)?.using.length === limit,
  ),
  transition<Seen>('started in order of arrival', (before, after) => {
    const keys = (view: Seen) => of(view)?.waiting.map(({ key }) => key) ?? [];
    const used = (of(after)?.using ?? []).map(({ key }) => key);
    const started = keys(before).filter((key) => used.includes(key));
    const fresh = used.filter((key) => !(of(before)?.using ?? []).some((one) => one.key === key));
    // Nobody starts before the head of the queue, neither from behind it nor from outside.
    return (
      started.every((key, index) => keys(before)[index] === key) &&
      (keys(before).length === 0 || fresh.every((key) => keys(before).includes(key)))
    );
  }),
];
const asked = (options: BulkheadOptions, keys: readonly string[]): Question => ({
  system: guardedSystem(
    [bulkhead(options)],
    { concurrency: 3 },
    keys,
    promises(options.limit ?? 0, options.queue ?? 0) as never,
  ) as AnySystem,
  scope: { crashes: 0, loss: false, duplication: false },
});
const keys = ['a', 'b', 'c', 'd'];
const plain = asked({ limit: 1, queue: 2 }, keys);
const bounded = asked({ limit: 1, queue: 2, waitsAtMost: constant(10) }, keys);
const wide = asked({ limit: 2, queue: 1 }, keys);

test('in every execution a bulkhead keeps what it promises', () => {
  for (const question of [plain, bounded, wide]) expect(expectSound(question)).toBeGreaterThan(40);
});

describe('a bulkhead without one of its rules is found out:', () => {
  const guards = (rules: object) => ({ bulkhead: { guards: rules } }) as never;
  const actions = (rules: object) => ({ bulkhead: { actions: rules } }) as never;
  describeBroken([
    [
      'a permit for everybody',
      guards({ hasPermit: () => true }),
      plain,
      'no more out than permits',
    ],
    [
      'a place for everybody',
      guards({ hasPlace: () => true }),
      plain,
      'no more waiting than places',
    ],
    ['no hand-over', actions({ handOver: assign({}) }), plain, 'no permit free while calls wait'],
    [
      'a hand-over to who came last',
      actions({
        handOver: enqueueActions(({ context, enqueue }) => {
          const { waiting, using } = context as never as BulkheadContext;
          const next = waiting.at(-1);
          if (next === undefined) return;
          enqueue.assign({ waiting: waiting.slice(0, -1), using: [...using, next] });
        }),
      }),
      plain,
      'started in order of arrival',
    ],
    [
      'who waited too long is not told',
      actions({ rejectWaited: assign({}) }),
      bounded,
      'every call ends',
    ],
    ['who is rejected is not told', actions({ reject: assign({}) }), plain, 'every call ends'],
  ]);
});
