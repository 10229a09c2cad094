/** Planted bugs must be found by the fuzzer as well, within stated runs, and be shrunk as far as the checker's. */
import { type AnySystem, check, type RunFile, replay, variant } from 'counterpoint';
import { type FuzzOptions, type FuzzResult, fuzz, fuzzing } from 'counterpoint/fuzzing';
import {
  linearCommit,
  lockedCommit,
  threePhaseCommit,
  treeCommit,
  twoPhaseCommit,
} from 'counterpoint/protocols';
import { describe, expect, test } from 'vitest';
import { expectGenerated, markdownTable } from '../examples/generated.ts';
import { bugs as bugsOfLinearCommit } from './linear-commit-bugs.ts';
import { bugs as bugsOfLockedCommit } from './locked-commit-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { bugs as bugsOfReaders } from './read-only-bugs.ts';
import { bugs as bugsOfThreePhaseCommit } from './three-phase-commit-bugs.ts';
import { bugs as bugsOfTreeCommit } from './tree-commit-bugs.ts';
import { bugs as bugsOfTwoPhaseCommit } from './two-phase-commit-bugs.ts';

type Options = FuzzOptions & { readonly runs: number };

/** Fuzzes until something is violated. */
function firstViolation(system: AnySystem, options: Options) {
  const work = fuzzing(system, options);
  let step = work.next(false);
  while (step.done !== true) step = work.next(step.value.violations > 0);
  return (step.value as FuzzResult).violations[0];
}

/**
 * The protocols: under which faults, and within how many runs, each of their bugs is found and the real one
 * holds; and how many times the shortest story a shrunk one may be. Three-phase commit promises nothing under
 * partitions; who waits in it asks again and again, and a run cannot do without the time of its time-outs.
 */
const protocols: readonly Protocol[] = [
  {
    system: twoPhaseCommit as AnySystem,
    bugs: bugsOfTwoPhaseCommit,
    options: { runs: 400 },
    longer: 2,
  },
  {
    system: twoPhaseCommit as AnySystem,
    bugs: bugsOfReaders,
    options: { runs: 200 },
    longer: 3,
    parameters: { votes: 'any', readers: 1, cooperative: true },
  },
  {
    system: linearCommit as AnySystem,
    bugs: bugsOfLinearCommit,
    options: { runs: 100 },
    longer: 3,
  },
  {
    system: treeCommit as AnySystem,
    bugs: bugsOfTreeCommit,
    options: { runs: 100 },
    longer: 3,
  },
  {
    system: lockedCommit as AnySystem,
    bugs: bugsOfLockedCommit,
    options: { runs: 200 },
    longer: 3,
    parameters: { clients: 2, transactions: 2, order: 'opposite' },
  },
  {
    system: threePhaseCommit as AnySystem,
    bugs: bugsOfThreePhaseCommit,
    options: { runs: 2000, kinds: ['crash', 'duplication'] },
    longer: 4,
  },
];

interface Protocol {
  readonly system: AnySystem;
  readonly bugs: readonly PlantedBug[];
  readonly options: Options;
  readonly longer: number;
  /** Of the sound runs. Default: votes of either kind. */
  readonly parameters?: Readonly<Record<string, number | string | boolean>>;
}

const rows: (readonly (string | number)[])[] = [];

describe.each(protocols)(
  'the fuzzer finds every planted bug of $system.name',
  ({ system, bugs, options, longer, parameters: own = { votes: 'any' } }) => {
    test.each(bugs)('$name', (bug) => {
      const { name, mutation, variation, parameters, scope, scenario, timing } = bug;
      const broken = variant(system, name, variation) as AnySystem;
      const asked = check(broken, { parameters, scope, ...(timing && { timing }) });
      const violated = asked.properties.find(({ verdict }) => verdict === 'violated');
      const shortest = (violated as { counterexample: RunFile }).counterexample.decisions.length;
      const found = firstViolation(broken, {
        ...options,
        parameters,
        ...(scenario === undefined ? {} : { scenario }),
      });
      expect(found?.foundInRun).toBeLessThanOrEqual(options.runs);
      // Whoever is stuck waits until the horizon.
      if (found?.property !== 'stuck' || longer === 2)
        expect(found?.decisions.length).toBeLessThanOrEqual(longer * shortest);
      const replayed = replay(broken, found?.runFile as RunFile);
      expect(replayed.same).toBe(true);
      if (found?.property !== 'stuck') expect(replayed.violated).toContain(found?.property);
      rows.push([
        `\`${system.name}\``,
        mutation,
        asked.distinct,
        shortest,
        found?.foundInRun ?? '',
        `${found?.property}`,
        found?.faults.length ?? '',
        found?.decisions.length ?? '',
      ]);
    });

    test('the real protocol withstands as many runs', () => {
      const { verdict, runs } = fuzz(system, { ...options, parameters: own });
      expect([verdict, runs]).toEqual(['holds', options.runs]);
    });
  },
);

test('the table of the page', () => {
  expect(rows.length).toBe(protocols.reduce((sum, { bugs }) => sum + bugs.length, 0));
  const head = [
    'protocol',
    'mistake',
    'states',
    'steps',
    'found in run',
    'violated',
    'faults',
    'decisions',
  ];
  expectGenerated('docs/fuzzing.md', 'planted-bugs', markdownTable(head, rows));
});
