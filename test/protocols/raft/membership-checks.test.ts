/** What is proved of changing members in which scope: a table of the page of Raft. */
import { describe, expect, test } from 'vitest';
import { type AnySystem, check, describeScope } from '../../../src/index.ts';
import { raftMembersOverSet } from '../../../src/protocols/index.ts';
import { expectGenerated, markdownTable } from '../../examples/generated.ts';
import { membershipQuestions } from './membership-questions.ts';

const rows: (readonly (string | number)[])[] = [];
const exercised = new Set<string>();

describe('changing members is safe, and every order ends', () => {
  test.each(membershipQuestions)('%s', (what, options) => {
    const { verdict, complete, properties, scope, distinct } = check(
      raftMembersOverSet as AnySystem,
      options,
    );
    expect([verdict, complete]).toEqual(['holds', true]);
    for (const property of properties) if (property.exercised) exercised.add(property.name);
    const set = Object.entries(options.parameters ?? {}).map(
      ([name, value]) => `${name}=${value === '' ? "''" : value}`,
    );
    const within = scope === undefined ? '' : describeScope(scope);
    rows.push([what, set.join(', '), within, distinct, verdict]);
  });

  test('each property was put to the test', () => {
    expect([...exercised].sort()).toEqual([
      'durability',
      'election safety',
      'leader append-only',
      'leader completeness',
      'leadership transfer',
      'log matching',
      'orders end',
      'progress',
      'state machine safety',
    ]);
  });

  test('the table of the page', () => {
    const head = ['question', 'of `raft-members/set` with', 'scope', 'states', 'verdict'];
    expectGenerated('src/protocols/raft/README.md', 'membership checks', markdownTable(head, rows));
  });
});
