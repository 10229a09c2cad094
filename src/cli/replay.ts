/** `replay`: the decisions of a run file applied again, judged again, told if wanted. */

import { access } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import {
  type AnySystem,
  type Property,
  type Replay,
  type RunFile,
  replay,
  UserMistake,
  type Verdict,
} from '../index.ts';
import { story } from '../reports/index.ts';
import { shellCommand } from './arguments.ts';
import { readRunFile } from './files.ts';
import type { ExitCode, Io } from './io.ts';
import { paint, paintVerdict, wrapped } from './layout.ts';
import { asMistakeOf, type NamedSystem, namedSystem } from './system-argument.ts';
import { exported, traceExport } from './trace-export.ts';
import { counted, exitOf, notes, outcomeWords, settings } from './words.ts';

export interface ReplayArguments {
  readonly export?: readonly string[];
  readonly story?: boolean;
  readonly json?: boolean;
}

export async function replayCommand(
  path: string,
  given: ReplayArguments,
  io: Io,
): Promise<ExitCode> {
  const asExport = given.export && traceExport(given.export, given);
  const file = await readRunFile(path, io);
  const named = await systemOfFile(file, path, io);
  const { system } = named;
  if (system.kind === 'transition-system')
    throw new UserMistake(
      `${path} is of "${system.name}", an abstract system, which has no decisions to replay; use \`check\``,
    );
  warnOfChange(file, named, io);
  const done = replayed(system, named, file, path);
  if (!done.same)
    throw new UserMistake(
      `${path} DIVERGES: every decision was possible (${file.decisions.length}), but the last state is not the recorded one, so ${named.typed} has changed since; record the run again`,
    );
  const judged = judge(system, file, done);
  const written = asExport && (await exported(done, asExport, io));
  if (asExport !== undefined && written === undefined) return exitOf[judged.verdict];
  if (given.json === true) io.out(`${JSON.stringify(replayJson(file, done, judged))}\n`);
  else io.out(replayText(path, file, done, judged, given, io) + (written ?? ''));
  return exitOf[judged.verdict];
}

function replayed(system: AnySystem, named: NamedSystem, file: RunFile, path: string): Replay {
  try {
    return replay(system, file);
  } catch (error) {
    const mistake = asMistakeOf(named, error);
    if (!(mistake instanceof Error) || !/\bdiverges\b/.test(mistake.message)) throw mistake;
    throw new UserMistake(
      `${path} DIVERGES from ${named.typed}, which has changed since or is another system: ${mistake.message}`,
    );
  }
}

/** The file's system: a path in it is read from here, or else from the folder of the file. */
export async function systemOfFile(
  { header }: RunFile,
  path: string,
  io: Io,
): Promise<NamedSystem> {
  const { system } = header;
  if (path !== '-' && header.module !== undefined && !isAbsolute(system)) {
    const beside = join(dirname(resolve(io.cwd, path)), system);
    if (!(await exists(resolve(io.cwd, system))) && (await exists(beside)))
      return { ...(await namedSystem(beside, io.cwd)), typed: system };
  }
  try {
    return await namedSystem(system, io.cwd);
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    throw new UserMistake(`${path === '-' ? 'the run' : path} needs its system: ${error.message}`);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Tells on standard error that the user's module is not the one that the file was recorded with. */
export function warnOfChange({ header }: RunFile, { typed, module }: NamedSystem, io: Io): void {
  if (module === header.module) return;
  io.err(
    `${header.module === undefined ? notes.moduleUnknown(typed) : notes.moduleChanged(typed)}\n`,
  );
}

interface Judged {
  readonly verdict: Verdict;
  readonly sentence: string;
}

/**
 * One path shows the violation of an invariant. That a goal is out of reach, or avoided for ever, is a
 * statement about what can follow: the check made it about the state or cycle in which this path ends.
 */
function judge(system: AnySystem, { header }: RunFile, { violated, ending }: Replay): Judged {
  if (violated.length > 0)
    return { verdict: 'violated', sentence: `violated: ${violated.join(', ')}` };
  if (ending?.outcome === 'stuck')
    return { verdict: 'violated', sentence: 'violated: the run is stuck' };
  const { property: name } = header;
  const properties = (system.properties ?? []) as readonly Property[];
  const property = properties.find((one) => one.name === name);
  if (name === undefined || property?.kind === 'reachable')
    return { verdict: 'holds', sentence: 'holds: no property is violated on this path' };
  if (property === undefined)
    return {
      verdict: 'unknown',
      sentence: `unknown: the file was recorded for "${name}", which "${system.name}" no longer has`,
    };
  if (!['invariant', 'transition', 'linearizable'].includes(property.kind))
    return {
      verdict: 'violated',
      sentence: `violated: ${name}, as the check found of ${header.loopsFrom === undefined ? 'the state in which this path ends' : `the cycle from decision ${header.loopsFrom + 1} on`}; a replay follows one path and cannot find it again`,
    };
  return {
    verdict: 'holds',
    sentence: `holds: the file was recorded for "${name}", which this path no longer violates`,
  };
}

function replayJson({ header, decisions }: RunFile, done: Replay, { verdict }: Judged) {
  return {
    system: done.system,
    origin: header.origin,
    scenario: header.scenario ?? null,
    parameters: header.parameters,
    seed: header.seed ?? null,
    property: header.property ?? null,
    decisions: decisions.length,
    verdict,
    outcome: done.ending?.outcome ?? null,
    reason: done.ending?.reason ?? null,
    violated: done.violated,
    ...(Object.keys(done.explanations).length === 0 ? {} : { explanations: done.explanations }),
    same: done.same,
  };
}

function replayText(
  path: string,
  { header, decisions }: RunFile,
  done: Replay,
  { verdict, sentence }: Judged,
  given: ReplayArguments,
  io: Io,
): string {
  const { width, hasColour, calledAs } = io;
  const origin =
    header.origin === 'check'
      ? `a counterexample${header.property === undefined ? '' : ` to ${header.property}`}`
      : header.origin === 'explorer'
        ? 'a path stepped by hand'
        : header.origin === 'fuzz'
          ? `found by fuzzing${header.property === undefined ? '' : ` against ${header.property}`}, run seed ${header.seed}, and shrunk`
          : `a run${header.scenario === undefined ? '' : ` of scenario ${header.scenario}`}, seed ${header.seed}`;
  const set = settings(header.parameters);
  const ending = done.violated.length > 0 ? undefined : done.ending;
  return [
    `${paint('dim', `${calledAs} ${shellCommand(['replay', path])}`, hasColour)}\n\n`,
    wrapped(`${done.system}${set === '' ? '' : `, ${set}`}: ${origin}`, width, 0, 2),
    wrapped(
      `${counted(decisions.length, 'decision')} replayed; the last state is the recorded one`,
      width,
    ),
    wrapped(paintVerdict(verdict, sentence, hasColour), width),
    ending === undefined ? '' : wrapped(outcomeWords(ending.outcome, ending.reason), width),
    given.story === true ? `\n${story(done, { width })}` : '',
  ].join('');
}
