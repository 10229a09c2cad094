/** `run`: one run under a seed, or the table of what happens if a node dies at each of its points. */
import {
  type AnySystem,
  type CrashFault,
  type Fault,
  type PresetWeather,
  presetSchedule,
  presetWeather,
  type Run,
  run,
  runFileOf,
  type Schedule,
  situationOf,
  UserMistake,
} from '../index.ts';
import { crashPointsOf, crashTable, story } from '../reports/index.ts';
import { hdrHistograms } from '../statistics/index.ts';
import { type CrashRequest, crashRequest, shellCommand } from './arguments.ts';
import { faultsArgument } from './faults-argument.ts';
import { assertWritable, writeRunFile } from './files.ts';
import type { ExitCode, Io } from './io.ts';
import { manyCommand } from './many.ts';
import { crashTableJson, crashTableText, runJson, runText } from './run-output.ts';
import { situationGiven, situationWords } from './run-situation.ts';
import { asMistakeOf, machinesOf, type NamedSystem, namedSystem } from './system-argument.ts';
import { exported, traceExport } from './trace-export.ts';
import { exitOf } from './words.ts';
import { workloadArgument } from './workload-argument.ts';

export interface RunArguments {
  readonly seed?: number | string;
  /** Many runs, over that many threads, beside the same of another system. */
  readonly runs?: number;
  readonly workers?: number;
  readonly against?: string;
  readonly scenario?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly workload?: string;
  readonly faults?: string;
  readonly crash?: readonly string[];
  readonly for?: number;
  readonly trace?: string;
  readonly export?: readonly string[];
  readonly story?: boolean;
  readonly json?: boolean;
}

type Seeded = RunArguments & { readonly seed: number | string };

export async function runCommand(typed: string, given: RunArguments, io: Io): Promise<ExitCode> {
  const { seed } = given;
  if (seed === undefined)
    throw new UserMistake('a run needs a seed, so that it can be repeated; try --seed 1');
  const requests = (given.crash ?? []).map((one) => crashRequest(one, given.for));
  if (given.for !== undefined && requests.length === 0)
    throw new UserMistake(
      `--for ${given.for} says how long a crashed node is down, and nothing crashes; add --crash NODE@before:1:MESSAGE`,
    );
  refuseBesideMany(given, requests);
  const named = await namedSystem(typed, io.cwd);
  const system = machinesOf(named);
  try {
    if (given.runs !== undefined) {
      const crashes = crashesOf(requests);
      const { runs } = given;
      return await manyCommand(named, system, { ...given, seed, runs, crashes }, io);
    }
    const table = requests.find((request) => request.kind === 'table');
    if (table !== undefined) return await tableOf(system, named, table, { ...given, seed }, io);
    return await oneRun(system, named, requests, { ...given, seed }, io);
  } catch (error) {
    throw asMistakeOf(named, error);
  }
}

function crashesOf(requests: readonly CrashRequest[]): readonly CrashFault[] {
  return requests.flatMap((request) => (request.kind === 'point' ? [request.fault] : []));
}

/** What tells one run does not go with many, and what is about many not with one. */
function refuseBesideMany(given: RunArguments, requests: readonly CrashRequest[]): void {
  if (given.runs === undefined) {
    const option = (['workers', 'against'] as const).find((one) => given[one] !== undefined);
    if (option === undefined) return;
    throw new UserMistake(`--${option} is for many runs; say how many, such as --runs 200`);
  }
  const option = (['story', 'export'] as const).find((one) => given[one] !== undefined);
  if (option !== undefined)
    throw new UserMistake(
      `--${option} tells one run, and --runs asks for ${given.runs}; take the seed of one of them, such as --seed ${given.seed}/1`,
    );
  if (requests.some(({ kind }) => kind === 'table'))
    throw new UserMistake(
      `--crash NODE or all makes a table of runs of its own, with which --runs does not go; name a point, such as NODE@before:1:MESSAGE`,
    );
}

async function oneRun(
  system: AnySystem,
  named: NamedSystem,
  requests: readonly CrashRequest[],
  given: Seeded,
  io: Io,
): Promise<ExitCode> {
  const { seed, trace, json = false } = given;
  if (trace !== undefined) await assertWritable(trace, io);
  const asExport = given.export && traceExport(given.export, given);
  const crashes = crashesOf(requests);
  const { weather, faults: planned } = await faultsOf(system, given, io);
  const faults = [...planned, ...crashes];
  const asked = await workloadArgument(given.workload, io);
  const options = { seed, ...situationGiven(given), ...asked };
  const done = run(system, {
    ...options,
    ...weather,
    faults,
    trace: given.story === true || asExport ? 'full' : trace === undefined ? 'off' : 'decisions',
    histograms: hdrHistograms(),
  });
  refuseUnreached(system, done, { ...options, ...weather }, faults);
  if (trace !== undefined) {
    const file = runFileOf(done, named.module);
    await writeRunFile(trace, { ...file, header: { ...file.header, system: named.typed } }, io);
  }
  const written = asExport && (await exported(done, asExport, io));
  if (asExport !== undefined && written === undefined) return exitOf[done.verdict];
  const command = commandOf(named, given, done.scenario, io);
  if (json) io.out(`${JSON.stringify(runJson(done, weather))}\n`);
  else
    io.out(
      runText(
        done,
        { command, weather, trace, told: given.story === true ? story(done, io) : undefined },
        io,
      ) + (written ?? ''),
    );
  return exitOf[done.verdict];
}

/** The faults asked for, with the weather of their own that some presets have. */
async function faultsOf(
  system: AnySystem,
  given: Seeded,
  io: Io,
): Promise<{ readonly faults: Schedule; readonly weather?: PresetWeather }> {
  const { seed } = given;
  const faults = await faultsArgument(given.faults, io);
  if (typeof faults !== 'string') return { faults: faults ?? [] };
  const { instance } = situationOf(system, situationGiven(given));
  const weather = presetWeather(instance, faults, seed);
  return {
    faults: presetSchedule(instance, faults, seed),
    ...(Object.keys(weather).length === 0 ? {} : { weather }),
  };
}

/**
 * A crash whose point never came leaves a run without that crash, which must not be taken for one
 * with it. The points that the node has are those of the same run without faults at points.
 */
function refuseUnreached(
  system: AnySystem,
  done: Run,
  options: { readonly seed: number | string },
  faults: Schedule,
): void {
  const [missed] = done.unreached;
  if (missed?.point === undefined) return;
  // A violation ends a run early: then it is the news, and the point may have been still to come.
  if (done.properties.some(({ verdict }) => verdict === 'violated')) return;
  const { node, point } = missed;
  const asked = point.message ?? point.any ?? '';
  const isMissed = (fault: Fault): boolean => fault === missed;
  const rest = faults.filter((fault) => !isMissed(fault));
  const { trace } = run(system, { ...options, faults: rest, trace: true });
  const times = new Map<string, number>();
  for (const { message, nth } of crashPointsOf(trace, node)) times.set(message, nth);
  const points = [...times].map(([message, nth]) => `${nth > 1 ? `1..${nth}` : '1'}:${message}`);
  const own = faults.some(isMissed) ? '' : ` (a fault of scenario ${done.scenario})`;
  throw new UserMistake(
    `${crashWords(missed)}${own} never comes in this run; before or after, ${node} has ${points.join(', ') || 'no points at all'}${times.has(asked) ? '' : ` and no ${asked}`}`,
  );
}

function crashWords({ node, point }: CrashFault): string {
  return point === undefined
    ? `the crash of ${node}`
    : `the crash point ${node}@${point.moment}:${point.nth}:${point.message ?? point.any}`;
}

async function tableOf(
  system: AnySystem,
  named: NamedSystem,
  request: Extract<CrashRequest, { readonly kind: 'table' }>,
  given: Seeded,
  io: Io,
): Promise<ExitCode> {
  const refused = (['trace', 'export', 'story', 'faults'] as const).find(
    (one) => given[one] !== undefined,
  );
  if (refused !== undefined || (given.crash ?? []).length > 1)
    throw new UserMistake(
      `--crash ${request.node ?? 'all'} makes a table of many runs, with which ${refused === undefined ? 'a second --crash' : `--${refused}`} does not go; name a point, such as ${request.node ?? 'NODE'}@before:1:MESSAGE`,
    );
  const { seed, json = false } = given;
  const asked = await workloadArgument(given.workload, io);
  const options = { seed, ...situationGiven(given), ...asked };
  const undisturbed = run(system, options);
  const rows = crashTable(system, {
    ...options,
    node: request.node ?? 'all',
    ...(given.for === undefined ? {} : { forMs: given.for }),
  });
  const command = commandOf(named, given, undisturbed.scenario, io);
  io.out(
    json
      ? `${JSON.stringify(crashTableJson(undisturbed, rows))}\n`
      : crashTableText(undisturbed, rows, command, io),
  );
  return rows.some(({ verdict }) => verdict === 'violated') ? 1 : 0;
}

/** The command that repeats the run: what was typed, and the scenario even if it was not. */
function commandOf(
  { typed }: NamedSystem,
  given: Seeded,
  scenario: string | undefined,
  io: Io,
): string {
  const words = ['run', typed, '--seed', String(given.seed)];
  words.push(...situationWords({ ...given, scenario }));
  return `${io.calledAs} ${shellCommand(words)}`;
}
