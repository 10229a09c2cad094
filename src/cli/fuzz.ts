/** `fuzz`: many runs with generated faults and operations; what fails is shrunk, kept and printed. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FuzzResult, Violation } from '../fuzzing/index.ts';
import { type AnySystem, type RunFile, replay, type Schedule, UserMistake } from '../index.ts';
import { story } from '../reports/index.ts';
import { shellCommand } from './arguments.ts';
import { faultsArgument } from './faults-argument.ts';
import { assertWritable, fileReason, writeRunFile } from './files.ts';
import { fuzzJson, fuzzText } from './fuzz-output.ts';
import type { ExitCode, Io } from './io.ts';
import { bar, statusLine } from './progress.ts';
import { asMistakeOf, machinesOf, type NamedSystem, namedSystem } from './system-argument.ts';
import { counted, exitOf, grouped } from './words.ts';
import { workloadArgument } from './workload-argument.ts';

export interface FuzzArguments {
  readonly runs?: number;
  readonly seed?: number | string;
  readonly scenario?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly workload?: string;
  readonly faults?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** A violation with the file that it was written to. */
export interface KeptViolation extends Violation {
  readonly file: string;
  /** The path of the file, told in sentences. */
  readonly story: string;
}

export async function fuzzCommand(typed: string, given: FuzzArguments, io: Io): Promise<ExitCode> {
  const { json = false, out = 'violations' } = given;
  const named = await namedSystem(typed, io.cwd);
  const system = machinesOf(named);
  try {
    const faults = await faultsArgument(given.faults, io);
    const result = await fuzzed(system, given, faults, io);
    const kept: KeptViolation[] = [];
    for (const violation of result.violations) {
      const file = join(
        out,
        `${slug(`${system.name} ${violation.property}`)}-${kept.length + 1}.jsonl`,
      );
      const runFile = withOrigin(violation.runFile, named);
      await keep(out, file, runFile, io);
      kept.push({ ...violation, file, story: story(replay(system, violation.runFile), io) });
    }
    const command = commandOf(named, given, io);
    io.out(
      json
        ? `${JSON.stringify(fuzzJson(result, kept))}\n`
        : fuzzText(result, kept, { command, typed, isModule: named.module !== undefined, io }),
    );
    return exitOf[result.verdict];
  } catch (error) {
    throw asMistakeOf(named, error);
  }
}

async function fuzzed(
  system: AnySystem,
  given: FuzzArguments,
  faults: string | Schedule | undefined,
  io: Io,
): Promise<FuzzResult> {
  const { fuzzing } = await generators();
  const { runs, seed, scenario, set: parameters, json = false } = given;
  const asked = await workloadArgument(given.workload, io);
  if ('operations' in asked)
    throw new UserMistake(
      `${given.workload} is a list of operations, and fuzzing generates them; give it loops, or put the list into a scenario`,
    );
  const work = fuzzing(system, {
    ...asked,
    ...(runs === undefined ? {} : { runs }),
    ...(seed === undefined ? {} : { seed }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(faults === undefined ? {} : { faults }),
  });
  const line = statusLine(io, json);
  const began = performance.now();
  let isStopped = false;
  const ignore = io.onInterrupt(() => {
    isStopped = true;
  });
  try {
    for (;;) {
      const step = work.next(isStopped);
      if (step.done === true) return step.value;
      const { runs: done, of, violations } = step.value;
      const seconds = (performance.now() - began) / 1000;
      line.show(
        () =>
          `${grouped(done)} of ${counted(of, 'run')}, ${bar(done / of)}, ${counted(violations, 'violation')}, ${Math.round((seconds / done) * (of - done))} s left`,
      );
      // Ctrl-C is heard between two batches.
      await new Promise((resume) => setImmediate(resume));
    }
  } finally {
    ignore();
    line.end();
  }
}

/** Fast-check is the user's: a peer that those who never fuzz do without. */
async function generators(): Promise<typeof import('../fuzzing/index.ts')> {
  try {
    return await import('../fuzzing/index.ts');
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code === 'ERR_MODULE_NOT_FOUND' && String(message).includes('fast-check'))
      throw new UserMistake(
        'fuzzing needs fast-check, which is not installed; npm install fast-check',
      );
    throw error;
  }
}

async function keep(out: string, file: string, runFile: RunFile, io: Io): Promise<void> {
  try {
    await mkdir(resolve(io.cwd, out), { recursive: true });
  } catch (error) {
    throw new UserMistake(`${out} cannot be made a folder: ${fileReason(error)}`);
  }
  await assertWritable(file, io);
  await writeRunFile(file, runFile, io);
}

function withOrigin(file: RunFile, { typed, module }: NamedSystem): RunFile {
  const header = { ...file.header, system: typed, ...(module === undefined ? {} : { module }) };
  return { ...file, header };
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function commandOf({ typed }: NamedSystem, given: FuzzArguments, io: Io): string {
  const words = ['fuzz', typed];
  if (given.runs !== undefined) words.push('--runs', String(given.runs));
  words.push('--seed', String(given.seed ?? 1));
  if (given.scenario !== undefined) words.push('--scenario', given.scenario);
  for (const [name, value] of Object.entries(given.set ?? {}))
    words.push('--set', `${name}=${value}`);
  if (given.workload !== undefined) words.push('--workload', given.workload);
  if (given.faults !== undefined) words.push('--faults', given.faults);
  if (given.out !== undefined) words.push('--out', given.out);
  return `${io.calledAs} ${shellCommand(words)}`;
}
