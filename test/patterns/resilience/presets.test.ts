/** Presets have the documented defaults of the libraries whose names they bear, and policies take them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/index.ts';
import {
  bulkhead,
  circuitBreaker,
  fallback,
  hedge,
  presets,
  rateLimit,
  retry,
  timeout,
} from '../../../src/patterns/resilience/index.ts';
import { called } from './guarded-calls.ts';
import { presetRows } from './preset-rows.ts';

interface Documented {
  readonly libraries: Readonly<
    Record<
      string,
      Readonly<Record<string, Readonly<Record<string, { readonly default: unknown }>>>>
    >
  >;
}

const oracle = JSON.parse(
  readFileSync(new URL('../../calibration/resilience-defaults.json', import.meta.url), 'utf8'),
) as Documented;

/** What stands at `retry.backoff.ms` of a preset. */
function at(preset: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], preset);
}

const options = Object.entries(oracle.libraries).flatMap(([library, policies]) =>
  Object.entries(policies).flatMap(([policy, given]) =>
    Object.entries(given).map(([option, { default: value }]) => ({
      library,
      policy,
      option,
      value,
    })),
  ),
);

describe('presets', () => {
  test.each(options)('$library: $policy, $option', ({ library, policy, option, value }) => {
    const row = presetRows[library]?.[policy]?.[option];
    expect(row, 'every option has its place, or the reason why it has none').toBeDefined();
    if (row === undefined || 'none' in row) return;
    const preset = at(presets, library);
    expect(at(preset, row.here.split('.')[0] as string)).toBeDefined();
    expect(at(preset, row.here)).toEqual(row.of === undefined ? value : row.of(value as never));
  });

  test('have no row for an option that is not documented', () => {
    const rows = Object.values(presetRows).flatMap((policies) =>
      Object.values(policies).flatMap((given) => Object.keys(given)),
    );
    expect(rows).toHaveLength(options.length);
    expect(options.length).toBeGreaterThan(60);
  });

  test('are legal options', () => {
    const { polly, resilience4j, cockatiel } = presets;
    for (const { retry: one } of [polly, resilience4j, cockatiel]) retry(one);
    for (const one of [resilience4j.exponentialRetry, resilience4j.randomizedRetry]) retry(one);
    retry(cockatiel.exponentialRetry);
    for (const one of [polly, resilience4j]) {
      circuitBreaker(one.circuitBreaker);
      timeout(one.timeout);
    }
    for (const one of [polly, resilience4j, cockatiel]) bulkhead(one.bulkhead);
    bulkhead({ ...resilience4j.threadPoolBulkhead, limit: 4 });
    hedge(polly.hedge);
    rateLimit(resilience4j.rateLimit);
    fallback({ ...polly.fallback, give: { kind: 'value', value: null } });
    const window = { kind: 'consecutive', failures: 3 } as const;
    circuitBreaker({ ...cockatiel.circuitBreaker, window, open: constant(1000) });
  });

  test('do what the libraries do: attempts and waits of a call that always fails', () => {
    const begun = (options: Parameters<typeof retry>[0], attempts?: number) =>
      called([retry({ ...options, ...(attempts && { attempts }) })], { script: ['fail'] }, [
        ['a', 0],
      ]).arrivals;
    expect(begun(presets.polly.retry)).toEqual(['a 0', 'a 2000', 'a 4000', 'a 6000']);
    expect(begun(presets.resilience4j.retry)).toEqual(['a 0', 'a 500', 'a 1000']);
    expect(begun(presets.resilience4j.exponentialRetry)).toEqual(['a 0', 'a 500', 'a 1250']);
    expect(begun(presets.cockatiel.retry, 3)).toEqual(['a 0', 'a 0', 'a 0']);
  });

  test('open where the libraries do', () => {
    const marks = (of: Parameters<typeof circuitBreaker>[0], failures: number, calls: number) =>
      called(
        [circuitBreaker(of)],
        { refuses: (input) => (input === 'bad' ? 'error' : undefined) },
        Array.from({ length: calls }, (_, index) => {
          return [`k${index}`, index, index >= calls - failures ? 'bad' : 'good'] as const;
        }),
      ).marks[0];
    // A tenth of a hundred calls in half a minute; half of the last hundred.
    expect(marks(presets.polly.circuitBreaker, 10, 100)).toBe('opened 99');
    expect(marks(presets.polly.circuitBreaker, 9, 100)).toBeUndefined();
    expect(marks(presets.resilience4j.circuitBreaker, 50, 100)).toBe('opened 99');
    expect(marks(presets.resilience4j.circuitBreaker, 49, 100)).toBeUndefined();
  });
});
