/** The checker finds every planted bug of primary-backup; the same questions about the real protocol hold. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type AnySystem,
  check,
  type Property,
  type RunFile,
  replay,
  variant,
} from '../../src/index.ts';
import { primaryBackupOverSet } from '../../src/protocols/index.ts';
import { story } from '../../src/reports/story.ts';
import { bugs, type ReplicationBug } from './primary-backup-bugs.ts';

const update = process.env.UPDATE_GOLDEN === '1';

const questionOf = ({ parameters, scope, operations }: ReplicationBug) => ({
  parameters,
  scope,
  ...(operations && { operations }),
});

const asking = (name: string, asked: Property, variation: object = {}): AnySystem =>
  variant(primaryBackupOverSet as AnySystem, name, {
    ...variation,
    properties: [asked],
  }) as AnySystem;

describe('the checker finds every planted bug of primary-backup', () => {
  it.each(bugs)('$name: $mutation', (bug) => {
    const broken = asking(bug.name, bug.asked, bug.variation);
    const { verdict, distinct, properties } = check(broken, questionOf(bug));
    console.log(bug.name, distinct, properties[0]?.counterexample?.decisions.length);
    expect(verdict).toBe('violated');
    expect(bug.breaks).toContain(properties[0]?.name);
    const told = story(replay(broken, properties[0]?.counterexample as RunFile));
    const path = new URL(`./stories/primary-backup/${bug.name}.txt`, import.meta.url);
    if (update) writeFileSync(path, told);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no story yet').toBe(told);
  });
});
