/** Failover: its runs against a reference, outliers, late results, probes, refusals. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/index.ts';
import { type FailoverOptions, failover, timeout } from '../../../src/patterns/resilience/index.ts';
import { isOutlier, type Target } from '../../../src/patterns/resilience/targets.ts';
import type { ServiceOptions } from '../../../src/patterns/services/index.ts';
import { type FailoverCase, failoverReference } from './failover-reference.ts';
import { calledServices } from './guarded-calls.ts';

const names = ['a', 'b', 'c'];

/** Each fails what says so of it. */
const replicas = Object.fromEntries(
  names.map((name, index): [string, ServiceOptions] => [
    name,
    { refuses: (input) => ((input as readonly boolean[])[index] ? 'error' : undefined) },
  ]),
);

const windowOf = (rule: FailoverCase['rule']): NonNullable<FailoverOptions['window']> =>
  'row' in rule
    ? { kind: 'consecutive', failures: rule.row }
    : { kind: 'count', size: rule.size, ratio: rule.failures / rule.size };

describe('a failover', () => {
  test('sends calls where the reference does', () => {
    const rule = fc.oneof(
      fc.record({ row: fc.integer({ min: 1, max: 3 }) }),
      fc
        .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
        .map(([a, b]) => ({ size: Math.max(a, b), failures: Math.min(a, b) })),
    );
    const arbitrary = fc.record({
      rule,
      choose: fc.constantFrom('priority' as const, 'round-robin' as const, 'sticky' as const),
      attempts: fc.integer({ min: 1, max: 3 }),
      maxShare: fc.constantFrom(0.3, 0.5, 0.67, 1),
      panic: fc.constantFrom('route' as const, 'reject' as const),
      calls: fc.array(
        fc.tuple(
          fc.integer({ min: 1, max: 40 }),
          fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        ),
        { minLength: 10, maxLength: 25 },
      ),
    });
    fc.assert(
      fc.property(arbitrary, ({ calls: drawn, ...of }) => {
        let at = 0;
        const calls = drawn.map(([gap, fails]) => {
          at += gap;
          return [at, fails] as const;
        });
        // At fractions, so that nothing ends in the moment of a call.
        const given: FailoverCase = { ...of, targets: 3, ejectMs: 50.503, forgiveMs: 30.201 };
        const seen = calledServices(
          [
            failover({
              ...{
                targets: names,
                choose: of.choose,
                attempts: of.attempts,
                window: windowOf(of.rule),
              },
              ...{ maxShare: of.maxShare, panic: of.panic, forgive: constant(30.201) },
              eject: (times) => constant(50.503 * times),
            }),
          ],
          replicas,
          calls.map(([time, fails], index) => ['a', `c${index}`, time, fails] as const),
        );
        const told = failoverReference(given, calls);
        expect(seen.reached.map((line) => line.split(' ').slice(0, 2))).toEqual(
          told.flatMap(([sent], index) => sent.map((target) => [names[target], `c${index}`])),
        );
        expect(seen.ends.map((line) => line.split(' ')[1])).toEqual(told.map(([, ends]) => ends));
      }),
      { seed: 31, numRuns: 25 },
    );
  });

  test('leaves calls of other services alone', () => {
    const { reached, ends } = calledServices(
      [failover({ targets: ['a', 'b'] })],
      { ...replicas, other: { refuses: () => 'no' } },
      [['other', 'k', 0]],
    );
    expect({ reached, ends }).toEqual({ reached: ['other k 0'], ends: ['k no 0'] });
  });

  test('counts no result of another stay', () => {
    // A slow failure of before the ejection comes when the target has been readmitted.
    const takes = { time: (input: unknown) => constant(input as number), concurrency: 9 };
    const { marks } = calledServices(
      [
        failover({
          ...{ targets: ['a', 'b'], window: { kind: 'consecutive', failures: 1 }, attempts: 1 },
          eject: constant(20),
        }),
      ],
      { a: { ...takes, refuses: () => 'error' }, b: {} },
      [
        ['a', 'slow', 0, 50],
        ['a', 'quick', 1, 5],
        ['a', 'last', 40, 30],
      ],
    );
    expect(marks).toEqual(['ejected 6', 'readmitted 26', 'ejected 70', 'readmitted 90']);
  });

  test('ejects what is worse than the others, though none fails much', () => {
    // One target in five fails a third of its calls.
    const five = ['a', 'b', 'c', 'd', 'e'];
    const services = Object.fromEntries(
      five.map((name): [string, ServiceOptions] => [
        name,
        { refuses: (input) => (name === 'c' && (input as number) % 3 === 0 ? 'error' : undefined) },
      ]),
    );
    const marks = (outlier: FailoverOptions['outlier']) =>
      calledServices(
        [
          failover({
            ...{ targets: five, choose: 'round-robin', attempts: 1, eject: constant(1e6) },
            ...(outlier && { outlier }),
          }),
        ],
        services,
        Array.from(
          { length: 100 },
          (_, index) => ['a', `k${index}`, index, Math.floor(index / 5)] as const,
        ),
      ).marks;
    expect(marks(undefined)).toEqual([]);
    // Each has had ten when the tenth of c comes; e comes later, so that four are known.
    expect(marks({ size: 10, targets: 5 })[0]).toBe('ejected 52');
    expect(marks({ size: 10, targets: 6 })).toEqual([]);
    expect(marks({ size: 10, factor: 3 })).toEqual([]);
  });

  test('compares with mean and standard deviation over the targets', () => {
    const target = (name: string, failures: number): Target => ({
      ...{ name, window: [], isEjected: false, times: 0, epoch: 1, isDown: false, row: 0 },
      recent: Array.from({ length: 10 }, (_, index) => {
        return { total: 1, failed: index < failures ? 1 : 0, slow: 0 };
      }),
    });
    // Shares 1, 1, 1, 1 and s: the mean is (4 + s) / 5, the deviation (1 - s) * 2 / 5, so that s is 2 deviations off.
    const targets = ['a', 'b', 'c', 'd'].map((name) => target(name, 0)).concat(target('e', 4));
    const rule = (factor: number) => ({ factor, targets: 5, size: 10, minimum: 10 });
    expect(isOutlier(rule(1.9), targets, 'e')).toBe(true);
    expect(isOutlier(rule(2.1), targets, 'e')).toBe(false);
    expect(isOutlier(rule(1.9), targets, 'a')).toBe(false);
  });

  test('finds out by probes what is down and up, without any call', () => {
    const probes = { every: constant(10), within: constant(5), bad: 2, good: 1 };
    const run = (atMs: number) =>
      calledServices(
        [failover({ targets: ['a', 'b'], probes }), timeout({ after: constant(50), tells: false })],
        { a: {}, b: {} },
        [['a', 'k', atMs]],
        { faults: [{ fault: 'crash', node: 'a', atMs: 100, forMs: 100 }], horizonMs: 400 },
      );
    const late = run(150);
    // Probes at 100 and 115 are not answered.
    expect(late.marks).toContain('taken-down 120');
    expect(late.reached.filter((line) => line.includes(' k '))).toEqual(['b k 150']);
    expect(late.marks.some((line) => line.startsWith('brought-up 2'))).toBe(true);
    // Before they say so the call waits for its timeout.
    expect(run(105).ends).toEqual(['k reply 155']);
  });

  test.each([
    [{}, 'targets is undefined; it must be a list of services'],
    [{ targets: [] }, 'targets is []; it must be a list of at least one service'],
    [{ targets: ['a'], choose: 'random' }, 'choose is "random"; it must be "priority" or'],
    [{ targets: ['a'], attempts: 0 }, 'attempts is 0'],
    [{ targets: ['a'], on: 'error' }, 'on is "error"'],
    [{ targets: ['a'], window: { kind: 'row' } }, 'failover: window.kind is "row"'],
    [
      { targets: ['a'], outlier: { targets: 1 } },
      'outlier.targets is 1; it must be a whole number, 2',
    ],
    [{ targets: ['a'], outlier: { size: 5, minimum: 9 } }, 'outlier.minimum is 9'],
    [{ targets: ['a'], eject: 5 }, 'eject is no distribution'],
    [{ targets: ['a'], forgive: 5 }, 'forgive is no distribution'],
    [{ targets: ['a'], maxShare: 50 }, 'maxShare is 50; it must be a number from 0 to 1'],
    [{ targets: ['a'], probes: { bad: 0 } }, 'probes.bad is 0'],
    [{ targets: ['a'], panic: 'fail' }, 'panic is "fail"; it must be "route" or "reject"'],
    [{ target: ['a'] }, 'there is no option "target"; did you mean "targets"?'],
  ])('refuses %o', (options, sentence) => {
    expect(() => failover(options as never)).toThrow(sentence);
  });

  test('refuses targets that are no services before any call', () => {
    expect(() => calledServices([failover({ targets: ['a', 'd'] })], replicas, [])).toThrow(
      'there is no service "d"',
    );
  });
});
