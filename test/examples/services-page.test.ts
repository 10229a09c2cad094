// Tables and the picture of the page of services are what the program says today.
import { type CheckOptions, check, describeScope, run } from 'counterpoint';
import { deskMachine, serviceSystem } from 'counterpoint/patterns';
import { expect, test } from 'vitest';
import { fullOptions } from '../../src/patterns/services/options.ts';
import { expectGenerated, markdownTable } from './generated.ts';
import { transitionTable } from './state-diagram.ts';

const page = 'src/patterns/services/README.md';

test('the rules of the desk are those that run', () => {
  expectGenerated(page, 'desk', transitionTable(deskMachine('x', fullOptions('x', {}))));
});

test('the page says what the checker answers', () => {
  const questions: readonly CheckOptions<Record<string, unknown>>[] = [
    { parameters: {}, scope: { crashes: 0, loss: false, duplication: false } },
    { parameters: {}, scope: { crashes: 1 } },
    { parameters: { calls: 3, concurrency: 2 }, scope: { crashes: 0, duplication: false } },
    { parameters: { errorPercent: 10 }, scope: { crashes: 0 } },
    { parameters: { effects: 'every' }, scope: { crashes: 0 } },
  ];
  const rows = questions.map((options) => {
    const { properties, scope, distinct, verdict } = check(serviceSystem, options as never);
    const violated = properties.filter((one) => one.verdict === 'violated');
    return [
      Object.entries(options.parameters ?? {})
        .map(([name, value]) => `${name}=${value}`)
        .join(' ') || 'defaults',
      scope === undefined ? '' : describeScope(scope),
      verdict,
      verdict === 'holds' ? distinct : violated.map(({ name }) => name).join(', '),
    ];
  });
  const head = ['parameters', 'scope', 'verdict', 'states, or what is violated'];
  expectGenerated(page, 'checks', markdownTable(head, rows));
});

test('the page says how each scenario ends', () => {
  const rows = Object.entries(serviceSystem.scenarios ?? {}).map(([scenario, { description }]) => {
    const { metrics, outcome, reason, properties } = run(serviceSystem, { seed: 1, scenario });
    const { arrived, returned, errors, attempts, latency } = metrics.operations;
    const broken = properties.filter(({ verdict }) => verdict === 'violated');
    expect(broken.map(({ name }) => name)).toEqual(
      scenario === 'retries-without-keys' ? ['one effect a key'] : [],
    );
    const ending = broken.length === 0 ? (reason ?? outcome) : `${broken[0]?.name} violated`;
    const counts = [arrived, returned, errors, attempts];
    return [`\`${scenario}\``, description, ...counts, `${latency.maxMs} ms`, ending];
  });
  const head = ['scenario', 'what happens', 'calls', 'answered', 'failed', 'attempts'];
  expectGenerated(page, 'scenarios', markdownTable([...head, 'slowest', 'how it ends'], rows));
});
