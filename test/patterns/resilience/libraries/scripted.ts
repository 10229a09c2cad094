/** One script of calls, made through a library under fake timers and through our policies in virtual time. */
import fc from 'fast-check';
import { vi } from 'vitest';
import { constant } from '../../../../src/index.ts';
import type { Policy } from '../../../../src/patterns/resilience/index.ts';
import { sized } from '../../../sizes.ts';
import { called } from '../guarded-calls.ts';

/** A call: when it is made, how long work on it takes, and what that comes to. */
export interface Scripted {
  readonly atMs: number;
  readonly takesMs: number;
  /** Null: an answer. `mistake` is an error that no policy here handles. */
  readonly error: 'error' | 'mistake' | null;
}

/** What became of the calls. */
export interface Told {
  /** `2 100`: work on the third call began at 100 ms. */
  readonly begun: readonly string[];
  /** Of each call, `reply 120`: how it ended and when; `nothing` of one that did not. */
  readonly ends: readonly string[];
}

export type Work = () => Promise<string>;

/** An error of the work, or one with which a library rejects a call. */
export class Scream extends Error {}

const overMs = 100_000;

/** So many random scripts of each policy; test/deep/libraries.test.ts takes more. */
export const scripts = sized(600, 20);

/**
 * Makes the calls through a library. `guard` is given the work of each call and makes it, or does not; `named` says what
 * an error of the library's own is here.
 */
export async function throughLibrary(
  guard: (work: Work, index: number) => Promise<string>,
  calls: readonly Scripted[],
  named: (error: Error) => string,
): Promise<Told> {
  const begun: string[] = [];
  const ends = calls.map(() => 'nothing');
  for (const [index, { atMs, takesMs, error }] of calls.entries())
    later(atMs, () => {
      const work: Work = () => {
        begun.push(`${index} ${Date.now()}`);
        return new Promise((resolve, reject) => {
          later(takesMs, () => (error === null ? resolve('reply') : reject(new Scream(error))));
        });
      };
      const end = (how: string): void => {
        ends[index] = `${how} ${Date.now()}`;
      };
      guard(work, index).then(end, (thrown: Error) =>
        end(thrown instanceof Scream ? thrown.message : named(thrown)),
      );
    });
  await vi.advanceTimersByTimeAsync(overMs);
  return { begun, ends };
}

/** Acts when the fake clock says so: nothing here waits for a real one. */
export function later(ms: number, act: () => void): void {
  if (!vi.isFakeTimers()) throw new Error('broken promise: scripts run under fake time');
  const { setTimeout: arm } = globalThis;
  arm(act, ms);
}

/** Runs it with timers and a clock that only {@link throughLibrary} moves. */
export async function underFakeTime<T>(act: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ now: 0 });
  try {
    return await act();
  } finally {
    vi.useRealTimers();
  }
}

/** Makes the calls through policies, whose marks are told too. */
export function throughPolicies(
  policies: readonly Policy[],
  calls: readonly Scripted[],
): Told & { readonly marks: readonly string[] } {
  const { arrivals, ends, marks } = called(
    policies,
    {
      concurrency: 1000,
      time: (input) => constant((input as Scripted).takesMs),
      refuses: (input) => (input as Scripted).error ?? undefined,
    },
    calls.map((call, index) => [String(index), call.atMs, call] as const),
    { horizonMs: overMs },
  );
  const of = new Map(
    ends.map((line) => {
      const [index = '', ...how] = line.split(' ');
      return [index, how.join(' ')];
    }),
  );
  return {
    begun: arrivals,
    ends: calls.map((_, index) => of.get(String(index)) ?? 'nothing'),
    marks: marks.map((line) => line.split(' ')[0] ?? ''),
  };
}

const error = fc.constantFrom('error' as const, null);

/**
 * Calls one after the other: each is over when the next is made. Times are multiples of ten, durations end in 3, so that
 * what a policy waits for, which ends in 5, comes at the moment of no call and no end.
 */
export function oneByOne(atMost: number): fc.Arbitrary<readonly Scripted[]> {
  const one = fc.record({ gap: fc.integer({ min: 1, max: 8 }), takes: fc.nat(5), error });
  return fc.array(one, { minLength: 1, maxLength: atMost }).map((given) => {
    let atMs = 0;
    return given.map(({ gap, takes, error }) => {
      const takesMs = takes * 10 + 3;
      const call = { atMs: atMs + gap * 10, takesMs, error };
      atMs = call.atMs + takes * 10;
      return call;
    });
  });
}

/**
 * Calls that overlap: made at multiples of a hundred, ending a millisecond after one, so that a chain of calls of which
 * each begins when the one before it ends meets no other.
 */
export function overlapping(atMost: number): fc.Arbitrary<readonly Scripted[]> {
  const one = fc.record({ at: fc.nat(20), takes: fc.integer({ min: 1, max: 9 }), error });
  return fc
    .uniqueArray(one, { minLength: 1, maxLength: atMost, selector: ({ at }) => at })
    .map((given) =>
      given
        .map(({ at, takes, error }) => ({ atMs: at * 100, takesMs: takes * 100 + 1, error }))
        .sort((a, b) => a.atMs - b.atMs),
    );
}

/** Calls at these times, each of which takes a millisecond unless it says otherwise. */
export function calls(
  ...given: readonly (readonly [atMs: number, error: Scripted['error'], takesMs?: number])[]
): readonly Scripted[] {
  return given.map(([atMs, error, takesMs = 1]) => ({ atMs, error, takesMs }));
}

/** How each call ended, without the time. */
export function hows({ ends }: Told): readonly string[] {
  return ends.map((end) => end.split(' ')[0] ?? '');
}
