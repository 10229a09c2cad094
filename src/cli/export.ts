/** `check --export promela`: the model for Spin, on standard output or in a file. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exportPromela, type PromelaModel, UserMistake } from '../index.ts';
import { assertWritable } from './files.ts';
import type { ExitCode, Io } from './io.ts';
import { wrapped } from './layout.ts';
import { checkProgress, statusLine } from './progress.ts';
import type { Question } from './question.ts';
import { asMistakeOf, type NamedSystem } from './system-argument.ts';
import { grouped } from './words.ts';

/** Reads `--export promela [FILE]`. */
export function exportTarget(words: readonly string[]): { readonly file: string | undefined } {
  const [format = '', file, ...more] = words;
  if (format !== 'promela')
    throw new UserMistake(`--export is "${format}"; it must be promela, which is for Spin`);
  if (more.length > 0)
    throw new UserMistake(
      `--export promela takes one file and was given ${[file, ...more].join(' and ')}; SYSTEM stands before the options`,
    );
  return { file };
}

export async function exportCommand(
  named: NamedSystem,
  question: Question,
  { file, json }: { readonly file: string | undefined; readonly json: boolean },
  io: Io,
): Promise<ExitCode> {
  if (json && file === undefined)
    throw new UserMistake(
      '--json and --export promela both write to standard output; give the model a file, as in --export promela model.pml',
    );
  if (file !== undefined) await assertWritable(file, io);
  const model = modelOf(named, question, json || file === undefined, io);
  if (model === undefined) {
    io.err(
      `unknown: the budget was spent before every state was visited, and a model with holes in its tables is worth nothing; raise --max-states or --max-seconds, or narrow the scope\n`,
    );
    return 3;
  }
  if (file === undefined) {
    io.out(model.text);
    return 0;
  }
  await writeFile(resolve(io.cwd, file), model.text);
  const { text: _, ...said } = model;
  if (json) io.out(`${JSON.stringify({ system: named.system.name, file, ...said })}\n`);
  else io.out(exportText(model, file, io));
  return 0;
}

function exportText(
  { distinct, extraStates, leftOut }: PromelaModel,
  file: string,
  io: Io,
): string {
  const more =
    extraStates === 0 ? '' : ', and one more, in which no start has been chosen yet, for Spin';
  return [
    wrapped(`Written to ${file}: a model with ${grouped(distinct)} states${more}.`, io.width),
    ...leftOut.map(({ name, reason }) => wrapped(`Left out: ${name}; ${reason}.`, io.width)),
  ].join('');
}

function modelOf(
  named: NamedSystem,
  { parameters, timing, scope, maxStates, maxSeconds }: Question,
  isQuiet: boolean,
  io: Io,
): PromelaModel | undefined {
  const line = statusLine(io, isQuiet);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  try {
    return exportPromela(named.system, {
      parameters,
      scope,
      ...(timing === undefined ? {} : { timing }),
      ...(maxStates === undefined ? {} : { maxStates }),
      pulse: (progress) => {
        line.show(() => checkProgress(progress, seconds(), { maxStates, maxSeconds }));
        return maxSeconds === undefined || seconds() < maxSeconds;
      },
    });
  } catch (error) {
    throw asMistakeOf(named, error);
  } finally {
    line.end();
  }
}
