/** Planted bugs must be found by the fuzzer as well, within stated runs, and be shrunk as far as the checker's. */
import { type AnySystem, check, type RunFile, replay, variant } from 'counterpoint';
import { type FuzzResult, fuzz, fuzzing } from 'counterpoint/fuzzing';
import { twoPhaseCommit } from 'counterpoint/protocols';
import { describe, expect, test } from 'vitest';
import { expectGenerated, markdownTable } from '../examples/generated.ts';
import { bugs } from './two-phase-commit-bugs.ts';

/** Runs within which each of them is found. */
const within = 400;

/** Fuzzes until something is violated. */
function firstViolation(system: AnySystem, parameters: Readonly<Record<string, unknown>>) {
  const work = fuzzing(system, { parameters, runs: within });
  let step = work.next(false);
  while (step.done !== true) step = work.next(step.value.violations > 0);
  return (step.value as FuzzResult).violations[0];
}

const rows: (readonly (string | number)[])[] = [];

describe('the fuzzer finds every planted bug of two-phase commit', () => {
  test.each(bugs)('$name', ({ name, mutation, variation, parameters, scope }) => {
    const broken = variant(twoPhaseCommit, name, variation) as AnySystem;
    const asked = check(broken, { parameters, scope });
    const violated = asked.properties.find(({ verdict }) => verdict === 'violated');
    const shortest = (violated as { counterexample: RunFile }).counterexample.decisions.length;
    const found = firstViolation(broken, parameters);
    expect(found?.foundInRun).toBeLessThanOrEqual(within);
    expect(found?.decisions.length).toBeLessThanOrEqual(2 * shortest);
    const replayed = replay(broken, found?.runFile as RunFile);
    expect(replayed.same).toBe(true);
    if (found?.property !== 'stuck') expect(replayed.violated).toContain(found?.property);
    rows.push([
      mutation,
      asked.distinct,
      shortest,
      found?.foundInRun ?? '',
      `${found?.property}`,
      found?.faults.length ?? '',
      found?.decisions.length ?? '',
    ]);
  });

  test('the table of the page', () => {
    expect(rows.length).toBe(bugs.length);
    const head = ['mistake', 'states', 'steps', 'found in run', 'violated', 'faults', 'decisions'];
    expectGenerated('docs/fuzzing.md', 'planted-bugs', markdownTable(head, rows));
  });

  test('the real protocol withstands as many runs', () => {
    const { verdict, runs } = fuzz(twoPhaseCommit as AnySystem, {
      runs: within,
      parameters: { votes: 'any' },
    });
    expect([verdict, runs]).toEqual(['holds', within]);
  });
});
