/** What `fuzz` prints: the verdict over the runs, each violation with a test to keep, and the coverage. */
import type { FuzzResult, Reached } from '../fuzzing/index.ts';
import { faultClause } from '../reports/index.ts';
import type { KeptViolation } from './fuzz.ts';
import type { Io } from './io.ts';
import { paint, paintVerdict, table, wrapped } from './layout.ts';
import { propertyTable } from './property-table.ts';
import { regressionTest } from './regression-test.ts';
import { counted, settings } from './words.ts';

/** The contract of `fuzz --json`, beside it the scenario, parameters, seed, properties and sizes. */
export function fuzzJson(result: FuzzResult, violations: readonly KeptViolation[]) {
  const { system, scenario, parameters, seed, runs, verdict, properties, coverage } = result;
  return {
    system,
    scenario: scenario ?? null,
    parameters,
    seed,
    runs,
    verdict,
    properties,
    violations: violations.map((one) => ({
      property: one.property,
      seed: one.seed,
      file: one.file,
      faults: one.faults,
      operations: one.operations ?? null,
      decisions: one.decisions,
      foundInRun: one.foundInRun,
      inRuns: one.inRuns,
      shrunk: one.shrunk,
    })),
    coverage,
  };
}

interface Details {
  readonly command: string;
  readonly typed: string;
  readonly isModule: boolean;
  readonly io: Io;
}

export function fuzzText(
  result: FuzzResult,
  violations: readonly KeptViolation[],
  details: Details,
): string {
  const { command, io } = details;
  const { width, hasColour } = io;
  const { system, scenario, parameters, seed } = result;
  const set = settings(parameters);
  const where = scenario === undefined ? '' : `, scenario ${scenario}`;
  return [
    `${paint('dim', command, hasColour)}\n\n`,
    wrapped(`${system}${where}, seed ${seed}${set === '' ? '' : `, ${set}`}`, width, 0, 2),
    wrapped(paintVerdict(result.verdict, verdictWords(result), hasColour), width),
    '\n',
    propertyTable(result.properties, io),
    ...violations.flatMap((one) => violationText(one, details)),
    '\n',
    ...coverageText(result, io),
  ].join('');
}

function verdictWords({ verdict, runs, violations }: FuzzResult): string {
  switch (verdict) {
    case 'holds':
      return `holds: not violated in these ${counted(runs, 'run')}, which says nothing about others`;
    case 'violated':
      return `violated in these ${counted(runs, 'run')}: ${counted(violations.length, 'violation')}${violations.length > 1 ? ' that differ in property or cause' : ''}`;
    case 'unknown':
      return `unknown: stopped after ${counted(runs, 'run')}, none of which violated a property`;
  }
}

function violationText(one: KeptViolation, details: Details): readonly string[] {
  const { width, calledAs } = details.io;
  const { from, to } = one.shrunk;
  const operations = one.operations === undefined ? '' : `, ${counted(to.operations, 'operation')}`;
  return [
    '\n',
    wrapped(
      `${one.property}: first in run ${one.foundInRun}, in ${one.inRuns} of them. Shrunk from ${counted(from.faults, 'fault')} and ${counted(from.decisions, 'decision')} to ${counted(to.faults, 'fault')}${operations} and ${counted(one.decisions.length, 'decision')}:`,
      width,
    ),
    ...one.faults.map((fault) => wrapped(`- ${faultClause(fault)}`, width, 2, 2)),
    `${one.story.trimEnd()}\n`,
    '\n',
    `Kept in ${one.file}:\n  ${calledAs} replay ${one.file} --story\nA test to keep:\n\n`,
    regressionTest(one, details),
  ];
}

/** How many names are listed before the rest is counted. */
const listed = 8;

function coverageText({ coverage }: FuzzResult, io: Io): readonly string[] {
  const share = ({ reached, total }: Reached): string => `${reached} of ${total}`;
  const { machines, marks } = coverage;
  const rows = machines.map(({ machine, states, transitions }) => [
    machine,
    share(states),
    share(transitions),
  ]);
  const never = [
    ...machines.flatMap(({ machine, states, transitions }) =>
      [...states.never, ...transitions.never].map((name) => `${machine}: ${name}`),
    ),
    ...marks.never.map((name) => `mark ${name}`),
  ];
  const rest = never.length > listed ? [`and ${never.length - listed} more (--json has all)`] : [];
  return [
    table(['machine', 'states reached', 'transitions taken'], rows, io),
    marks.total === 0 ? '' : wrapped(`Marks: ${share(marks)}.`, io.width),
    never.length === 0 ? '' : '\nNever reached:\n',
    ...[...never.slice(0, listed), ...rest].map((name) => wrapped(`- ${name}`, io.width, 2, 2)),
  ];
}
