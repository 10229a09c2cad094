/** The page of incidents, from few runs: what it must carry, and that a claim can be refused. */
import { describe, expect, test } from 'vitest';
import { incidentClaims } from '../../src/patterns/incidents/claims.ts';
import { comparedPolicies } from '../../src/patterns/incidents/policies.ts';
import { incidentFigures } from '../../src/reports/incident-figures.ts';
import { pagesOf } from '../../src/reports/index.ts';

const page = incidentFigures({
  ...{ quick: true, seed: 1, runs: 2, progress: () => {} },
  scenarios: ['dependency-down'],
  policies: ['timeout', 'retry,timeout'],
});

describe('the page of incidents', () => {
  test('has a cell with intervals and a run file for each list of policies', () => {
    expect(page.data.map(({ policy, file }) => [policy, file])).toEqual([
      ['timeout', 'incidents/dependency-down-timeout.json'],
      ['retry,timeout', 'incidents/dependency-down-retry-timeout.json'],
    ]);
    for (const { good, amplification, file } of page.data) {
      expect([good?.n, amplification?.n]).toEqual([2, 2]);
      expect(page.html).toContain(`href="${file}"`);
    }
    expect(page.files.map(({ file }) => file)).toEqual(page.data.map(({ file }) => file));
    expect(page.html).toContain('n = 2 runs each, seeds 1/1 to 1/2');
    expect(page.html).not.toMatch(/<script|(?:src|href)="(?:https?:)?\/\//);
  });

  test('judges a claim by the difference on the same seeds', () => {
    const [claim] = page.cells;
    expect(page.cells).toHaveLength(1);
    expect(claim).toMatchObject({
      figure: 'incidents',
      what: 'dependency-down, retry,timeout beside timeout: requests answered within a second',
      claim: 'more',
    });
    expect(claim?.found).toMatch(/^\+\d+\.\d \(-?\d+\.\d to \d+\.\d\) %$/);
  });

  test('is written where incidents are asked for', () => {
    expect(pagesOf(['incidents'])).toEqual(['incidents.html']);
    expect(() => pagesOf(['incident'])).toThrow('did you mean "incidents"');
  });
});

test('claims speak of what is compared', () => {
  for (const { policy, beside } of incidentClaims)
    expect(comparedPolicies()).toEqual(expect.arrayContaining([policy, beside]));
});
