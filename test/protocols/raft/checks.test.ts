/** What is proved of Raft in which scope: the table of its page. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, check, describeScope } from '../../../src/index.ts';
import { raftOverSet } from '../../../src/protocols/index.ts';
import { expectGenerated, markdownTable } from '../../examples/generated.ts';
import { questions } from './questions.ts';

const rows: (readonly (string | number)[])[] = [];
const exercised = new Set<string>();

describe('the safety properties hold, and a majority can always go on', () => {
  test.each(questions)('%s', (what, options) => {
    const { verdict, complete, properties, scope, timing, distinct } = check(
      raftOverSet as AnySystem,
      options,
    );
    expect([verdict, complete]).toEqual(['holds', true]);
    for (const property of properties) if (property.exercised) exercised.add(property.name);
    const set = Object.entries(options.parameters ?? {}).map(
      ([name, value]) => `${name}=${value === '' ? "''" : value}`,
    );
    rows.push([
      what,
      set.join(', '),
      scope === undefined ? '' : describeScope(scope),
      timing ?? '',
      distinct,
      verdict,
    ]);
  });

  test('each of them was put to the test', () => {
    expect([...exercised].sort()).toEqual([
      'durability',
      'election safety',
      'leader append-only',
      'leader completeness',
      'log agreement',
      'log integrity',
      'log matching',
      'log prefix',
      'log validity',
      'progress',
      'state machine safety',
    ]);
  });

  test('the table of the page', () => {
    const head = ['question', 'of `raft/set` with', 'scope', 'timing', 'states', 'verdict'];
    expectGenerated('src/protocols/raft/README.md', 'checks', markdownTable(head, rows));
  });
});
