/** Fallback: its runs against a reference, what is given and marked, its place beside others, refusals. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constant, defineSystem, run } from '../../../src/index.ts';
import {
  circuitBreaker,
  defineCaller,
  type FallbackOptions,
  fallback,
  type Given,
  retry,
} from '../../../src/patterns/resilience/index.ts';
import { defineServices, type ServiceOptions } from '../../../src/patterns/services/index.ts';
import { type FallbackCase, fallbackReference } from './fallback-reference.ts';
import { calledServices } from './guarded-calls.ts';

interface Input {
  readonly of: number;
  readonly error: string | null;
}

/** Fails what says so of itself. */
const callee: ServiceOptions = {
  refuses: (input) => (input as Input | undefined)?.error ?? undefined,
};

function giveOf(give: FallbackCase['give']): Given {
  switch (give.kind) {
    case 'value':
      return { kind: 'value', value: 'instead' };
    case 'cached':
      return {
        kind: 'cached',
        maxAge: constant(give.maxAgeMs),
        size: give.size,
        by: (_, input) => (input as Input).of,
      };
    case 'service':
      return { kind: 'service', service: 'other', within: constant(give.withinMs) };
  }
}

describe('a fallback', () => {
  test('ends calls as the reference does', () => {
    const odd = fc.integer({ min: 1, max: 20 }).map((ms) => ms + 0.503);
    const give: fc.Arbitrary<FallbackCase['give']> = fc.oneof(
      fc.constant({ kind: 'value' as const }),
      fc.record({
        kind: fc.constant('cached' as const),
        maxAgeMs: fc.integer({ min: 20, max: 300 }).map((ms) => ms + 0.503),
        size: fc.integer({ min: 1, max: 3 }),
      }),
      fc.record({
        kind: fc.constant('service' as const),
        takesMs: odd,
        withinMs: odd.map((ms) => ms + 0.2),
      }),
    );
    const call = fc.record({
      gap: fc.integer({ min: 25, max: 90 }),
      of: fc.nat(3),
      error: fc.constantFrom(null, null, 'error', 'other'),
    });
    fc.assert(
      fc.property(give, fc.array(call, { minLength: 3, maxLength: 12 }), (given, drawn) => {
        let atMs = 0;
        const calls = drawn.map(({ gap, of, error }) => {
          atMs += gap;
          return { atMs, of, error };
        });
        const takes = constant(given.kind === 'service' ? given.takesMs : 0);
        const seen = calledServices(
          [fallback({ give: giveOf(given), on: (error) => error !== 'other' })],
          {
            service: callee,
            other: {
              time: takes,
              refuses: (input) => ((input as Input).of % 2 === 1 ? 'bad' : undefined),
            },
          },
          calls.map(
            ({ atMs: at, of, error }, index) =>
              ['service', `c${index}`, at, { of, error }] as const,
          ),
        );
        const told = fallbackReference({ give: given, unhandled: 'other' }, calls);
        const round = (at: number) => Math.round(at * 1000);
        expect(
          seen.ends
            .map((line) => line.split(' '))
            .map(([key, ends, at]) => [key, ends, round(Number(at))]),
        ).toEqual(told.map(([ends, at], index) => [`c${index}`, ends, round(at)]));
      }),
      { seed: 23, numRuns: 25 },
    );
  });

  /** What a client hears, and what metrics say of it. */
  function heard(options: FallbackOptions, inputs: readonly Input[]) {
    const services = defineServices({
      service: { ...callee, answer: (input) => `full ${(input as Input).of}` },
      other: { answer: (input) => ['other', input] },
    });
    const operations = inputs.map((input, index) => {
      return { type: 'REQUEST', service: 'service', call: `c${index}`, input } as const;
    });
    const system = defineSystem({
      name: 'shop',
      nodes: () => ({
        shop: defineCaller(services, { policies: [fallback(options)], operations }),
        ...services.nodes,
      }),
    });
    const { trace, metrics } = run(system, { seed: 1, latency: constant(1), trace: true });
    return { replies: JSON.stringify(trace), metrics };
  }

  const bad: Input = { of: 1, error: 'error' };
  const good: Input = { of: 2, error: null };

  test('gives a value, a function of the failure, or what another service says of it', () => {
    const value = heard({ give: { kind: 'value', value: [1] } }, [bad]);
    expect(value.replies).toContain('"output":[1],"degraded":true');
    const of = ({ error, service, key, input }: object & Record<string, unknown>) => [
      error,
      service,
      key,
      input,
    ];
    const computed = heard({ give: { kind: 'computed', of: of as never } }, [bad]);
    expect(computed.replies).toContain(
      `"output":["error","service","c0",${JSON.stringify(bad)}],"degraded":true`,
    );
    const input = (given: unknown, error: string) => [(given as Input).of, error];
    const other = heard({ give: { kind: 'service', service: 'other', input } }, [bad]);
    expect(other.replies).toContain('"output":["other",[1,"error"]],"degraded":true');
  });

  test('is told from full answers by the metrics', () => {
    const { metrics } = heard({ give: { kind: 'value', value: 0 } }, [bad, good, bad]);
    expect(metrics.operations).toMatchObject({ returned: 3, degraded: 2, errors: 0 });
    expect(metrics.marks.degraded).toBe(2);
  });

  test('keeps no degraded answer', () => {
    const cached = fallback({ give: { kind: 'cached', maxAge: null, by: () => 'all' } });
    const value = fallback({ give: { kind: 'value', value: 0 }, on: ['error'] });
    const ends = calledServices([cached, value], { service: callee }, [
      ['service', 'a', 0, { of: 1, error: 'error' }],
      ['service', 'b', 10, { of: 1, error: 'other' }],
      ['service', 'c', 20, { of: 1, error: null }],
      ['service', 'd', 30, { of: 1, error: 'other' }],
    ]).ends;
    expect(ends).toEqual(['a degraded 0', 'b other 10', 'c reply 20', 'd degraded 30']);
  });

  test('is asked past the policies below, so that their open breaker does not reject it', () => {
    const breaker = circuitBreaker({ window: { kind: 'consecutive', failures: 1 } });
    const instead = fallback({ give: { kind: 'service', service: 'other' } });
    const calls = [0, 10].map((at) => ['service', `c${at}`, at, bad] as const);
    const { ends, reached } = calledServices(
      [instead, breaker],
      { service: callee, other: {} },
      calls,
    );
    expect(ends).toEqual(['c0 degraded 0', 'c10 degraded 10']);
    expect(reached).toEqual(['service c0 0', 'other c0 0', 'other c10 10']);
    const own = fallback({ give: { kind: 'value', value: 0 }, onRejection: false });
    expect(calledServices([own, breaker], { service: callee }, calls).ends).toEqual([
      'c0 degraded 0',
      'c10 breaker-open 10',
    ]);
  });

  test('inside a retry leaves nothing to retry, outside it comes last', () => {
    const again = retry({ attempts: 3, backoff: { kind: 'constant', ms: 5 } });
    const value = fallback({ give: { kind: 'value', value: 0 } });
    const made = (policies: Parameters<typeof calledServices>[0]) =>
      calledServices(policies, { service: callee }, [['service', 'a', 0, bad]]);
    expect(made([again, value])).toMatchObject({ arrivals: ['a 0'], ends: ['a degraded 0'] });
    expect(made([value, again]).ends).toEqual(['a degraded 10']);
    expect(made([value, again]).arrivals).toHaveLength(3);
  });

  test.each([
    [{}, 'give is undefined; it must be an object, such as { kind: "value", value: [] }'],
    [{ give: { kind: 'default' } }, 'give.kind is "default"; it must be "value" or "computed" or'],
    [{ give: { kind: 'value', value: new Map() } }, 'fallback: give.value'],
    [{ give: { kind: 'computed', of: 3 } }, 'give.of is 3; it must be a function'],
    [{ give: { kind: 'cached' } }, 'give.maxAge is no distribution'],
    [{ give: { kind: 'cached', maxAge: null, size: 0 } }, 'give.size is 0'],
    [{ give: { kind: 'cached', maxAge: null, ms: 0 } }, 'there is no option "give.ms"'],
    [{ give: { kind: 'service', service: 'a', within: 5 } }, 'give.within is no distribution'],
    [{ give: { kind: 'value', value: 1 }, on: 'error' }, 'on is "error"'],
    [{ give: { kind: 'value', value: 1 }, onRejection: 1 }, 'onRejection is 1'],
    [{ give: { kind: 'value', value: 1 }, when: 1 }, 'there is no option "when"'],
  ])('refuses %o', (options, sentence) => {
    expect(() => fallback(options as never)).toThrow(sentence);
  });

  test('refuses a service that there is not before any call', () => {
    const instead = fallback({ give: { kind: 'service', service: 'othre' } });
    expect(() => calledServices([instead], { service: {}, other: {} }, [])).toThrow(
      'there is no service "othre"; did you mean "other"?',
    );
  });
});
