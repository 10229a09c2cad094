/** What other tools read: logs for ShiViz, sequence diagrams for Mermaid. */
import { describe, expect, test } from 'vitest';
import { nodeEvents, type Run, replay, run, runFileOf, UserMistake } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { mermaid, shiviz, shivizExpression } from '../../src/reports/index.ts';
import { expectPinned } from './golden.ts';

const shown = (scenario: string): Run =>
  run(twoPhaseCommit, { seed: 1, scenario, parameters: { participants: 2 }, trace: true });
const scenarios = Object.keys(twoPhaseCommit.scenarios ?? {});

describe('a log for ShiViz', () => {
  test.each(scenarios)('of %s is read whole by its expression, with the clocks', (scenario) => {
    const done = shown(scenario);
    const log = shiviz(done);
    const read = [...log.matchAll(new RegExp(shivizExpression, 'g'))];
    expect(read.map(([whole]) => `${whole}\n`).join('')).toBe(log);
    expect(read.map(({ groups }) => [groups?.host, JSON.parse(groups?.clock ?? '')])).toEqual(
      nodeEvents(done).map(({ node, clock }) => [node, clock]),
    );
    for (const { groups } of read) expect(groups?.event).not.toBe('');
  });

  test('is that of the replayed file too', () => {
    const done = shown('one-informed-cooperative');
    expect(shiviz(replay(twoPhaseCommit, runFileOf(done)))).toBe(shiviz(done));
  });

  test('is the text that it was', () => {
    expectPinned(shiviz(shown('coordinator-crash-and-return')), 'test/golden/exports/shiviz.txt');
  });
});

/** The statements of Mermaid's sequence diagrams (mermaid.js.org/syntax) that we use, line by line. */
const statements = [
  /^participant n\d+ as [^#;\n]+$/,
  /^n\d+(->>|-x)n\d+: \S([^#;\n<>]|#\d+;)*$/,
  /^Note over n\d+(,n\d+)?: \S([^#;\n<>]|#\d+;|<br\/>)*$/,
];

describe('a Mermaid sequence diagram', () => {
  test.each(scenarios)('of %s has nothing but statements of the grammar', (scenario) => {
    const [first, ...lines] = mermaid(shown(scenario), { decisions: 500 }).trimEnd().split('\n');
    expect(first).toBe('sequenceDiagram');
    for (const line of lines)
      expect(
        statements.some((form) => form.test(line.trim())),
        line,
      ).toBe(true);
  });

  test('has an arrow for each delivery and a cross for each loss, and notes for forces and crashes', () => {
    const done = shown('lost-messages');
    const text = mermaid(done, { decisions: 10_000 });
    const count = (form: RegExp): number => [...text.matchAll(form)].length;
    const { messages, writes } = done.metrics;
    expect(count(/->>/g)).toBe(messages.delivered);
    expect(count(/-x/g)).toBe(messages.dropped);
    expect(messages.dropped).toBeGreaterThan(0);
    expect(count(/\bforces /g)).toBe(writes.forced);
    expect(mermaid(shown('coordinator-crash'))).toContain('crashes');
  });

  test('says what it leaves out', () => {
    const text = mermaid(shown('coordinator-crash'), { decisions: 10 });
    expect(text).toMatch(/Note over n1,n3: \d+ more decisions, until \d+ ms, are left out here\n/);
  });

  test('keeps apart what Mermaid would take for its own', () => {
    const done = shown('fault-free');
    const odd = { type: 'A;B#<i>\n' };
    const trace = done.trace.map((entry) =>
      entry.decision.type === 'deliver'
        ? { ...entry, decision: { ...entry.decision, message: odd } }
        : entry,
    );
    expect(mermaid({ ...done, trace } as Run)).toContain(': 10 ms: A#59;B#35;#60;i#62; \n');
  });

  test('is the text that it was', () => {
    expectPinned(mermaid(shown('coordinator-crash-and-return')), 'test/golden/exports/mermaid.mmd');
  });
});

test('neither is made of a run that kept no effects', () => {
  for (const trace of ['off', 'decisions'] as const)
    for (const exported of [shiviz, mermaid])
      expect(() => exported(run(twoPhaseCommit, { seed: 1, trace }))).toThrow(UserMistake);
});
