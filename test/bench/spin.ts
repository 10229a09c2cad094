/** The checker against Spin on the same model: states a second, compiling and starting left out. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AnySystem,
  type CheckOptions,
  check,
  exportPromela,
  variant,
} from '../../src/index.ts';
import { raftElection } from '../../src/protocols/calibration/index.ts';
import { builtInSystem, twoPhaseCommit } from '../../src/protocols/index.ts';

/** Spin's best honest flags: safety only, every state visited, a hash table that need not grow. */
const compile = ['-O2', '-DSAFETY', '-DNOREDUCE'];
const start = ['-w23', '-m1000000'];
export const spinFlags = `gcc ${compile.join(' ')}; pan ${start.join(' ')}`;

export function hasSpin(): boolean {
  try {
    execFileSync('spin', ['-V'], { stdio: 'ignore' });
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A question for both: the system here, and a model for Spin. */
export interface SpinQuestion {
  readonly title: string;
  readonly system: AnySystem;
  readonly options: CheckOptions;
  readonly states: number;
  /** A model by hand, in this folder; without one it is the model that the checker exports. */
  readonly file?: string;
  readonly rounds: number;
}

const fifo = variant(twoPhaseCommit, 'fifo', { network: { order: 'fifo', loss: true } });

export const spinQuestions: Readonly<Record<string, SpinQuestion>> = {
  commit: {
    title: 'two-phase commit, abstract, 7 participants',
    system: builtInSystem('two-phase-commit/abstract') as AnySystem,
    options: { parameters: { participants: 7 } },
    states: 296_448,
    file: 'two-phase-commit.pml',
    rounds: 7,
  },
  queues: {
    title: 'two-phase commit over lossy FIFO queues, 2 participants, timers and 2 crashes',
    // What stays possible is no question for Spin, and so for neither.
    system: {
      ...fifo,
      properties: fifo.properties.filter(({ kind }) => kind === 'invariant'),
    } as AnySystem,
    options: {
      parameters: { participants: 2 },
      scope: { crashes: 2, duplication: false },
      timing: 'asynchronous',
    },
    states: 156_601,
    rounds: 5,
  },
  raft: {
    title: 'Raft election, 3 servers, 4 terms',
    system: raftElection,
    options: { parameters: { servers: 3, terms: 4 } },
    states: 3_623_895,
    file: 'raft-election.pml',
    rounds: 3,
  },
};

/** Seconds of processor time of each, in alternating rounds after one that is not counted. */
export function againstSpin(question: SpinQuestion): {
  readonly own: number[];
  readonly spin: number[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'counterpoint-bench-'));
  try {
    const at = { cwd: folder };
    execFileSync('spin', ['-a', modelOf(question, folder)], at);
    execFileSync('gcc', [...compile, '-w', '-o', 'pan', 'pan.c'], at);
    const own: number[] = [];
    const spin: number[] = [];
    for (let round = -1; round < question.rounds; round++) {
      const seconds = [
        ownSeconds(question),
        panSeconds(join(folder, 'pan'), folder, question),
      ] as const;
      if (round < 0) continue;
      own.push(seconds[0]);
      spin.push(seconds[1]);
    }
    return { own, spin };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function modelOf({ file, system, options }: SpinQuestion, folder: string): string {
  if (file !== undefined) return fileURLToPath(new URL(file, import.meta.url));
  const path = join(folder, 'model.pml');
  writeFileSync(path, exportPromela(system, options)?.text ?? '');
  return path;
}

function ownSeconds({ system, options, states }: SpinQuestion): number {
  const before = process.cpuUsage();
  const { distinct, properties } = check(system, { ...options, reduce: false });
  const { user, system: kernel } = process.cpuUsage(before);
  const isViolated = properties.some(({ verdict }) => verdict === 'violated');
  if (isViolated || distinct !== states) throw new Error(`${distinct} states`);
  return (user + kernel) / 1e6;
}

function panSeconds(pan: string, cwd: string, { states }: SpinQuestion): number {
  // The shell's `times` tells what processor time its children took, in its last line.
  const line = `${pan} ${start.join(' ')}; times`;
  const said = execFileSync('sh', ['-c', line], { cwd, encoding: 'utf8' });
  const stored = Number(/(\d+) states, stored/.exec(said)?.[1]);
  const [, user, kernel] = /0m([\d.]+)s 0m([\d.]+)s\s*$/.exec(said) ?? [];
  if (stored !== states || !/errors: 0/.test(said)) throw new Error(`Spin disagrees:\n${said}`);
  return Number(user) + Number(kernel);
}

/** Gray and Lamport's model with ten resource managers: 61,515,776 states. */
export function tenParticipants(): string {
  const system = builtInSystem('two-phase-commit/abstract') as AnySystem;
  const began = performance.now();
  const result = check(system, { parameters: { participants: 10 }, maxStates: 100_000_000 });
  const seconds = (performance.now() - began) / 1000;
  const gigabytes = process.resourceUsage().maxRSS / 2 ** 20;
  const told = [result.distinct, result.generated].map((count) => count.toLocaleString('en'));
  return `two-phase commit, abstract, 10 participants: ${result.verdict}, ${told[0]} states, ${told[1]} generated, ${Math.round(seconds)} s (aim 300 or less), ${gigabytes.toFixed(1)} GB (aim 4.0 or less)`;
}
