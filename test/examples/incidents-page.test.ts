// Tables of the page of incidents are what the program says today, and its commands answer.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckOptions, check, describeScope } from 'counterpoint';
import { incidentSystem, policyNames } from 'counterpoint/patterns';
import { expect, test } from 'vitest';
import { expectGenerated, markdownTable } from './generated.ts';
import { root } from './pages.ts';

const page = 'src/patterns/incidents/README.md';

test('the page names every policy', () => {
  const text = readFileSync(join(root, page), 'utf8');
  for (const name of policyNames) expect(text).toContain(`| \`${name}\` |`);
});

test('the page says what each incident is', () => {
  const rows = Object.entries(incidentSystem.scenarios ?? {}).map(([scenario, { description }]) => {
    return [`\`${scenario}\``, description];
  });
  expectGenerated(page, 'incidents', markdownTable(['scenario', 'what happens'], rows));
});

test('the page says what the checker answers', () => {
  const questions: readonly CheckOptions<Record<string, unknown>>[] = [
    { parameters: { policy: 'none' } },
    { parameters: { policy: 'none' }, scope: { loss: true } },
    { parameters: { policy: 'timeout' }, scope: { loss: true } },
    { parameters: { policy: 'retry' } },
    { parameters: { policy: 'retry,retry' } },
    { parameters: { policy: 'breaker' }, scope: { loss: true, crashes: 1 } },
    { parameters: { policy: 'breaker,timeout' }, scope: { loss: true } },
    { parameters: { policy: 'retry,breaker' } },
    { parameters: { policy: 'bulkhead,timeout' }, scope: { loss: true } },
  ];
  const rows = questions.map((options) => {
    const result = check(incidentSystem, options as never);
    const { properties, scope, distinct, verdict, complete, parameters } = result;
    expect({ complete, verdict }).toEqual({ complete: true, verdict: 'holds' });
    const exercised = properties.filter((one) => one.exercised).map(({ name }) => name);
    const said = scope === undefined ? '' : describeScope(scope);
    return [`\`${parameters.policy}\``, said, distinct, exercised.join(', ')];
  });
  const head = ['policy', 'scope', 'states', 'holds'];
  expectGenerated(page, 'checks', markdownTable(head, rows));
});
