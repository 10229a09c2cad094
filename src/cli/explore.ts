/** `explore`: a person steps a system, or the path of a run file, on a page that this computer serves. */
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { type ExplorerSession, openFile, openSession, serve } from '../explorer/index.ts';
import { type Timing, UserMistake } from '../index.ts';
import { builtInSystems } from '../patterns/index.ts';
import { readRunFile } from './files.ts';
import type { ExitCode, Io } from './io.ts';
import { systemOfFile, warnOfChange } from './replay.ts';
import { asMistakeOf, type NamedSystem, namedSystem } from './system-argument.ts';

export interface ExploreArguments {
  readonly set?: Readonly<Record<string, string>>;
  readonly scope?: Readonly<Record<string, string>>;
  readonly timing?: string;
  readonly port?: string;
}

export async function exploreCommand(
  typed: string,
  given: ExploreArguments,
  io: Io,
): Promise<ExitCode> {
  const port = portOf(given.port);
  const server = await serve(await sessionOf(typed, given, io), port);
  io.out(`${typed} is at ${server.url}\n`);
  io.err('Ctrl-C ends it.\n');
  await new Promise<void>((resolve) => {
    io.onInterrupt(resolve);
  });
  await server.close();
  return 0;
}

async function sessionOf(typed: string, given: ExploreArguments, io: Io): Promise<ExplorerSession> {
  const options = { scope: given.scope ?? {}, timing: timingOf(given.timing) };
  if (!(await isRunFile(typed, io))) {
    const named = await namedSystem(typed, io.cwd);
    return begun(named, (system) =>
      openSession(system, {
        ...options,
        parameters: given.set ?? {},
        ...(named.module === undefined ? {} : { named: typed, module: named.module }),
      }),
    );
  }
  if (given.set !== undefined)
    throw new UserMistake(
      `--set is for a SYSTEM; ${typed} is a run file, which says its parameters`,
    );
  const file = await readRunFile(typed, io);
  const named = await systemOfFile(file, typed, io);
  warnOfChange(file, named, io);
  return begun(named, (system) =>
    openFile(system, file, {
      ...options,
      ...(named.module === undefined ? {} : { named: file.header.system, module: named.module }),
    }),
  );
}

/** Runs the user's own functions, so that what they throw is told as theirs. */
function begun(
  named: NamedSystem,
  open: (system: Exclude<NamedSystem['system'], { kind: 'transition-system' }>) => ExplorerSession,
): ExplorerSession {
  const { system, typed } = named;
  if (system.kind === 'transition-system')
    throw new UserMistake(
      `"${typed}" is an abstract system, which makes no decisions that one could step through; use \`check\``,
    );
  try {
    return open(system);
  } catch (error) {
    throw asMistakeOf(named, error);
  }
}

const modules = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/** What is neither a built-in name nor a module, and exists, is taken for a run file. */
async function isRunFile(typed: string, { cwd }: Io): Promise<boolean> {
  if (typed === '-' || extname(typed) === '.jsonl') return true;
  if (builtInSystems().some(({ name }) => name === typed) || modules.includes(extname(typed)))
    return false;
  return stat(resolve(cwd, typed)).then(
    (found) => found.isFile(),
    () => false,
  );
}

function timingOf(typed: string | undefined): Timing | undefined {
  if (typed === undefined || typed === 'asynchronous' || typed === 'synchronous') return typed;
  const but = typed === 'timed' ? ', since one steps without a clock' : '';
  throw new UserMistake(
    `--timing is "${typed}"; it must be asynchronous (timers fire at any moment) or synchronous${but}`,
  );
}

function portOf(typed: string | undefined): number {
  if (typed === undefined) return 0;
  const port = Number(typed);
  if (/^\d+$/.test(typed) && port <= 65_535) return port;
  throw new UserMistake(
    `--port is "${typed}"; it must be a whole number from 0 (a free port) to 65535`,
  );
}
