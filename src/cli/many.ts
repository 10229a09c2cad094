/** `run --runs N`: many runs under one seed, summed up with intervals; beside another system if wanted. */
import { availableParallelism } from 'node:os';
import { type AnySystem, type CrashFault, run, runFileOf, UserMistake } from '../index.ts';
import {
  differencesOf,
  type Estimate,
  type ManyOptions,
  type ManyRuns,
  optionsOfRun,
  type Slice,
  summaryOf,
} from '../statistics/index.ts';
import { shellCommand } from './arguments.ts';
import { faultsArgument } from './faults-argument.ts';
import { assertWritable, writeRunFile } from './files.ts';
import type { ExitCode, Io } from './io.ts';
import { manyJson, manyText } from './many-output.ts';
import { bar, statusLine } from './progress.ts';
import type { RunArguments } from './run.ts';
import { slicesOf } from './run-pool.ts';
import { situationGiven, situationWords } from './run-situation.ts';
import { machinesOf, type NamedSystem, namedSystem } from './system-argument.ts';
import { counted, exitOf, grouped } from './words.ts';
import { workloadArgument } from './workload-argument.ts';

export type ManyArguments = RunArguments & {
  readonly seed: number | string;
  readonly runs: number;
  readonly crashes: readonly CrashFault[];
};

/** Two systems on the same seeds. */
export interface Against {
  readonly many: ManyRuns;
  /** The other minus the first, run by run. */
  readonly differences: Readonly<Record<string, Estimate>>;
}

export async function manyCommand(
  named: NamedSystem,
  system: AnySystem,
  given: ManyArguments,
  io: Io,
): Promise<ExitCode> {
  const { runs, trace, json = false } = given;
  if (trace !== undefined) await assertWritable(trace, io);
  const options = await optionsOf(given, io);
  const other = given.against === undefined ? undefined : await namedSystem(given.against, io.cwd);
  const otherSystem = other && machinesOf(other);
  const line = progressLine(runs * (other === undefined ? 1 : 2), json, io);
  const workers = io.hasThreads ? (given.workers ?? usualWorkers(runs)) : 1;
  const made = (one: AnySystem, { typed }: NamedSystem): Promise<readonly Slice[]> =>
    slicesOf({ system: one, typed, options, workers, progress: line.progress }, io);
  let slices: readonly Slice[];
  let others: readonly Slice[] = [];
  try {
    slices = await made(system, named);
    if (other && otherSystem) others = await made(otherSystem, other);
  } finally {
    line.end();
  }
  if (slices.length === 0 || (otherSystem && others.length === 0))
    throw new UserMistake('interrupted before any run was over: there is nothing to sum up');
  const many = summaryOf(system, options, slices);
  const against = otherSystem && {
    many: summaryOf(otherSystem, options, others),
    differences: differencesOf(slices, others),
  };
  const file =
    trace === undefined ? undefined : await keepViolation(many, named, system, options, trace, io);
  const repeat = (seed: string): string => oneCommand(named, given, seed, io);
  io.out(
    json
      ? `${JSON.stringify(manyJson(many, against, file))}\n`
      : manyText(many, against, { command: commandOf(named, given, io), repeat, trace, file }, io),
  );
  const verdicts = [many.verdict, ...(against === undefined ? [] : [against.many.verdict])];
  const worst = (['violated', 'unknown'] as const).find((one) => verdicts.includes(one));
  return exitOf[worst ?? 'holds'];
}

async function optionsOf(given: ManyArguments, io: Io): Promise<ManyOptions> {
  const { seed, runs, crashes } = given;
  const faults = await faultsArgument(given.faults, io);
  const asked = typeof faults === 'string' ? [] : (faults ?? []);
  return {
    seed,
    runs,
    ...situationGiven(given),
    ...(await workloadArgument(given.workload, io)),
    ...(typeof faults === 'string' ? { preset: faults } : {}),
    faults: [...asked, ...crashes],
  };
}

/** A thread takes a second to load what it needs: few runs are over by then. */
function usualWorkers(runs: number): number {
  return runs < 500 ? 1 : availableParallelism();
}

function progressLine(of: number, json: boolean, io: Io) {
  const line = statusLine(io, json);
  const began = performance.now();
  let done = 0;
  let violations = 0;
  return {
    progress({ runs }: Slice): void {
      done += runs.length;
      violations += runs.filter(({ verdict }) => verdict === 'violated').length;
      const secondsLeft = ((performance.now() - began) / 1000 / done) * (of - done);
      line.show(
        () =>
          `${grouped(done)} of ${counted(of, 'run')}, ${bar(done / of)}, ${counted(violations, 'violation')}, ${Math.round(secondsLeft)} s left`,
      );
    },
    end: line.end,
  };
}

/** Makes the first run that violates something once more, and keeps it as a file. */
async function keepViolation(
  { violations }: ManyRuns,
  named: NamedSystem,
  system: AnySystem,
  options: ManyOptions,
  trace: string,
  io: Io,
): Promise<string | undefined> {
  const seed = violations[0]?.seeds[0];
  if (seed === undefined) return undefined;
  const again = run(system, { ...optionsOfRun(system, options, seed), trace: 'decisions' });
  const file = runFileOf(again, named.module);
  await writeRunFile(trace, { ...file, header: { ...file.header, system: named.typed } }, io);
  return trace;
}

function commandOf({ typed }: NamedSystem, given: ManyArguments, io: Io): string {
  const words = ['run', typed, '--seed', String(given.seed), '--runs', String(given.runs)];
  if (given.against !== undefined) words.push('--against', given.against);
  words.push(...situationWords(given));
  return `${io.calledAs} ${shellCommand(words)}`;
}

/** The command that shows one of the runs. */
function oneCommand({ typed }: NamedSystem, given: ManyArguments, seed: string, io: Io): string {
  const words = ['run', typed, '--seed', seed, ...situationWords(given), '--story'];
  return `${io.calledAs} ${shellCommand(words)}`;
}
