/** Spin, where it is installed: exports become C, C becomes a program, and the program says what it saw. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type PromelaModel, UserMistake } from '../index.ts';

/** What Spin saw of a model, or why it did not see all of it. */
export type SpinAnswer = SpinResult | { readonly kind: 'unknown'; readonly reason: string };

export interface SpinResult {
  readonly kind: 'done';
  /** Distinct states that it stored. */
  readonly stored: number;
  /** Steps, those to known states included. */
  readonly transitions: number;
  /** The assertions that it found violated, by name. */
  readonly violated: ReadonlySet<string>;
  /** Its own figure, without compiling. */
  readonly seconds: number;
  /** Why it went where the tables of the model end, if it did. */
  readonly gaveUp?: string;
}

export interface SpinLimits {
  readonly seconds?: number | undefined;
  /** Calls back when Spin shall be stopped; returns how to forget that. */
  onInterrupt(stop: () => void): () => void;
}

/** As many steps deep as Spin searches at most, at about fifty bytes each. */
const deepest = 10_000_000;

/** Exact, without partial-order reduction, checking assertions and nothing else. */
const compilerFlags = ['-DSAFETY', '-DNOREDUCE', '-w'] as const;

/** Below this many states, optimizing takes longer than searching without it. */
const worthOptimizing = 100_000;

/** The version of Spin. Throws a {@link UserMistake} where Spin or the C compiler is missing. */
export async function spinVersion(): Promise<string> {
  const [spin, gcc] = await Promise.all([
    versionOf('spin', '-V'),
    versionOf('gcc', '-dumpversion'),
  ]);
  const missing = [...(spin === undefined ? ['spin'] : []), ...(gcc === undefined ? ['gcc'] : [])];
  if (missing.length > 0)
    throw new UserMistake(
      `--confirm spin needs ${missing.join(' and ')}, which cannot be run here; install ${missing.length === 1 ? 'it' : 'them'} (the package of Spin is called spin), or write the model with --export promela FILE and check it elsewhere`,
    );
  return /Version (\S+)/.exec(spin ?? '')?.[1] ?? 'of unknown version';
}

/** Compiles and searches the model in a folder of its own, which is removed. */
export async function runSpin(model: PromelaModel, limits: SpinLimits): Promise<SpinAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'counterpoint-spin-'));
  const stop = new AbortController();
  const ignore = limits.onInterrupt(() => stop.abort('it was interrupted'));
  const timer =
    limits.seconds === undefined
      ? undefined
      : setTimeout(() => stop.abort('its time was spent'), Math.max(1, limits.seconds) * 1000);
  const { signal } = stop;
  try {
    await writeFile(join(folder, 'model.pml'), model.text);
    await compile('spin', ['-a', 'model.pml'], folder, signal);
    const memory = Math.min(Math.floor((freemem() / 2 ** 20) * 0.8), megabytesFor(model));
    const vector = Math.max(1024, 256 + 2 * model.stateBytes);
    const optimized = model.distinct < worthOptimizing ? '-O0' : '-O2';
    const flags = [optimized, ...compilerFlags, `-DMEMLIM=${memory}`, `-DVECTORSZ=${vector}`];
    await compile('gcc', [...flags, '-o', 'pan', 'pan.c'], folder, signal);
    const depth = Math.min(model.distinct + 100, deepest);
    const slots = Math.min(30, Math.max(16, Math.ceil(Math.log2(model.distinct * 2))));
    const answer = await search(folder, ['-n', '-c0', `-m${depth}`, `-w${slots}`], signal);
    // That it stored too many is known before it has seen all of them.
    const { reason, stored } = answer;
    if (reason !== undefined && stored <= model.distinct + model.extraStates)
      return { kind: 'unknown', reason };
    return answer;
  } catch (error) {
    if (signal.aborted) return { kind: 'unknown', reason: String(signal.reason) };
    throw error;
  } finally {
    clearTimeout(timer);
    ignore();
    await rm(folder, { recursive: true, force: true });
  }
}

async function search(
  folder: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<SpinResult & { readonly reason: string | undefined }> {
  const violated = new Set<string>();
  let stored: number | undefined;
  let transitions = 0;
  let seconds = 0;
  let gaveUp: string | undefined;
  let reason: string | undefined;
  const { errors } = await execute(join(folder, 'pan'), options, folder, signal, (line) => {
    const assertion = /assertion violated \( \((\w+)\)\(\) \)/.exec(line)?.[1];
    if (assertion !== undefined) violated.add(assertion);
    stored = numberIn(/^\s*(\d+) states, stored/, line) ?? stored;
    transitions = numberIn(/^\s*(\d+) transitions/, line) ?? transitions;
    seconds = numberIn(/elapsed time ([\d.e+-]+)/, line) ?? seconds;
    if (/MEMLIM|out of memory/.test(line)) reason = 'its memory was spent';
    if (/max search depth too small/.test(line)) reason = 'its paths were deeper than it searches';
    gaveUp = /^pan: (.* the tables .*)$/.exec(line)?.[1] ?? gaveUp;
  });
  if (signal.aborted) throw signal.reason;
  if (gaveUp === undefined && stored === undefined && reason === undefined)
    throw new Error(`broken promise: Spin counted nothing: ${errors}`);
  const told = gaveUp === undefined ? {} : { gaveUp };
  return { kind: 'done', stored: stored ?? 0, transitions, violated, seconds, reason, ...told };
}

/** Several times what the model needs, so that a wrong one ends before it has used up the computer. */
function megabytesFor({ distinct, stateBytes }: PromelaModel): number {
  const bytes = 4 * distinct * (2 * stateBytes + 200) + 100 * Math.min(distinct, deepest);
  return 512 + Math.ceil(bytes / 2 ** 20);
}

function numberIn(pattern: RegExp, line: string): number | undefined {
  const found = pattern.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}

async function compile(
  command: string,
  words: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  let out = '';
  const { code, errors } = await execute(command, words, folder, signal, (line) => {
    out += `${line}\n`;
  });
  if (signal.aborted) throw signal.reason;
  if (code !== 0)
    throw new Error(`broken promise: ${command} does not take the model: ${errors}${out}`);
}

/** Runs a program, line by line of what it writes; what it writes on standard error comes at the end. */
function execute(
  command: string,
  words: readonly string[],
  cwd: string,
  signal: AbortSignal,
  heed: (line: string) => void,
): Promise<{ readonly code: number | null; readonly errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    // The group of a terminal gets Ctrl-C as well; what is left is stopped here.
    const kill = (): void => {
      child.kill('SIGKILL');
    };
    signal.addEventListener('abort', kill);
    if (signal.aborted) kill();
    let errors = '';
    createInterface({ input: child.stdout }).on('line', heed);
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', kill);
      resolve({ code, errors });
    });
  });
}

async function versionOf(command: string, option: string): Promise<string | undefined> {
  let text = '';
  const heed = (line: string): void => {
    text += `${line}\n`;
  };
  const never = new AbortController().signal;
  try {
    const { code } = await execute(command, [option], tmpdir(), never, heed);
    return code === 0 ? text : undefined;
  } catch {
    return undefined;
  }
}
