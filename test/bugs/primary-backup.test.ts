/** The checker finds planted bugs of primary-backup, those that take long in the deep suite. */
import { describe, expect, it } from 'vitest';
import { type AnySystem, check, constant, run, variant } from '../../src/index.ts';
import { primaryBackup, primaryBackupOverSet } from '../../src/protocols/index.ts';
import { expectFound, questionOf } from './primary-backup.ts';
import { bugs, lostForward } from './primary-backup-bugs.ts';

describe('the checker finds every planted bug of primary-backup', () => {
  const quick = bugs.filter(({ isSlow }) => !isSlow);
  it.each(quick)('$name: $mutation', (bug) => void expectFound(bug));

  it.each(['answers-before-backup', 'idle-server-promoted', 'former-life'])(
    'the real protocol withstands the question of %s, with all properties',
    (name) => {
      const bug = quick.find((one) => one.name === name) ?? expect.unreachable(name);
      const { verdict, complete } = check(primaryBackupOverSet as AnySystem, questionOf(bug));
      expect([verdict, complete]).toEqual(['holds', true]);
    },
  );
});

it(`${lostForward.mutation} (found by runs)`, () => {
  const outcomeOf = (system: AnySystem) =>
    run(system, {
      seed: 1,
      parameters: { paired: true, servers: 2, operations: 1 },
      faults: [{ fault: 'loss', probability: 1, links: [['s1', 's2']], forMs: 30 }],
      think: constant(0),
      horizonMs: 2000,
    }).outcome;
  const broken = variant(primaryBackup, lostForward.name, lostForward.variation) as AnySystem;
  expect([primaryBackup as AnySystem, broken].map(outcomeOf)).toEqual(['recovered', 'stuck']);
});
