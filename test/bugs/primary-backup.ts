/** How mistakes in primary-backup are looked for: each by the one property that tells of its consequence. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  type AnySystem,
  type CheckResult,
  check,
  type Property,
  type RunFile,
  replay,
  variant,
} from '../../src/index.ts';
import { primaryBackupOverSet } from '../../src/protocols/index.ts';
import { story } from '../../src/reports/story.ts';
import type { ReplicationBug } from './primary-backup-bugs.ts';

const update = process.env.UPDATE_GOLDEN === '1';

/** What is asked about a mistake, and of the real protocol. */
export function questionOf({ parameters, scope, operations }: ReplicationBug) {
  return { parameters, scope, ...(operations && { operations }) };
}

/** The checker finds the mistake; the story is pinned: to be read, and reviewed as a diff. */
export function expectFound(bug: ReplicationBug): CheckResult {
  const broken = asking(bug.asked, bug.name, bug.variation);
  const found = check(broken, questionOf(bug));
  const [judged] = found.properties;
  expect([found.verdict, bug.breaks.includes(judged?.name ?? '')]).toEqual(['violated', true]);
  const told = story(replay(broken, judged?.counterexample as RunFile));
  const path = new URL(`./stories/primary-backup/${bug.name}.txt`, import.meta.url);
  if (update) writeFileSync(path, told);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no story yet').toBe(told);
  return found;
}

function asking(asked: Property, name: string, variation: object): AnySystem {
  const system = primaryBackupOverSet as AnySystem;
  return variant(system, name, { ...variation, properties: [asked] }) as AnySystem;
}
