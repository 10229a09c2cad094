/** `run` and `replay` with `--export shiviz|mermaid [FILE]`: the run as text for another tool. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserMistake } from '../index.ts';
import { mermaid, shiviz, type Told } from '../reports/index.ts';
import { assertWritable } from './files.ts';
import type { Io } from './io.ts';
import { wrapped } from './layout.ts';

const formats = { shiviz, mermaid } as const;

export interface TraceExport {
  readonly format: keyof typeof formats;
  /** Undefined: standard output, and nothing else on it. */
  readonly file: string | undefined;
}

/** Reads `--export FORMAT [FILE]`, and refuses two texts on standard output. */
export function traceExport(
  words: readonly string[],
  given: { readonly json?: boolean; readonly story?: boolean },
): TraceExport {
  const [format = '', file, ...more] = words;
  if (!isFormat(format))
    throw new UserMistake(
      `--export is "${format}"; it must be shiviz or mermaid (promela is a format of \`check\`)`,
    );
  if (more.length > 0)
    throw new UserMistake(
      `--export ${format} takes one file and was given ${[file, ...more].join(' and ')}; the system or run file stands before the options`,
    );
  const other = (['json', 'story'] as const).find((one) => given[one] === true);
  if (file === undefined && other !== undefined)
    throw new UserMistake(
      `--${other} and --export ${format} both write to standard output; give the export a file, as in --export ${format} run.txt`,
    );
  return { format, file };
}

function isFormat(format: string): format is TraceExport['format'] {
  return Object.hasOwn(formats, format);
}

/** Writes the text; the sentence that says where, or undefined where standard output has it. */
export async function exported(
  source: Told,
  { format, file }: TraceExport,
  io: Io,
): Promise<string | undefined> {
  const text = formats[format](source);
  if (file === undefined) {
    io.out(text);
    return undefined;
  }
  await assertWritable(file, io);
  await writeFile(resolve(io.cwd, file), text);
  return wrapped(`Written for ${format} to ${file}.`, io.width);
}
