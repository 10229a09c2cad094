/** `check`: every execution within a scope, or a shortest one that violates a property. */
import {
  type CheckResult,
  instantiate,
  type Progress,
  type RunFile,
  replay,
  type StatePath,
  scopeUnder,
  type Timing,
  UserMistake,
} from '../index.ts';
import { story } from '../reports/index.ts';
import { shellCommand } from './arguments.ts';
import { checkJson, checkText } from './check-output.ts';
import { answerInThread } from './check-thread.ts';
import { type Confirmation, confirmation } from './confirm.ts';
import { numberedPath } from './counterexamples.ts';
import { exportCommand, exportTarget } from './export.ts';
import { assertWritable, writeRunFile } from './files.ts';
import type { ExitCode, Io } from './io.ts';
import { checkProgress, statusLine } from './progress.ts';
import { type Answer, answer, type Question } from './question.ts';
import { type SpinLimits, spinVersion } from './spin.ts';
import { asMistakeOf, type NamedSystem, namedSystem } from './system-argument.ts';
import { exitOf } from './words.ts';
import { workloadArgument } from './workload-argument.ts';

export interface CheckArguments {
  readonly set?: Readonly<Record<string, string>>;
  readonly workload?: string;
  readonly timing?: string;
  readonly scope?: Readonly<Record<string, string>>;
  readonly maxStates?: number;
  readonly maxSeconds?: number;
  readonly counterexamples?: number;
  readonly fingerprints?: boolean;
  readonly depthFirst?: boolean;
  readonly symmetry?: boolean;
  readonly export?: readonly string[];
  readonly confirm?: string;
  readonly trace?: string;
  readonly story?: boolean;
  readonly json?: boolean;
}

export async function checkCommand(
  typed: string,
  given: CheckArguments,
  io: Io,
): Promise<ExitCode> {
  const { trace, json = false } = given;
  const named = await namedSystem(typed, io.cwd);
  if (named.system.kind === 'transition-system' && trace !== undefined)
    throw new UserMistake(
      `--trace ${trace} is for run files, and "${named.system.name}" is an abstract system, which has none; --json holds its counterexamples`,
    );
  if (named.system.kind === 'transition-system' && given.workload !== undefined)
    throw new UserMistake(
      `--workload ${given.workload} is for clients, and "${named.system.name}" is an abstract system, which has none; leave it out`,
    );
  if (trace !== undefined) await assertWritable(trace, io);
  const question: Question = {
    typed,
    cwd: io.cwd,
    parameters: given.set ?? {},
    asked: await workloadArgument(given.workload, io),
    timing: timingOf(given.timing),
    scope: given.scope ?? {},
    maxStates: given.maxStates,
    maxSeconds: given.maxSeconds,
    counterexamples: given.counterexamples,
    store: given.fingerprints === true ? 'fingerprints' : 'exact',
    order: given.depthFirst === true ? 'depth-first' : 'breadth-first',
    symmetry: given.symmetry === true,
    isToBeConfirmed: given.confirm !== undefined,
  };
  if (given.export !== undefined) {
    const { file } = exportTarget(given.export);
    refuseBeside('--export', given, ['confirm', 'trace', 'story', 'counterexamples', 'symmetry']);
    return exportCommand(named, question, { file, json }, io);
  }
  const version = given.confirm === undefined ? undefined : await confirmingTool(question, given);
  const began = performance.now();
  const asked = await ask(question, named, json, io);
  const limits = (): SpinLimits => ({
    seconds: given.maxSeconds === undefined ? undefined : given.maxSeconds - secondsSince(began),
    onInterrupt: (stop) => io.onInterrupt(stop),
  });
  const done = { ...asked, result: withOrigin(asked.result, named) };
  const files = runFilesOf(done.result);
  const [found] = files;
  const confirmed =
    version === undefined
      ? undefined
      : await confirmation(done.result, done.model, version, limits());
  if (trace !== undefined)
    for (const [index, file] of files.entries())
      await writeRunFile(numberedPath(trace, index), file, io);
  if (json) io.out(`${JSON.stringify(checkJson(done, confirmed))}\n`);
  else
    io.out(
      checkText(done, {
        command: commandOf(named, given, io),
        story: found === undefined ? undefined : storyOf(named, found, io),
        isWhole: given.story === true,
        trace,
        confirmation: confirmed,
        io,
      }),
    );
  return exitCode(done.result, confirmed);
}

/** A contradiction is a bug of ours, whoever is wrong; a check that shall be confirmed and is not, unknown. */
function exitCode({ verdict }: CheckResult, confirmed: Confirmation | undefined): ExitCode {
  if (confirmed?.agreed === false) return 70;
  return exitOf[confirmed?.agreed === null && verdict === 'holds' ? 'unknown' : verdict];
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

/** The version of the tool that shall confirm the check. */
async function confirmingTool(
  { timing, symmetry }: Question,
  given: CheckArguments,
): Promise<string> {
  if (given.confirm !== 'spin')
    throw new UserMistake(`--confirm is "${given.confirm}"; it must be spin`);
  if (symmetry)
    throw new UserMistake(
      '--symmetry counts orbits, and Spin counts states; leave out --symmetry, or --confirm',
    );
  if (timing === 'timed')
    throw new UserMistake(
      '--confirm spin is for asynchronous and synchronous timing; the model for Spin has no clocks',
    );
  return spinVersion();
}

function refuseBeside(
  option: string,
  given: CheckArguments,
  others: readonly (keyof CheckArguments)[],
): void {
  for (const other of others)
    if (given[other] !== undefined)
      throw new UserMistake(
        `${option} writes a model and checks nothing, so --${other} says nothing beside it; leave one of them out`,
      );
}

async function ask(question: Question, named: NamedSystem, json: boolean, io: Io): Promise<Answer> {
  const line = statusLine(io, json);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const show = (progress: Progress): void =>
    line.show(() => checkProgress(progress, seconds(), question));
  try {
    if (!io.hasThreads) return await answerHere(question, show, io);
    const found = await answerInThread(question, {
      progress: show,
      onInterrupt: (stop) => io.onInterrupt(stop),
    });
    if (!('memorySpentAt' in found)) return found;
    const result = nothingKnown(question, named, found.memorySpentAt);
    return { result, seconds: Math.round(seconds() * 1000) / 1000, stop: 'memory' };
  } finally {
    line.end();
  }
}

async function answerHere(
  question: Question,
  show: (progress: Progress) => void,
  io: Io,
): Promise<Answer> {
  let isStopped = false;
  const ignore = io.onInterrupt(() => {
    isStopped = true;
  });
  try {
    return await answer(question, (progress) => {
      show(progress);
      return isStopped;
    });
  } finally {
    ignore();
  }
}

/** The result of a check that ran out of memory: the counts it told last, and no verdict on anything. */
function nothingKnown(question: Question, { system }: NamedSystem, last: Progress): CheckResult {
  const isAbstract = system.kind === 'transition-system';
  const instance = isAbstract ? undefined : instantiate(system, question.parameters);
  const timing = instance && (question.timing ?? instance.timing);
  const properties = (system.properties ?? []) as readonly Pick<
    CheckResult['properties'][number],
    'name' | 'kind'
  >[];
  return {
    system: system.name,
    parameters: instance?.parameters ?? {},
    timing,
    scope: instance && timing && scopeUnder(timing, question.scope, instance).scope,
    verdict: 'unknown',
    complete: false,
    distinct: last.distinct,
    generated: last.generated,
    depth: last.depth,
    levels: [],
    outside: 0,
    merged: false,
    reduced: false,
    order: question.order,
    properties: properties.map(({ name, kind }) => ({
      name,
      kind,
      verdict: 'unknown',
      exercised: false,
    })),
    notAsked: [],
  };
}

function timingOf(typed: string | undefined): Timing | undefined {
  const legal: readonly (string | undefined)[] = ['asynchronous', 'synchronous', 'timed'];
  if (typed === undefined || legal.includes(typed)) return typed as Timing | undefined;
  throw new UserMistake(
    `--timing is "${typed}"; it must be asynchronous (timers fire at any moment), synchronous or timed`,
  );
}

/** Run files of a user's module say where it lies and which version it was. */
function withOrigin(result: CheckResult, { typed, module }: NamedSystem): CheckResult {
  if (module === undefined) return result;
  const located = (counterexample: RunFile | StatePath): RunFile | StatePath =>
    'header' in counterexample
      ? { ...counterexample, header: { ...counterexample.header, system: typed, module } }
      : counterexample;
  return {
    ...result,
    properties: result.properties.map((property) => {
      const { counterexample, counterexamples } = property;
      if (counterexample === undefined) return property;
      return {
        ...property,
        counterexample: located(counterexample),
        ...(counterexamples === undefined ? {} : { counterexamples: counterexamples.map(located) }),
      };
    }),
  };
}

/** The counterexamples that can be written, as they are numbered: property after property. */
function runFilesOf({ properties }: CheckResult): readonly RunFile[] {
  return properties.flatMap(({ verdict, counterexample, counterexamples }) =>
    verdict !== 'violated' || counterexample === undefined
      ? []
      : (counterexamples ?? [counterexample]).filter((one) => 'header' in one),
  );
}

function storyOf(named: NamedSystem, file: RunFile, io: Io): string | undefined {
  if (named.system.kind === 'transition-system') return undefined;
  try {
    return story(replay(named.system, file), io);
  } catch (error) {
    throw asMistakeOf(named, error);
  }
}

function commandOf({ typed }: NamedSystem, given: CheckArguments, io: Io): string {
  const words = ['check', typed];
  for (const [name, value] of Object.entries(given.set ?? {}))
    words.push('--set', `${name}=${value}`);
  if (given.workload !== undefined) words.push('--workload', given.workload);
  if (given.timing !== undefined) words.push('--timing', given.timing);
  for (const [name, value] of Object.entries(given.scope ?? {}))
    words.push('--scope', `${name}=${value}`);
  if (given.maxStates !== undefined) words.push('--max-states', String(given.maxStates));
  if (given.maxSeconds !== undefined) words.push('--max-seconds', String(given.maxSeconds));
  if (given.confirm !== undefined) words.push('--confirm', given.confirm);
  if (given.counterexamples !== undefined)
    words.push('--counterexamples', String(given.counterexamples));
  if (given.fingerprints === true) words.push('--fingerprints');
  if (given.depthFirst === true) words.push('--depth-first');
  if (given.symmetry === true) words.push('--symmetry');
  return `${io.calledAs} ${shellCommand(words)}`;
}
