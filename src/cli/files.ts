/**
 * Files: `counterpoint/files`. A run file is JSON Lines: a header, one decision a line, a footer. A fault
 * file is a JSON list of faults, a workload file one of loops or operations. All are validated; what is
 * wrong is told with its line and field.
 */
import { access, constants, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import {
  type Loops,
  type RunFile,
  type Schedule,
  suggestion,
  UserMistake,
  type Workload,
} from '../index.ts';
import { scheduleList, scheduleObject } from './fault-schemas.ts';
import { decisionLine, footerLine, headerLine } from './file-schemas.ts';
import { loopList, operationList, operationObject, workloadObject } from './workload-schemas.ts';

/** Where files are looked for, and where `-` reads from. */
export interface Place {
  /** Default: the folder of the process. */
  readonly cwd?: string;
  /** What `-` stands for. Default: the standard input of the process. */
  readonly readInput?: () => Promise<string>;
}

/** `await writeRunFile('run.jsonl', runFileOf(run(system, { seed: 1, trace: true })))` */
export async function writeRunFile(
  path: string,
  file: RunFile,
  { cwd = '.' }: Place = {},
): Promise<void> {
  const lines = [file.header, ...file.decisions, file.footer];
  try {
    await writeFile(resolve(cwd, path), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  } catch (error) {
    throw new UserMistake(`${path} cannot be written: ${fileReason(error)}`);
  }
}

/**
 * Throws a {@link UserMistake} when a file could not be written there: so that a long check does not end
 * with it.
 */
export async function assertWritable(path: string, { cwd = '.' }: Place = {}): Promise<void> {
  const full = resolve(cwd, path);
  const refuse = (reason: string): never => {
    throw new UserMistake(`${path} cannot be written: ${reason}`);
  };
  const existing = await stat(full).catch((error: unknown) =>
    isMissing(error) ? undefined : refuse(fileReason(error)),
  );
  if (existing?.isDirectory() === true) return refuse('it is a folder; name a file in it');
  await access(existing === undefined ? dirname(full) : full, constants.W_OK).catch(
    (error: unknown) => refuse(isMissing(error) ? 'its folder does not exist' : fileReason(error)),
  );
}

/** Reads and validates a run file. Throws a {@link UserMistake} that names the line and the field. */
export async function readRunFile(path: string, place: Place = {}): Promise<RunFile> {
  return parseRunFile(await readText(path, place), path === '-' ? 'standard input' : path);
}

/** The run file in that text; `source` is what mistakes call it. */
export function parseRunFile(text: string, source: string): RunFile {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  const [first, ...rest] = lines;
  const last = rest.pop();
  if (first === undefined)
    throw new UserMistake(
      `${source} is empty; \`run SYSTEM --seed 1 --trace FILE\` writes a run file`,
    );
  const head = json(first, `${source} line 1`, 'is no run file');
  if (!isRecord(head) || head.counterpoint !== 'run')
    throw new UserMistake(
      `${source} is no run file: its first line is not a header with "counterpoint":"run"; \`run SYSTEM --seed 1 --trace FILE\` writes one`,
    );
  if (head.version !== 1)
    throw new UserMistake(
      `${source} has version ${JSON.stringify(head.version)} of the run file; this counterpoint reads version 1`,
    );
  const header = valid(headerLine, head, `${source} line 1`);
  const decisions = rest.map((line, index) => {
    const what = `${source} line ${index + 2}`;
    return valid(decisionLine, json(line, what), what);
  });
  const what = `${source} line ${lines.length}`;
  const end = last === undefined ? undefined : json(last, what);
  if (!isRecord(end) || 'decision' in end)
    throw new UserMistake(
      `${source} ends without a footer, so it was cut off after ${lines.length} lines; record it again`,
    );
  return { header, decisions, footer: valid(footerLine, end, what) };
}

/** Reads and validates a fault file. Throws a {@link UserMistake} that names the fault and the field. */
export async function readSchedule(path: string, place: Place = {}): Promise<Schedule> {
  const source = path === '-' ? 'standard input' : path;
  const text = await readText(path, place);
  const value = json(text, source);
  if (Array.isArray(value)) return valid(scheduleList, value, source);
  if (isRecord(value)) return valid(scheduleObject, value, source).faults;
  throw new UserMistake(
    `${source} is ${shown(value)}; it must be a list of faults, such as [{"fault":"loss","probability":0.1}]`,
  );
}

/** What a workload file asks for: operations one by one, or loops that generate them. */
export type WorkloadFile = { readonly operations: Workload } | { readonly workload: Loops };

/** Reads and validates a workload file. Throws a {@link UserMistake} that names the entry and the field. */
export async function readWorkload(path: string, place: Place = {}): Promise<WorkloadFile> {
  const source = path === '-' ? 'standard input' : path;
  const value = json(await readText(path, place), source);
  const isLoops = (list: unknown): boolean =>
    Array.isArray(list) && isRecord(list[0]) && 'loop' in list[0];
  if (isLoops(value)) return { workload: valid(loopList, value, source) };
  if (Array.isArray(value)) return { operations: valid(operationList, value, source) };
  if (isRecord(value) && 'workload' in value)
    return { workload: valid(workloadObject, value, source).workload };
  if (isRecord(value)) return { operations: valid(operationObject, value, source).operations };
  throw new UserMistake(
    `${source} is ${shown(value)}; it must be a list of loops, such as [{"loop":"open","arrivals":{"kind":"poisson","perSecond":10}}], or of operations`,
  );
}

/** The text of a file, or of standard input for `-`. */
export async function readText(path: string, place: Place): Promise<string> {
  if (path === '-') return (place.readInput ?? readStandardInput)();
  try {
    return await readFile(resolve(place.cwd ?? '.', path), 'utf8');
  } catch (error) {
    throw new UserMistake(`${path} cannot be read: ${fileReason(error)}`);
  }
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function json(text: string, what: string, otherwise = 'is no JSON'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const start = text.trim().slice(0, 30).replaceAll('\n', ' ');
    throw new UserMistake(
      start === ''
        ? `${what} ${otherwise}: it is empty`
        : `${what} ${otherwise}: it starts with ${JSON.stringify(start)}`,
    );
  }
}

function valid<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
  what: string,
): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new UserMistake(sentence(result.issues[0], what));
}

/** One issue as a sentence: where, the value, what is legal. */
function sentence(issue: v.BaseIssue<unknown>, what: string): string {
  const path = issue.path?.map(({ key }) => key) ?? [];
  const field = path.reduce<string>(
    (text, key) =>
      typeof key === 'number'
        ? `${text}[${key}]`
        : `${text}${text === '' ? '' : '.'}${String(key)}`,
    '',
  );
  const where = field === '' ? what : `${what}: ${field}`;
  if (issue.expected === 'never') return `${where} is no known field; leave it out`;
  if (issue.received === 'undefined' && path.length > 0) return `${where} is missing`;
  const words = issue.expected?.match(/"[^"]*"/g)?.map((word) => word.slice(1, -1)) ?? [];
  if (words.length > 1 && typeof issue.input === 'string')
    return `${where} is ${shown(issue.input)}${suggestion(issue.input, words)}`;
  const ownWords = !issue.message.startsWith('Invalid ');
  const legal = ownWords ? issue.message : (plain[issue.expected ?? ''] ?? `${issue.expected}`);
  return `${where} is ${shown(issue.input)}; it must be ${legal}`;
}

/** Valibot's names of what it expects, in ours. */
const plain: Readonly<Record<string, string>> = { Object: 'an object', Array: 'a list' };

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Why the file system refused, without the path that it repeats. */
export function fileReason(error: unknown): string {
  const code = codeOf(error);
  return reasons[code] ?? (code === '' ? String(error) : code);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder; name a file in it',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
};
