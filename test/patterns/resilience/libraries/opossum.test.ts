/**
 * opossum 9.0.0, the newest for Node 20, beside our policies, on the same calls under fake time: alike where they claim
 * the same, and each known difference, which is a defect of one of us or a choice, shown by a test of its own.
 */
import fc from 'fast-check';
import CircuitBreaker from 'opossum';
import { describe, expect, test } from 'vitest';
import { constant } from '../../../../src/index.ts';
import {
  bulkhead,
  circuitBreaker,
  type Policy,
  timeout,
} from '../../../../src/patterns/resilience/index.ts';
import {
  calls,
  hows,
  oneByOne,
  overlapping,
  type Scripted,
  scripts,
  type Told,
  throughLibrary,
  throughPolicies,
  underFakeTime,
  type Work,
} from './scripted.ts';

type Options = ConstructorParameters<typeof CircuitBreaker>[1];

const codes: Readonly<Record<string, string>> = {
  EOPENBREAKER: 'breaker-open',
  ESEMLOCKED: 'bulkhead-full',
  ETIMEDOUT: 'timeout',
};
const named = (error: Error & { readonly code?: string }): string =>
  codes[error.code ?? ''] ?? `${error}`;

const openMs = 75;
const never = { timeout: false, errorThresholdPercentage: 100 } as const;

/** How the calls ended, when the breaker was first closed again, and its changes. */
const theirs = (options: Options, script: readonly Scripted[]) =>
  underFakeTime(async () => {
    const breaker = new CircuitBreaker((work: Work) => work(), {
      ...{ resetTimeout: openMs, rollingCountTimeout: 1e6, rollingPercentilesEnabled: false },
      ...{ enableSnapshots: false },
      ...options,
    });
    const changes: string[] = [];
    let firstClosedMs = Number.POSITIVE_INFINITY;
    breaker.on('open', () => changes.push('opened'));
    breaker.on('halfOpen', () => changes.push('half-opened'));
    breaker.on('close', () => {
      changes.push('closed');
      firstClosedMs = Math.min(firstClosedMs, Date.now());
    });
    const told: Told = await throughLibrary((work) => breaker.fire(work), script, named);
    breaker.shutdown();
    return { ...told, changes, firstClosedMs };
  });

async function alike<T>(
  arbitrary: fc.Arbitrary<T>,
  of: (given: T) => {
    readonly options: Options;
    readonly ours: readonly Policy[];
    readonly script: readonly Scripted[];
    readonly untilClosed?: true;
  },
  seed: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbitrary, async (given) => {
      const { options, ours, script, untilClosed } = of(given);
      const expected = await theirs(options, script);
      const compared = script.filter(
        ({ atMs }) => untilClosed !== true || atMs < expected.firstClosedMs,
      );
      const seen = throughPolicies(ours, compared);
      expect(seen.ends).toEqual(expected.ends.slice(0, compared.length));
      const begun = expected.begun.filter((line) => Number(line.split(' ')[0]) < compared.length);
      expect([...seen.begun].sort()).toEqual([...begun].sort());
    }),
    { seed, numRuns: scripts },
  );
}

/** As theirs: a long window, above its ratio, no watchdog. */
const ourBreaker = (ratio: number, minimum: number): Policy =>
  circuitBreaker({
    ...{ window: { kind: 'time', ms: 1e6, minimum, ratio }, above: true },
    ...{ open: constant(openMs), probe: null },
  });

describe('opossum and we do the same', () => {
  test('with a breaker over a window of time, until a probe has closed it', () =>
    alike(
      fc.record({
        script: oneByOne(25),
        minimum: fc.integer({ min: 1, max: 6 }),
        percent: fc.constantFrom(25, 50, 75),
      }),
      ({ script, minimum, percent }) => ({
        script,
        untilClosed: true,
        options: {
          ...{ timeout: false, errorThresholdPercentage: percent, volumeThreshold: minimum },
        },
        ours: [ourBreaker(percent / 100, minimum)],
      }),
      1,
    ));

  test('with a capacity, where there is no queue', () =>
    alike(
      fc.record({ script: overlapping(18), capacity: fc.integer({ min: 1, max: 4 }) }),
      ({ script, capacity }) => ({
        script,
        options: { ...never, capacity },
        ours: [bulkhead({ limit: capacity, queue: 0 })],
      }),
      2,
    ));

  test('with a time-out: the caller is released, and the work goes on', () =>
    alike(
      fc.record({
        script: overlapping(10),
        afterMs: fc.integer({ min: 1, max: 10 }).map((n) => n * 100 + 50),
      }),
      ({ script, afterMs }) => ({
        script,
        options: { ...never, timeout: afterMs },
        ours: [timeout({ after: constant(afterMs) })],
      }),
      3,
    ));
});

describe('opossum differs from us:', () => {
  test('a late success closes a half-open breaker, no probe having been sent', async () => {
    // The first was let through closed, and succeeds at 120 ms; the breaker is half-open from 85 ms on.
    const script = calls([0, null, 120], [9, 'error']);
    const options = { timeout: false, errorThresholdPercentage: 40 } as const;
    const { changes } = await theirs(options, script);
    expect(changes).toEqual(['opened', 'half-opened', 'closed']);
    const { marks } = throughPolicies([ourBreaker(0.4, 1)], script);
    expect(marks).toEqual(['opened', 'half-opened']);
  });

  test('by default its very first failure opens it', async () => {
    const script = calls([0, 'error'], [10, null]);
    expect(hows(await theirs({ timeout: false }, script))).toEqual(['error', 'breaker-open']);
    expect(hows(throughPolicies([circuitBreaker()], script))).toEqual(['error', 'reply']);
  });

  test('a call that finds no capacity is a failure, and can open it', async () => {
    const script = calls([0, null, 100], [10, null], [20, null]);
    const options = { timeout: false, capacity: 1, errorThresholdPercentage: 40 } as const;
    const told = await theirs(options, script);
    expect(hows(told)).toEqual(['reply', 'bulkhead-full', 'breaker-open']);
    const ours = [ourBreaker(0.4, 1), bulkhead({ limit: 1 })];
    expect(hows(throughPolicies(ours, script))).toEqual([
      ...['reply', 'bulkhead-full', 'bulkhead-full'],
    ]);
  });

  test('calls that it rejects make its error rate lower', async () => {
    const rejected = Array.from({ length: 8 }, (_, index) => [10 + index, null] as const);
    const script = calls([0, 'error'], ...rejected, [100, null], [110, 'error'], [120, null]);
    const options = { timeout: false, errorThresholdPercentage: 50 } as const;
    // Two failures of eleven calls; and of two that were made since it has closed, one.
    expect(hows(await theirs(options, script)).slice(-3)).toEqual(['reply', 'error', 'reply']);
    const ours = hows(throughPolicies([ourBreaker(0.5, 1)], script));
    expect(ours.slice(-3)).toEqual(['reply', 'error', 'breaker-open']);
  });

  test('a probe that is lost keeps it half-open for ever, without a time-out', async () => {
    const lost: Scripted = { atMs: 100, error: null, takesMs: 1e9 };
    const script = [...calls([0, 'error']), lost, ...calls([5000, null], [50_000, null])];
    const told = await theirs({ timeout: false }, script);
    expect(hows(told)).toEqual(['error', 'nothing', 'breaker-open', 'breaker-open']);
    const ours = circuitBreaker({
      ...{ window: { kind: 'consecutive', failures: 1 }, open: constant(openMs) },
      probe: constant(1000),
    });
    expect(hows(throughPolicies([ours], script)).slice(2)).toEqual(['reply', 'reply']);
  });
});
