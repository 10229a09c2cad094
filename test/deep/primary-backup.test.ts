/** Ten thousand swarm profiles of primary-backup, the bugs that take long, and the proofs. */
import { describe, expect, it, test } from 'vitest';
import { type AnySystem, check } from '../../src/index.ts';
import { primaryBackupOverSet } from '../../src/protocols/index.ts';
import { expectFound, questionOf } from '../bugs/primary-backup.ts';
import { bugs } from '../bugs/primary-backup-bugs.ts';
import { expectExplained } from '../protocols/primary-backup/explained.ts';

const overSet = primaryBackupOverSet as AnySystem;

test('no property is violated and every outcome is explained under 10,000 profiles', () => {
  const seen = expectExplained(10_000);
  console.log(Object.fromEntries(seen));
  for (const what of ['recovered', 'blocked', 'went on'])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(100);
});

describe('the checker finds every planted bug of primary-backup', () => {
  it.each(bugs.filter(({ isSlow }) => isSlow))('$name: $mutation', (bug) => {
    const { distinct } = expectFound(bug);
    console.log(bug.name, distinct);
  });
});

describe('the real protocol withstands', () => {
  const one = bugs.filter(({ parameters }) => parameters.clients === 1);
  const questions = new Map(one.map((bug) => [JSON.stringify(questionOf(bug)), questionOf(bug)]));
  it.each([...questions])('%s', (_, question) => {
    const { verdict, complete, distinct } = check(overSet, { ...question, maxStates: 10_000_000 });
    console.log(distinct);
    expect([verdict, complete]).toEqual(['holds', true]);
  });
});

test('from the start, with a crash: s1 alone, then with a backup, which then takes over', () => {
  const { verdict, complete, distinct } = check(overSet, {
    parameters: { servers: 2, clients: 1, operations: 1, views: 3, patience: 1 },
    scope: { crashes: 1 },
  });
  console.log(distinct);
  expect([verdict, complete]).toEqual(['holds', true]);
});
