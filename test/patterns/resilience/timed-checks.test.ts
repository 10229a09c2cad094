/**
 * Policies by the clock, in every execution of small systems under timed timing (docs/semantics.md 8.1): windows of
 * time, slow calls, open time and total time, each with its rules broken once.
 */
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { check } from '../../../src/index.ts';
import type { BreakerContext } from '../../../src/patterns/resilience/index.ts';
import { describeBroken, expectSound } from './broken.ts';
import { openTime, slowCalls, timeWindow, totalTime } from './timed-questions.ts';

const allowed = 'as the reference allows';
const timed = {
  timeWindow: timeWindow(30, 4, 7),
  /** Closed again before what has opened it is too old to count. */
  reclosing: timeWindow(10, 5, 2),
  slowCalls: slowCalls(4, 7),
  openTime: openTime(4, 7),
  totalTime: totalTime(2, 13),
} as const;

describe('by the clock, in every execution', () => {
  test('a window of time holds what came within it, and nothing older', () => {
    expect(expectSound(timed.timeWindow)).toBeGreaterThan(1000);
    expectSound(timed.reclosing);
  });

  test('slow calls open a breaker though they succeed, and a slow probe opens it again', () => {
    expect(expectSound(timed.slowCalls)).toBeGreaterThan(1000);
  });

  test('a breaker is open for its time, for longer each time in a row, until it has closed', () => {
    expect(expectSound(timed.openTime)).toBeGreaterThan(500);
  });

  test('no attempt begins after the total time of a retry, and what waits then fails at once', () => {
    expect(expectSound(timed.totalTime)).toBeGreaterThan(100);
  });

  test('time is bounded, and the verdict says within how many ticks', () => {
    const { scope, timing } = check(timed.totalTime.system, { scope: timed.totalTime.scope });
    expect(timing).toBe('timed');
    expect(scope).toMatchObject({ ticks: 13, tickMs: 10 });
  });
});

describe('by the clock, without one of its rules it is found out:', () => {
  const rules = (guards: object, actions: object = {}) =>
    ({ 'circuit-breaker': { guards, actions } }) as never;
  type Args = { readonly context: BreakerContext; readonly event: { readonly type: string } };
  describeBroken([
    [
      'failures outlive their window',
      rules({
        opensClosed: ({ context, event }: Args) =>
          event.type === 'failed' && context.window.length > 0,
      }),
      timed.timeWindow,
      allowed,
    ],
    ['results are not kept', rules({}, { record: assign({}) }), timed.timeWindow, allowed],
    [
      'the window is kept when it opens',
      rules(
        {},
        {
          beginEpoch: assign({
            epoch: ({ context }: Args) => (context.epoch % 3) + 1,
            probes: { good: 0, bad: 0 },
          } as never),
        },
      ),
      timed.reclosing,
      allowed,
    ],
    [
      'slow calls are not looked at',
      rules({ opensClosed: ({ event }: Args) => event.type === 'failed' }),
      timed.slowCalls,
      allowed,
    ],
    [
      'a slow probe closes it',
      rules({ opensHalfOpen: () => false, closes: () => true }),
      timed.slowCalls,
      allowed,
    ],
    ['openings are not counted', rules({}, { countOpening: assign({}) }), timed.openTime, allowed],
    [
      'openings are counted for ever',
      rules({}, { forgetOpenings: assign({}) }),
      timed.openTime,
      allowed,
    ],
    [
      'an attempt is made though the time is over',
      { retry: { guards: { isOver: () => false } } },
      timed.totalTime,
      allowed,
    ],
    [
      'what waits goes on waiting',
      { retry: { actions: { giveUp: assign({}) } } },
      timed.totalTime,
      allowed,
    ],
  ]);
});
