// docs/composition.md: its programs run, its commands answer, its tables are what the program says today.
import { type CheckOptions, check, describeScope, run } from 'counterpoint';
import { compile, compositionSystem, order } from 'counterpoint/patterns';
import { afterAll, expect, test } from 'vitest';
import { expectGenerated, markdownTable } from './generated.ts';
import { blocksOf, commandsOf, readersFolder, started } from './pages.ts';
import { stateDiagram } from './state-diagram.ts';

const page = 'docs/composition.md';
const folder = readersFolder();
afterAll(() => folder.remove());

test.each([
  ['order.ts', '1 2\n'],
  ['actor.ts', '{"status":"completed","output":["stock 5","payments 5"],"abandoned":{}}\n'],
])('%s runs and prints what it must', async (name, printed) => {
  const program = folder.file(name, blocksOf(page, name)[0] ?? '');
  expect(await started([], program)).toEqual({ code: 0, printed });
});

test.each(commandsOf(page))('%s', async (line) => {
  const { code, printed } = await started(line.split(' '));
  expect({ code, printed }).toMatchObject({ code: 0 });
});

test('the picture is that of the machines', () => {
  const { machine, families } = compile(order, 'order');
  const pictures = [machine, ...Object.values(families).map((part) => part.machine)];
  expectGenerated(page, 'chart', pictures.map((one) => stateDiagram(one)).join('\n'));
});

test('the page says what the checker answers', () => {
  const questions: readonly CheckOptions<Record<string, unknown>>[] = [
    { parameters: {}, scope: { loss: false, duplication: false } },
    { parameters: { items: 2 }, scope: { loss: false, duplication: false } },
    { parameters: {}, scope: { duplication: false } },
    { parameters: { items: 0 }, scope: { loss: false, duplication: false } },
  ];
  const rows = questions.map((options) => {
    const { properties, scope, distinct, verdict } = check(compositionSystem, options as never);
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
  const rows = Object.entries(compositionSystem.scenarios ?? {}).map(
    ([scenario, { description }]) => {
      const { metrics, outcome, reason } = run(compositionSystem, { seed: 1, scenario });
      const { arrived, returned, errors, latency } = metrics.operations;
      const given = metrics.marks['call-abandoned'] ?? 0;
      const counts = [arrived, returned, errors, given];
      const ending = reason ?? outcome;
      return [
        `\`${scenario}\``,
        description,
        ...counts,
        `${latency.meanMs?.toFixed(1)} ms`,
        ending,
      ];
    },
  );
  const head = ['scenario', 'what happens', 'orders', 'answered', 'failed', 'calls taken back'];
  expectGenerated(page, 'scenarios', markdownTable([...head, 'mean time', 'how it ends'], rows));
});
