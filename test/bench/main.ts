/**
 * `npm run bench`: speed as ratios against a named peer in the same run, in alternating rounds, so that
 * whatever else the computer does strikes both alike. Medians over the rounds.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { constant, run, uniform } from '../../src/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { historySeconds } from './histories.ts';
import { kernelTurns, nakedKernel, ownKernel } from './kernel.ts';
import { nakedCommit } from './naked-commit.ts';
import { longRun, participants, swarm, swarmSeconds, workerSeconds } from './simulator.ts';
import {
  againstSpin,
  hasSpin,
  type SpinQuestion,
  spinFlags,
  spinQuestions,
  tenParticipants,
} from './spin.ts';

const warmUps = 20;
const simulations = 50;

function ownCommits(): number {
  let sent = 0;
  for (let seed = 0; seed < simulations; seed++) {
    const { metrics, outcome } = run(twoPhaseCommit, {
      seed,
      parameters: { participants, votes: 'yes' },
      latency: uniform(5, 15),
      forceLatency: constant(2),
    });
    if (outcome !== 'recovered') throw new Error('a faultless run did not end');
    sent += metrics.messages.sent;
  }
  return sent;
}

function nakedCommits(): number {
  let sent = 0;
  for (let seed = 0; seed < simulations; seed++) {
    const result = nakedCommit(seed, participants);
    if (result.committed !== participants) throw new Error('the naked loop did not commit');
    sent += result.sent;
  }
  return sent;
}

interface Comparison {
  /** Seconds of processor time, medians over the rounds. */
  readonly own: number;
  readonly peer: number;
  /** The median of the rounds' ratios: the two of a round stand next to each other in time. */
  readonly ratio: number;
}

/**
 * Runs the two in alternating rounds, after enough uncounted ones for the compiler to have settled on
 * both. Processor time, with that of the garbage collector, tells more than the clock on a busy computer.
 */
function compare(own: () => number, peer: () => number, rounds: number): Comparison {
  const seconds: [number[], number[]] = [[], []];
  for (let round = -warmUps; round < rounds; round++) {
    const results = [own, peer].map((action, which) => {
      const before = process.cpuUsage();
      const result = action();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) seconds[which as 0 | 1].push((user + system) / 1e6);
      return result;
    });
    if (results[0] !== results[1])
      throw new Error(`the two did not do the same: ${results.join(' and ')}`);
  }
  const ratios = seconds[0].map((time, round) => (seconds[1][round] ?? 0) / time);
  return { own: median(seconds[0]), peer: median(seconds[1]), ratio: median(ratios) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function report(
  what: string,
  peer: string,
  { own, peer: other, ratio }: Comparison,
  count: number,
  unit: string,
  aim: number,
): void {
  const rate = (seconds: number): string => `${Math.round(count / seconds).toLocaleString('en')}`;
  console.log(`${what}: ${rate(own)} ${unit}/s`);
  console.log(`  ${peer}: ${rate(other)} ${unit}/s`);
  const verdict = ratio >= aim ? 'reached' : 'NOT reached';
  console.log(`  ratio ${ratio.toFixed(2)}, aim ${aim.toFixed(2)} or more: ${verdict}`);
}

const rounds = 31;

function checkerAgainstSpin(question: SpinQuestion): void {
  const { title, states, file } = question;
  if (!hasSpin()) {
    console.log(`${title}: not compared, spin or gcc is missing`);
    return;
  }
  const { own, spin } = againstSpin(question);
  const ratios = own.map((seconds, round) => (spin[round] ?? 0) / seconds);
  const model = file === undefined ? 'the exported model' : `test/bench/${file}`;
  report(
    `${title}, checked`,
    `Spin on ${model} (${spinFlags})`,
    { own: median(own), peer: median(spin), ratio: median(ratios) },
    states,
    'states',
    0.8,
  );
}

function histories(): void {
  const times = [...historySeconds(3)].sort(([, a], [, b]) => a - b);
  const [slowest, most] = times.at(-1) ?? ['', 0];
  const sum = times.reduce((so, [, seconds]) => so + seconds, 0);
  const told = (seconds: number): string =>
    seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
  console.log(
    `linearizability of ${times.length} recorded histories: median ${told(median(times.map(([, seconds]) => seconds)))}`,
  );
  console.log(
    `  slowest ${told(most)} (${slowest}), aim 5 s or less; all ${told(sum)}, aim 15 s or less`,
  );
}

/** Swarm runs beside naked ones, which have no faults, checks, digest or metrics, and fewer events. */
function swarmRuns(): void {
  const naked = (): number => {
    const before = process.cpuUsage();
    for (let done = 0; done < swarm.runs; done += simulations) nakedCommits();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  naked();
  const rounds = Array.from({ length: 5 }, () => ({ peer: naked(), own: swarmSeconds() }));
  const own = median(rounds.map((round) => round.own.seconds));
  const peer = median(rounds.map((round) => round.peer));
  const events = rounds[0]?.own.events ?? 0;
  const rate = (count: number, seconds: number): string =>
    Math.round(count / seconds).toLocaleString('en');
  console.log(
    `two-phase commit, ${participants} participants, ${swarm.runs.toLocaleString('en')} swarm runs: ${rate(swarm.runs, own)} runs/s, ${rate(events, own)} events/s`,
  );
  console.log(`  naked loop of XState steps, without faults: ${rate(swarm.runs, peer)} runs/s`);
  console.log(`  ratio ${(peer / own).toFixed(2)}`);
}

function oneLongRun(): void {
  const { events, seconds, grownMb } = longRun(1_000_000);
  console.log(
    `one run of ${events.toLocaleString('en')} events: ${seconds.toFixed(1)} s, ${Math.round(events / seconds).toLocaleString('en')} events/s`,
  );
  const verdict = grownMb <= 200 ? 'reached' : 'NOT reached';
  console.log(`  resident memory grew by ${Math.round(grownMb)} MB, aim 200 or less: ${verdict}`);
}

async function twoWorkers(): Promise<void> {
  const runs = 6000;
  const [one, two] = await workerSeconds(runs);
  const ratio = one / two;
  console.log(
    `${runs.toLocaleString('en')} swarm runs with one worker: ${one.toFixed(1)} s; with two: ${two.toFixed(1)} s`,
  );
  const verdict = ratio >= 1.5 ? 'reached' : 'NOT reached';
  console.log(`  speed-up ${ratio.toFixed(2)}, aim 1.50 or more on two idle cores: ${verdict}`);
}

/** Takes minutes and gigabytes, so only by its name: `npm run bench -- ten`. */
const onDemand: Readonly<Record<string, () => void | Promise<void>>> = {
  ten: () => console.log(tenParticipants()),
};

const comparisons: Readonly<Record<string, () => void | Promise<void>>> = {
  ...Object.fromEntries(
    Object.entries(spinQuestions).map(([name, question]) => [
      name,
      () => checkerAgainstSpin(question),
    ]),
  ),
  histories,
  swarm: swarmRuns,
  long: oneLongRun,
  workers: twoWorkers,
  runs: () =>
    report(
      `two-phase commit, ${participants} participants, whole runs`,
      'naked loop of XState steps',
      compare(ownCommits, nakedCommits, rounds),
      simulations,
      'runs',
      0.6,
    ),
  kernel: () =>
    report(
      'event queue, 1,000 pending',
      'bare loop over tinyqueue',
      compare(ownKernel, nakedKernel, rounds),
      kernelTurns,
      'events',
      0.5,
    ),
};

const [asked] = process.argv.slice(2);
if (asked === undefined) {
  console.log(`medians of ${rounds} alternating rounds, Node ${process.version}\n`);
  // Each in a process of its own: what one teaches the compiler about the queue must not meet the other.
  for (const name of Object.keys(comparisons))
    execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), name], {
      stdio: 'inherit',
    });
} else {
  const comparison = comparisons[asked] ?? onDemand[asked];
  if (comparison === undefined)
    throw new Error(
      `there is no comparison "${asked}"; known are ${Object.keys({ ...comparisons, ...onDemand })}`,
    );
  await comparison();
}
