/**
 * cockatiel 3.2.1 beside our policies, on the same calls under fake time: alike where they claim the same, and each
 * known difference, which is a defect of one of us or a choice, shown by a test of its own.
 */
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  circuitBreaker as breakerOf,
  bulkhead as bulkheadOf,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  ConstantBackoff,
  CountBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  noJitterGenerator,
  retry as retryOf,
  SamplingBreaker,
  TaskCancelledError,
  TimeoutStrategy,
  timeout as timeoutOf,
} from 'cockatiel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constant } from '../../../../src/index.ts';
import {
  bulkhead,
  circuitBreaker,
  type Policy,
  retry,
  timeout,
  type Window,
} from '../../../../src/patterns/resilience/index.ts';
import {
  calls,
  hows,
  later,
  oneByOne,
  overlapping,
  type Scripted,
  scripts,
  type Told,
  throughLibrary,
  throughPolicies,
  underFakeTime,
} from './scripted.ts';

const named = (error: Error): string => {
  if (error instanceof BrokenCircuitError) return 'breaker-open';
  if (error instanceof BulkheadRejectedError) return 'bulkhead-full';
  if (error instanceof TaskCancelledError) return 'timeout';
  return `${error}`;
};

interface Library {
  execute(work: () => Promise<string>): Promise<string>;
  onReset?(listener: () => void): unknown;
}

/** When a breaker was first closed again. */
interface Closing {
  readonly firstClosedMs: number;
}

/** The library's policy is made anew for each script, under its clock. */
const theirs = (make: () => Library, script: readonly Scripted[]): Promise<Told & Closing> =>
  underFakeTime(async () => {
    const policy = make();
    let firstClosedMs = Number.POSITIVE_INFINITY;
    policy.onReset?.(() => {
      firstClosedMs = Math.min(firstClosedMs, Date.now());
    });
    const told = await throughLibrary((work) => policy.execute(work), script, named);
    return { ...told, firstClosedMs };
  });

/** All calls begin and end alike; `untilClosed`: those that were made before a probe has closed the breaker. */
async function alike<T>(
  arbitrary: fc.Arbitrary<T>,
  of: (given: T) => {
    readonly make: () => Library;
    readonly ours: Policy;
    readonly script: readonly Scripted[];
    readonly untilClosed?: true;
  },
  seed: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbitrary, async (given) => {
      const { make, ours, script, untilClosed } = of(given);
      const expected = await theirs(make, script);
      const compared = script.filter(
        ({ atMs }) => untilClosed !== true || atMs < expected.firstClosedMs,
      );
      const seen = throughPolicies([ours], compared);
      expect(seen.ends).toEqual(expected.ends.slice(0, compared.length));
      const begun = expected.begun.filter((line) => Number(line.split(' ')[0]) < compared.length);
      expect([...seen.begun].sort()).toEqual([...begun].sort());
    }),
    { seed, numRuns: scripts },
  );
}

const handled = handleWhen((error) => error.message !== 'mistake');
const openMs = 75;

const breakerOver = (breaker: () => ConsecutiveBreaker | CountBreaker | SamplingBreaker) => () =>
  breakerOf(handled, { halfOpenAfter: openMs, breaker: breaker() });

/** As theirs: above its ratio, no watchdog. */
const ourBreaker = (window: Window): Policy =>
  circuitBreaker({ window, above: true, open: constant(openMs), probe: null, on: ['error'] });

describe('cockatiel and we do the same', () => {
  test('with retries: as many attempts, after the same waits', () =>
    alike(
      fc.record({
        script: oneByOne(1),
        attempts: fc.integer({ min: 1, max: 5 }),
        ms: fc.integer({ min: 1, max: 40 }),
        isConstant: fc.boolean(),
      }),
      ({ script, attempts, ms, isConstant }) => ({
        script,
        make: () =>
          retryOf(handleAll, {
            maxAttempts: attempts - 1,
            backoff: isConstant
              ? new ConstantBackoff(ms)
              : new ExponentialBackoff({
                  ...{ generator: noJitterGenerator, initialDelay: ms, maxDelay: 100 },
                }),
          }),
        ours: retry({
          attempts,
          backoff: isConstant
            ? { kind: 'constant', ms }
            : { kind: 'exponential', ms, capMs: 100, jitter: 'none' },
        }),
      }),
      1,
    ));

  test('with a breaker of failures in a row', () =>
    alike(
      fc.record({ script: oneByOne(25), failures: fc.integer({ min: 1, max: 4 }) }),
      ({ script, failures }) => ({
        script,
        make: breakerOver(() => new ConsecutiveBreaker(failures)),
        ours: ourBreaker({ kind: 'consecutive', failures }),
      }),
      2,
    ));

  const ratio = fc.constantFrom(0.25, 0.5, 0.75);

  test('with a breaker over a window of counts, until a probe has closed it', () =>
    alike(
      fc.record({
        script: oneByOne(25),
        size: fc.integer({ min: 1, max: 6 }),
        less: fc.nat(5),
        ratio,
      }),
      ({ script, size, less, ratio }) => {
        const minimum = Math.max(1, size - less);
        return {
          script,
          untilClosed: true,
          make: breakerOver(
            () => new CountBreaker({ threshold: ratio, size, minimumNumberOfCalls: minimum }),
          ),
          ours: ourBreaker({ kind: 'count', size, minimum, ratio }),
        };
      },
      3,
    ));

  test('with a breaker over a window of time, within the window', () =>
    alike(
      fc.record({ script: oneByOne(25), minimum: fc.integer({ min: 1, max: 6 }), ratio }),
      ({ script, minimum, ratio }) => ({
        script,
        untilClosed: true,
        // Twenty-five calls of 140 ms each at most: no slice grows old.
        make: breakerOver(
          () => new SamplingBreaker({ threshold: ratio, duration: 5000, minimumRps: minimum / 5 }),
        ),
        ours: ourBreaker({ kind: 'time', ms: 5000, slices: 5, minimum, ratio }),
      }),
      4,
    ));

  test('with a bulkhead, where no call is made in the moment in which another ends', () =>
    alike(
      fc.record({
        script: overlapping(18),
        limit: fc.integer({ min: 1, max: 3 }),
        queue: fc.integer({ min: 0, max: 3 }),
      }),
      ({ script, limit, queue }) => ({
        script,
        make: () => bulkheadOf(limit, queue),
        ours: bulkhead({ limit, queue }),
      }),
      5,
    ));

  test('with a time-out: abandoned, or late where the work does not obey', () =>
    alike(
      fc.record({
        script: overlapping(10),
        afterMs: fc.integer({ min: 1, max: 10 }).map((n) => n * 100 + 50),
        mode: fc.constantFrom('abandon' as const, 'cooperate' as const),
      }),
      ({ script, afterMs, mode }) => ({
        script,
        make: () =>
          timeoutOf(
            afterMs,
            mode === 'abandon' ? TimeoutStrategy.Aggressive : TimeoutStrategy.Cooperative,
          ),
        ours: timeout({ after: constant(afterMs), mode }),
      }),
      6,
    ));
});

describe('cockatiel differs from us:', () => {
  test('its exponent is not used by the generator without jitter', async () => {
    const script = calls([0, 'error']);
    const make = () =>
      retryOf(handleAll, {
        maxAttempts: 3,
        backoff: new ExponentialBackoff({
          ...{ generator: noJitterGenerator, initialDelay: 100, exponent: 3 },
        }),
      });
    // Waits of 100, 200 and 400 ms, and of 100, 300 and 900 ms.
    expect((await theirs(make, script)).begun).toEqual(['0 0', '0 101', '0 302', '0 703']);
    const ours = retry({
      attempts: 4,
      backoff: { kind: 'exponential', ms: 100, factor: 3, jitter: 'none' },
    });
    expect(throughPolicies([ours], script).begun).toEqual(['0 0', '0 101', '0 402', '0 1303']);
  });

  test('its window of time moves by one slice a call, so that failures outlive an idle minute', async () => {
    const four = [0, 10, 20, 30].map((atMs) => [atMs, 'error'] as const);
    const script = calls(...four, [60_000, 'error'], [60_010, null]);
    const make = breakerOver(
      () => new SamplingBreaker({ threshold: 0.5, duration: 5000, minimumRps: 1 }),
    );
    expect(hows(await theirs(make, script))[5]).toBe('breaker-open');
    const ours = ourBreaker({ kind: 'time', ms: 5000, slices: 5, minimum: 5, ratio: 0.5 });
    expect(hows(throughPolicies([ours], script))[5]).toBe('reply');
  });

  test('its bulkhead lets a newcomer overtake the queue, and then rejects one that has waited', async () => {
    const told = await underFakeTime(async () => {
      const policy = bulkheadOf(1, 1);
      const newcomers: Promise<string>[] = [];
      const ask = () =>
        newcomers.push(policy.execute(async () => 'reply').catch((error: Error) => named(error)));
      const seen = await throughLibrary(
        (work, index) =>
          policy.execute(() => {
            const answer = work();
            // Who waits for the same answer asks twice as soon as it is there.
            if (index === 0) later(1, () => answer.then(() => [ask(), ask()]));
            return answer;
          }),
        calls([0, null, 100], [10, null]),
        named,
      );
      return { seen: hows(seen), newcomers: await Promise.all(newcomers) };
    });
    expect(told).toEqual({ seen: ['reply', 'bulkhead-full'], newcomers: ['reply', 'reply'] });
    // A call in the moment of the answer comes behind the one that waits.
    const script = calls([0, null, 100], [10, null], [100, null], [100, null]);
    const ours = throughPolicies([bulkhead({ limit: 1, queue: 1 })], script);
    expect(ours.ends[1]).toBe('reply 101');
  });

  test('an error that it does not handle closes it half-open', async () => {
    const script = calls([0, 'error'], [100, 'mistake']);
    const make = breakerOver(() => new ConsecutiveBreaker(1));
    const state = async () => {
      let policy: CircuitBreakerPolicy | undefined;
      await theirs(() => {
        policy = make();
        return policy;
      }, script);
      return policy?.state;
    };
    // Closed, with no probe having succeeded.
    expect(await state()).toBe(0);
    const ours = ourBreaker({ kind: 'consecutive', failures: 1 });
    expect(throughPolicies([ours], script).marks).toEqual(['opened', 'half-opened']);
  });

  test('a failure of a call from before it opened opens it again', async () => {
    // The first fails at 200 ms, when the breaker has been closed again by the third.
    const script = calls([0, 'error', 200], [10, 'error'], [100, null], [210, null]);
    const make = breakerOver(() => new ConsecutiveBreaker(1));
    expect(hows(await theirs(make, script))[3]).toBe('breaker-open');
    const ours = ourBreaker({ kind: 'consecutive', failures: 1 });
    expect(hows(throughPolicies([ours], script))[3]).toBe('reply');
  });

  test('half-open, what is asked beyond the probe waits for it', async () => {
    const script = calls([0, 'error'], [100, null, 50], [110, null]);
    const make = breakerOver(() => new ConsecutiveBreaker(1));
    expect((await theirs(make, script)).ends.slice(1)).toEqual(['reply 150', 'reply 151']);
    const ours = ourBreaker({ kind: 'consecutive', failures: 1 });
    expect(throughPolicies([ours], script).ends.slice(1)).toEqual([
      ...['reply 150', 'breaker-open 110'],
    ]);
  });

  test('the probe that closes it counts as the first result of the new window', async () => {
    // One success and two failures: more than a half of three, and all of a window of two.
    const script = calls([0, 'error'], [1, 'error'], [100, null], [110, 'error'], [120, null]);
    const make = breakerOver(() => new CountBreaker({ threshold: 0.25, size: 2 }));
    expect(hows(await theirs(make, script))[4]).toBe('breaker-open');
    const ours = ourBreaker({ kind: 'count', size: 2, ratio: 0.25 });
    expect(hows(throughPolicies([ours], script))[4]).toBe('reply');
  });

  test('a probe that is lost keeps it half-open for ever', async () => {
    const lost: Scripted = { atMs: 100, error: null, takesMs: 1e9 };
    const script = [...calls([0, 'error']), lost, ...calls([5000, null], [50_000, null])];
    const make = breakerOver(() => new ConsecutiveBreaker(1));
    expect(hows(await theirs(make, script))).toEqual(['error', 'nothing', 'nothing', 'nothing']);
    const ours = circuitBreaker({
      ...{ window: { kind: 'consecutive', failures: 1 }, open: constant(openMs) },
      probe: constant(1000),
    });
    expect(hows(throughPolicies([ours], script)).slice(2)).toEqual(['reply', 'reply']);
  });
});
