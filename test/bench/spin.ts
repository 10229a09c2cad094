/** The checker against Spin on the same model: states a second, compiling and starting left out. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AnySystem, check } from '../../src/index.ts';
import { builtInSystem } from '../../src/protocols/index.ts';

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

const states = 296_448;
const rounds = 7;

/** Seconds of processor time of each, in alternating rounds after one that is not counted. */
export function twoPhaseCommitAgainstSpin(): { readonly own: number[]; readonly spin: number[] } {
  const folder = mkdtempSync(join(tmpdir(), 'counterpoint-bench-'));
  try {
    const model = fileURLToPath(new URL('two-phase-commit.pml', import.meta.url));
    const at = { cwd: folder };
    execFileSync('spin', ['-a', model], at);
    execFileSync('gcc', [...compile, '-o', 'pan', 'pan.c'], at);
    const own: number[] = [];
    const spin: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const seconds = [ownSeconds(), panSeconds(join(folder, 'pan'), folder)] as const;
      if (round < 0) continue;
      own.push(seconds[0]);
      spin.push(seconds[1]);
    }
    return { own, spin };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownSeconds(): number {
  const system = builtInSystem('two-phase-commit/abstract') as AnySystem;
  const before = process.cpuUsage();
  const { verdict, distinct } = check(system, { parameters: { participants: 7 } });
  const { user, system: kernel } = process.cpuUsage(before);
  if (verdict !== 'holds' || distinct !== states) throw new Error(`${verdict}, ${distinct} states`);
  return (user + kernel) / 1e6;
}

function panSeconds(pan: string, cwd: string): number {
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
