/** `compare`: the comparison report as a page and as data, and what is not as claimed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserMistake } from '../index.ts';
import { type Cell, type Comparison, compare, pagesOf } from '../reports/index.ts';
import { shellCommand } from './arguments.ts';
import { assertWritable, fileReason } from './files.ts';
import type { ExitCode, Io } from './io.ts';
import { paint, table, wrapped } from './layout.ts';
import { bar, statusLine } from './progress.ts';

export interface CompareArguments {
  readonly out: string;
  readonly quick?: boolean;
  readonly json?: boolean;
}

export async function compareCommand(
  systems: readonly string[],
  given: CompareArguments,
  io: Io,
): Promise<ExitCode> {
  const { out, quick = false, json = false } = given;
  // A misspelt name is told with the nearest one, before any work.
  const pages = pagesOf(systems.length === 0 ? undefined : systems).map((file) => join(out, file));
  const data = join(out, 'data.json');
  await makeFolder(out, io);
  for (const file of [...pages, data]) await assertWritable(file, io);
  const comparison = await compared(systems, quick, json, io);
  for (const { file, html } of comparison.pages) await write(join(out, file), html, io);
  for (const { file, text } of comparison.files) {
    await makeFolder(dirname(join(out, file)), io);
    await write(join(out, file), text, io);
  }
  await write(data, `${JSON.stringify(comparison.data)}\n`, io);
  const { cells, isEqual } = comparison;
  if (json) io.out(`${JSON.stringify({ page: pages[0], pages, data, quick, isEqual, cells })}\n`);
  else {
    const words = ['compare', ...systems, '--out', out, ...(quick ? ['--quick'] : [])];
    const command = `${io.calledAs} ${shellCommand(words)}`;
    io.out(compareText(comparison, { command, systems, pages, data }, io));
  }
  return isEqual ? 0 : 1;
}

async function compared(
  systems: readonly string[],
  quick: boolean,
  json: boolean,
  io: Io,
): Promise<Comparison> {
  const line = statusLine(io, json);
  let last = -1;
  try {
    return await compare({
      quick,
      ...(systems.length === 0 ? {} : { systems }),
      progress: ({ what, done, of }) => {
        line.show(() => `${bar(done / of)} ${what}`, done !== last);
        last = done;
      },
    });
  } finally {
    line.end();
  }
}

async function makeFolder(out: string, io: Io): Promise<void> {
  try {
    await mkdir(resolve(io.cwd, out), { recursive: true });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new UserMistake(
      `--out ${out} cannot be written: ${reason ? 'it is a file; name a folder' : fileReason(error)}`,
    );
  }
}

async function write(path: string, text: string, io: Io): Promise<void> {
  try {
    await writeFile(resolve(io.cwd, path), text);
  } catch (error) {
    throw new UserMistake(`${path} cannot be written: ${fileReason(error)}`);
  }
}

/** What was asked, and where the answer is. */
interface Written {
  readonly command: string;
  readonly systems: readonly string[];
  readonly pages: readonly string[];
  readonly data: string;
}

function compareText(
  { cells, isEqual }: Comparison,
  { command, systems, pages, data }: Written,
  io: Io,
): string {
  const { width, hasColour } = io;
  const figures = new Map<string, Cell[]>();
  for (const cell of cells) figures.set(cell.figure, [...(figures.get(cell.figure) ?? []), cell]);
  const rows = [...figures].map(([figure, members]) => {
    const equal = members.filter((cell) => cell.isEqual).length;
    const colour = equal === members.length ? 'green' : 'red';
    return [figure, paint(colour, `${equal} of ${members.length}`, hasColour)];
  });
  const unequal = cells.filter((cell) => !cell.isEqual);
  return [
    `${paint('dim', command, hasColour)}\n\n`,
    table(['figure', 'as claimed'], rows, io),
    '\n',
    unequal.length === 0
      ? ''
      : `${table(['not as claimed', 'claim', 'found'], unequal.map(unequalRow), io)}\n`,
    wrapped(
      isEqual
        ? paint('green', `All ${cells.length} numbers and verdicts are as claimed.`, hasColour)
        : paint('red', `${unequal.length} of ${cells.length} are not as claimed.`, hasColour),
      width,
    ),
    ...pages.map((page, index) => wrapped(`${index === 0 ? 'The page' : 'And'}: ${page}`, width)),
    wrapped(`Its data: ${data}`, width),
    ...(systems.length > 0
      ? []
      : [
          wrapped(
            `Raft's elections, Paxos' duels and retries beside the published figures: ${io.calledAs} compare raft paxos resilience`,
            width,
          ),
        ]),
  ].join('');
}

function unequalRow({ figure, what, claim, found }: Cell): readonly string[] {
  return [`${figure}: ${what}`, claim, found];
}
