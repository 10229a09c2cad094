/**
 * All incidents under all lists of policies: what is said of policies is what is found, no run breaks a promise, every
 * request ends where there is a time-out, and the files replay. The table of src/patterns/incidents/README.md is this.
 */
import { describe, expect, test } from 'vitest';
import { check, type RunFile, replay, run } from '../../src/index.ts';
import { incidentSystem } from '../../src/patterns/index.ts';
import { incidentFigures } from '../../src/reports/incident-figures.ts';
import { expectGenerated, markdownTable } from '../examples/generated.ts';

const scenarios = Object.keys(incidentSystem.scenarios ?? {});

test('what is said of policies under incidents is found, in every run within the promises', () => {
  const { data, cells, files } = incidentFigures({ quick: true, seed: 1, progress: () => {} });
  expect(cells.filter(({ isEqual }) => !isEqual)).toEqual([]);
  expect(data.filter(({ violated }) => violated > 0)).toEqual([]);
  for (const { text } of files.slice(0, 3)) {
    const file = JSON.parse(text) as RunFile;
    expect(replay(incidentSystem, file)).toMatchObject({ violated: [] });
  }
  const policies = [...new Set(data.map(({ policy }) => policy))];
  const rows = policies.map((policy) => [
    `\`${policy}\``,
    ...scenarios.map((scenario) => {
      const row = data.find((one) => one.policy === policy && one.scenario === scenario);
      const share = `${(100 * (row?.good?.mean ?? Number.NaN)).toFixed(0)} %`;
      return `${share}, ${row?.amplification?.mean.toFixed(2)}`;
    }),
  ]);
  expectGenerated(
    'src/patterns/incidents/README.md',
    'matrix',
    markdownTable(['policies', ...scenarios], rows),
  );
});

test.each(scenarios)('%s: with a time-out every request ends', (scenario) => {
  for (const policy of ['timeout', 'retry,timeout', 'retry-budget,breaker,timeout'])
    for (const seed of [2, 3]) {
      const { outcome, verdict } = run(incidentSystem, { seed, scenario, parameters: { policy } });
      expect([policy, seed, verdict, outcome]).toEqual([policy, seed, 'holds', 'recovered']);
    }
});

describe('in every execution of several policies', () => {
  test.each([
    ['retry,breaker,timeout', {}],
    ['breaker,retry,timeout', {}],
    ['retry,bulkhead,timeout', { requests: 3, errorPercent: 0 }],
    ['retry,timeout', {}],
  ])('%s: what is promised holds', (policy, more) => {
    const scope = { loss: policy === 'retry,timeout' };
    const { verdict, complete } = check(incidentSystem, {
      parameters: { policy, ...more },
      scope,
      maxStates: 2_000_000,
    });
    expect({ verdict, complete }).toEqual({ verdict: 'holds', complete: true });
  });
});
