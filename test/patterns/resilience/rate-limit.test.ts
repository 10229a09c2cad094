/** Rate limit: against a reference, in every execution, and with each of its rules broken once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { type AnySystem, constant, invariant, transition } from '../../../src/index.ts';
import {
  type RateLimitContext,
  type RateLimitOptions,
  rateLimit,
  timeout,
} from '../../../src/patterns/resilience/index.ts';
import { describeBroken, expectSound, type Question } from './broken.ts';
import { called, contextOf, guardedSystem, type Seen } from './guarded-calls.ts';

interface Bucket {
  readonly everyMs: number;
  readonly tokens: number;
  readonly capacity: number;
  readonly queue: number;
  readonly waitMs: number;
}

/** Plain code: how and when each call, asked for at these times, is let through or rejected. */
function rateLimitReference(
  { everyMs, tokens, capacity, queue, waitMs }: Bucket,
  calls: readonly number[],
): readonly (readonly [ends: string, atMs: number])[] {
  const ends: [string, number][] = calls.map(() => ['', 0]);
  let left = capacity;
  let next = Number.POSITIVE_INFINITY;
  let line: number[] = [];
  const asked = (index: number): number => calls[index] as number;
  /** All that happens until then. */
  const until = (now: number): void => {
    for (;;) {
      const gone = line[0] === undefined ? Number.POSITIVE_INFINITY : asked(line[0]) + waitMs;
      const at = Math.min(gone, next);
      if (at > now) return;
      if (gone < next) {
        ends[line.shift() as number] = ['rate-waited', gone];
        continue;
      }
      left += tokens;
      while (left > 0 && line.length > 0) {
        ends[line.shift() as number] = ['reply', next];
        left--;
      }
      left = Math.min(left, capacity);
      next = left === capacity ? Number.POSITIVE_INFINITY : next + everyMs;
    }
  };
  calls.forEach((at, index) => {
    until(at);
    if (left > 0) {
      if (left === capacity) next = at + everyMs;
      left--;
      ends[index] = ['reply', at];
    } else if (line.length < queue) line = [...line, index];
    else ends[index] = ['rate-limited', at];
  });
  until(1e9);
  return ends;
}

describe('a rate limit', () => {
  test('lets through, lets wait and rejects what the reference does', () => {
    const bucket = fc.record({
      every: fc.integer({ min: 1, max: 40 }),
      tokens: fc.integer({ min: 1, max: 3 }),
      capacity: fc.integer({ min: 1, max: 4 }),
      queue: fc.nat(3),
      wait: fc.nat(60),
    });
    const gaps = fc.array(fc.nat(25), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(bucket, gaps, ({ every, wait, ...rest }, drawn) => {
        // At fractions, so that no two things happen at the same time.
        const given: Bucket = { ...rest, everyMs: every + 0.037, waitMs: wait + 0.503 };
        let at = 0;
        const calls = drawn.map((gap) => {
          at += gap + 1.01;
          return Math.round(at * 1000) / 1000;
        });
        const { everyMs, tokens, capacity, queue, waitMs } = given;
        const { ends } = called(
          [
            rateLimit({
              every: constant(everyMs),
              tokens,
              capacity,
              queue,
              waitsAtMost: constant(waitMs),
            }),
          ],
          { concurrency: 50 },
          calls.map((time, index) => [`c${index}`, time] as const),
        );
        const round = (ms: number) => Math.round(ms * 1000);
        const seen = ends.map((line) => {
          const [call, end, time] = line.split(' ');
          return `${call} ${end} ${round(Number(time))}`;
        });
        const told = rateLimitReference(given, calls).map(
          ([end, time], index) => `c${index} ${end} ${round(time)}`,
        );
        expect([...seen].sort()).toEqual([...told].sort());
      }),
      { seed: 41, numRuns: 25 },
    );
  });

  test('lets no more through in any time than its tokens and its capacity', () => {
    const { arrivals } = called(
      [rateLimit({ every: constant(10), tokens: 2, capacity: 5, queue: null })],
      { concurrency: 50 },
      Array.from({ length: 60 }, (_, index) => [`c${index}`, index / 2 + 0.1] as const),
    );
    const times = arrivals.map((line) => Number(line.split(' ')[1]));
    expect(times).toHaveLength(60);
    for (const [index, from] of times.entries())
      for (const [count, to] of times.slice(index).entries())
        expect(count + 1).toBeLessThanOrEqual(5 + 2 * (Math.floor((to - from) / 10) + 1));
  });

  test('forgets who is taken back, and takes no token for it', () => {
    const { ends, arrivals } = called(
      [timeout({ after: constant(15) }), rateLimit({ every: constant(20), queue: 2 })],
      {},
      [
        ['a', 0],
        ['b', 1],
        ['c', 17],
      ],
    );
    expect(ends).toEqual(['a reply 0', 'b timeout 16', 'c reply 20']);
    expect(arrivals).toEqual(['a 0', 'c 20']);
  });

  test.each([
    [{}, 'every is no distribution'],
    [{ every: constant(0) }, 'every is "0 ms"; it must be longer than nothing'],
    [{ every: constant(1), tokens: 0 }, 'tokens is 0; it must be a whole number, 1 or more'],
    [{ every: constant(1), capacity: 0.5 }, 'capacity is 0.5'],
    [{ every: constant(1), queue: -1 }, 'queue is -1'],
    [{ every: constant(1), waitsAtMost: 5 }, 'waitsAtMost is no distribution'],
    [{ perSecond: 5 }, 'there is no option "perSecond"'],
  ])('refuses %o', (options, sentence) => {
    expect(() => rateLimit(options as never)).toThrow(sentence);
  });
});

const of = (view: Seen) => contextOf<RateLimitContext>(view, 'rate-limit');
const keys = (view: Seen) => of(view)?.waiting.map(({ key }) => key) ?? [];
const promises = (capacity: number, queue: number) => [
  invariant<Seen>('no more tokens than there is room, none owed', (view) => {
    const { tokens = 0 } = of(view) ?? {};
    return tokens >= 0 && tokens <= capacity;
  }),
  invariant<Seen>('no more waiting than places', (view) => keys(view).length <= queue),
  invariant<Seen>(
    'no token kept while calls wait',
    (view) => keys(view).length === 0 || of(view)?.tokens === 0,
  ),
  transition<Seen>('started in order of arrival', (before, after) => {
    const started = (of(after)?.out ?? []).filter(
      ({ key }) => !(of(before)?.out ?? []).some((one) => one.key === key),
    );
    // Nobody starts before the head of the queue, neither from behind it nor from outside.
    return (
      keys(before).length === 0 || started.every(({ key }, index) => keys(before)[index] === key)
    );
  }),
];
const asked = (
  options: Partial<RateLimitOptions>,
  properties: readonly unknown[] = [],
  more = {},
  scope = {},
): Question => ({
  system: guardedSystem(
    [rateLimit({ every: constant(10), ...options })],
    { concurrency: 3 },
    ['a', 'b', 'c'],
    [
      ...promises(options.capacity ?? options.tokens ?? 1, options.queue ?? 0),
      ...properties,
    ] as never,
    more,
  ) as AnySystem,
  scope: { crashes: 0, loss: false, duplication: false, ...scope },
});
const plain = asked({ queue: 2 });
const burst = asked({ capacity: 2, tokens: 2, queue: 1 });
const bounded = asked({ queue: 2, waitsAtMost: constant(10) });
/** All ask at once, one is let through at 0, 10 and 20, and each is answered at once: never two are out. */
const timed = asked(
  { queue: 2 },
  [invariant<Seen>('calls come as tokens do', (view) => (of(view)?.out.length ?? 0) <= 1)],
  { timing: 'timed' },
  { tickMs: 10, latency: '0', forceLatency: 0 },
);

test('in every execution a rate limit keeps what it promises', () => {
  for (const question of [plain, burst, bounded, timed]) expectSound(question);
});

describe('a rate limit without one of its rules is found out:', () => {
  const guards = (rules: object) => ({ 'rate-limit': { guards: rules } }) as never;
  const actions = (rules: object) => ({ 'rate-limit': { actions: rules } }) as never;
  describeBroken([
    [
      'a token for everybody',
      guards({ hasToken: () => true }),
      plain,
      'no more tokens than there is room, none owed',
    ],
    [
      'a place for everybody',
      guards({ hasPlace: () => true }),
      asked({ queue: 1 }),
      'no more waiting than places',
    ],
    [
      'the bucket overflows',
      actions({
        refill: assign({
          tokens: (({ context }: { context: RateLimitContext }) =>
            Math.min(9, context.tokens + 2)) as never,
        }),
      }),
      burst,
      'no more tokens than there is room, none owed',
    ],
    [
      'who waits gets no token',
      actions({ refill: assign({ tokens: 1 }) }),
      plain,
      'no token kept while calls wait',
    ],
    [
      'the bucket is never filled again',
      guards({ becomesFull: () => true }),
      plain,
      'no more tokens than there is room, none owed',
    ],
    [
      'who waited too long is not told',
      actions({ rejectWaited: assign({}) }),
      bounded,
      'every call ends',
    ],
    ['who is rejected is not told', actions({ reject: assign({}) }), asked({}), 'every call ends'],
  ]);
});
