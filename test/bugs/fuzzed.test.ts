/** Planted bugs must be found by the fuzzer as well, within stated runs, and be shrunk as far as the checker's. */
import { type AnySystem, check, type RunFile, replay, variant } from 'counterpoint';
import { type FuzzOptions, type FuzzResult, fuzz, fuzzing } from 'counterpoint/fuzzing';
import {
  enhancedThreePhaseCommit,
  linearCommit,
  paxos,
  paxosCommit,
  paxosOverSet,
  quorumThreePhaseCommit,
  threePhaseCommit,
  treeCommit,
  twoPhaseCommit,
} from 'counterpoint/protocols';
import { describe, expect, test } from 'vitest';
import { expectGenerated, markdownTable } from '../examples/generated.ts';
import { bugs as bugsOfEnhancedThreePhaseCommit } from './enhanced-three-phase-commit-bugs.ts';
import { bugs as bugsOfLinearCommit } from './linear-commit-bugs.ts';
import { bugs as bugsOfPaxos, bugsUnderLoss as bugsOfPaxosUnderLoss } from './paxos-bugs.ts';
import { bugs as bugsOfPaxosCommit, overMessageSet } from './paxos-commit-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { bugs as bugsOfQuorumThreePhaseCommit } from './quorum-three-phase-commit-bugs.ts';
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
 * partitions; who waits in it asks again and again, and a run cannot do without the time of its time-outs. With
 * quorums the checker's questions bound the elections, and the fuzzer's runs do not.
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
    options: { runs: 400 },
    longer: 3,
    parameters: { readers: 1, cooperative: true },
  },
  {
    system: linearCommit as AnySystem,
    bugs: bugsOfLinearCommit,
    options: { runs: 400 },
    longer: 3,
  },
  {
    system: treeCommit as AnySystem,
    bugs: bugsOfTreeCommit,
    options: { runs: 400 },
    longer: 3,
  },
  {
    system: threePhaseCommit as AnySystem,
    bugs: bugsOfThreePhaseCommit,
    options: { runs: 2000, kinds: ['crash', 'duplication'] },
    longer: 4,
  },
  {
    system: paxosCommit as AnySystem,
    checked: overMessageSet,
    bugs: bugsOfPaxosCommit,
    options: { runs: 400 },
    longer: 3,
  },
  {
    system: quorumThreePhaseCommit as AnySystem,
    // A PRE_COMMIT must outlive a whole election, whose site must stay undecided: found by the checker alone.
    bugs: bugsOfQuorumThreePhaseCommit.filter(({ name }) => name !== 'promise-taken-back'),
    options: { runs: 1000 },
    unbounded: { elections: 10_000 },
    longer: 4,
  },
  {
    system: enhancedThreePhaseCommit as AnySystem,
    bugs: bugsOfEnhancedThreePhaseCommit,
    options: { runs: 400 },
    unbounded: { elections: 10_000 },
    longer: 4,
  },
  {
    system: paxos as AnySystem,
    checked: paxosOverSet as AnySystem,
    bugs: bugsOfPaxos,
    options: { runs: 400, parameters: { ballots: 1000 } },
    longer: 8,
    real: { proposers: 2 },
  },
  {
    system: paxos as AnySystem,
    bugs: bugsOfPaxosUnderLoss,
    options: { runs: 100, parameters: { ballots: 1000 } },
    longer: 4,
    real: { proposers: 3, acceptors: 5 },
  },
];

interface Protocol {
  readonly system: AnySystem;
  /** The variant that the checker is asked about. Default: the system itself. */
  readonly checked?: AnySystem;
  readonly bugs: readonly PlantedBug[];
  readonly options: Options;
  readonly longer: number;
  /** Parameters that bound the checker's questions, without the bound. */
  readonly unbounded?: Readonly<Record<string, number>>;
  /** Of the sound runs, beside votes of either kind. */
  readonly parameters?: Readonly<Record<string, number | boolean>>;
  /** Parameters of the real one. Default: whatever is voted. */
  readonly real?: Readonly<Record<string, number | string | boolean>>;
}

const rows: (readonly (string | number)[])[] = [];

describe.each(protocols)(
  'the fuzzer finds every planted bug of $system.name',
  ({ system, checked = system, bugs, options, longer, unbounded, parameters: own = {}, real }) => {
    test.each(bugs)('$name', ({ name, mutation, variation, parameters, scope, scenario }) => {
      const broken = variant(system, name, variation) as AnySystem;
      const asked = check(variant(checked, name, variation) as AnySystem, { parameters, scope });
      const violated = asked.properties.find(({ verdict }) => verdict === 'violated');
      const shortest = (violated as { counterexample: RunFile }).counterexample.decisions.length;
      const found = firstViolation(broken, {
        ...options,
        parameters: { ...parameters, ...options.parameters, ...unbounded },
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
      const parameters = real ?? { votes: 'any', ...own };
      const { verdict, runs } = fuzz(system, { ...options, parameters });
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
