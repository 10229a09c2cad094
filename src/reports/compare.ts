/** The comparison: measures, checks, compares each cell with its claim, and writes the page. */
import { UserMistake } from '../model/errors.ts';
import { twoPhaseCommit } from '../protocols/two-phase-commit/system.ts';
import type { Run } from '../simulator/options.ts';
import type { Seed } from '../simulator/random.ts';
import { run } from '../simulator/run.ts';
import { spansIn } from '../simulator/span-recorder.ts';
import { type Cell, cell, grouped } from './cells.ts';
import { chartSvg } from './charts.ts';
import { type CostRow, costChart, measureCost } from './commit-cost.ts';
import {
  type DoubtRow,
  doubtChart,
  doubtFromMs,
  doubtUntilMs,
  measureDoubt,
  sweep,
} from './doubt-sweep.ts';
import { firstPage } from './first-page.ts';
import { story } from './story.ts';
import { checkVerdicts, type VerdictRow, verdictChecks } from './verdict-table.ts';

export interface CompareOptions {
  /** Built-in systems by name. Default: all that have claims, which is two-phase-commit. */
  readonly systems?: readonly string[];
  /** Fewer points of the sweeps. Default false. */
  readonly quick?: boolean;
  /** Default 1. */
  readonly seed?: Seed;
  /** Participants of the checked system. Default 2; with 3 it takes minutes. */
  readonly participants?: number;
  /** Budget of each check; spent means `unknown`, and then the cell is not equal to its claim. */
  readonly maxStates?: number;
  readonly progress?: (progress: CompareProgress) => void;
}

export interface CompareProgress {
  /** What is being done now. */
  readonly what: string;
  /** Parts finished, of so many. */
  readonly done: number;
  readonly of: number;
}

export interface Comparison {
  /** The page: one self-contained document. */
  readonly html: string;
  /** Everything the page shows, as plain data. */
  readonly data: ComparisonData;
  readonly cells: readonly Cell[];
  /** Whether every cell equals its claim. */
  readonly isEqual: boolean;
}

export interface ComparisonData {
  readonly counterpoint: 'comparison';
  readonly version: 1;
  readonly seed: Seed;
  readonly quick: boolean;
  readonly participants: number;
  readonly cost: readonly CostRow[];
  readonly doubt: readonly DoubtRow[];
  readonly verdicts: readonly VerdictRow[];
  /** Stories of the runs shown, by scenario. */
  readonly stories: Readonly<Record<string, string>>;
  readonly cells: readonly Cell[];
}

/**
 * Compares what runs and checks give with what is claimed of it. The same options give the same bytes.
 *
 *     const { html, isEqual } = await compare({ quick: true })
 */
export async function compare(options: CompareOptions = {}): Promise<Comparison> {
  const { quick = false, seed = 1, participants = 2, progress = () => {} } = options;
  for (const name of options.systems ?? [])
    if (name !== twoPhaseCommit.name)
      throw new UserMistake(
        `there are no claims to compare "${name}" with; there are some for "${twoPhaseCommit.name}"`,
      );
  const parts = 3 + verdictChecks;
  let done = 0;
  const next = (what: string): void => progress({ what, done: done++, of: parts });

  next('fault-free runs');
  const counts = quick ? [1, 2, 3, 5, 10] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const cost = measureCost(counts, seed);
  next('crashes of the coordinator');
  const step = quick ? 5 : 1;
  const crashTimesMs = Array.from({ length: 60 / step + 1 }, (_, index) => index * step);
  const doubt = measureDoubt(crashTimesMs, seed);
  const shown = (scenario: string): Run => run(twoPhaseCommit, { seed, scenario, trace: true });
  const blocked = shown('coordinator-crash');
  const cooperative = shown('one-informed-cooperative');
  const verdicts = checkVerdicts(participants, options.maxStates, (question, at) => {
    if (at === undefined) next(`check ${question + 1} of ${verdictChecks}`);
    else {
      const what = `check ${question + 1} of ${verdictChecks}: ${grouped(at.distinct)} states`;
      progress({ what, done: done - 1, of: parts });
    }
  });
  next('pictures and page');
  const cells = [
    ...costCells(cost),
    ...doubtCells(doubt, seed),
    ...runCells(blocked, cooperative),
    ...verdicts.map((row) =>
      cell(
        'verdicts',
        row.property,
        row.claim,
        row.source,
        row.exercised ? row.verdict : undefined,
      ),
    ),
  ];
  const html = firstPage({
    seed,
    quick,
    participants,
    cost,
    costChart: await chartSvg(costChart(cost), 'Messages and forced writes by participants'),
    doubt,
    doubtChart: await chartSvg(doubtChart(doubt), 'Time in doubt by moment of the crash'),
    blocked,
    cooperative,
    verdicts,
    cells,
  });
  progress({ what: 'done', done: parts, of: parts });
  const stories = Object.fromEntries(
    [blocked, cooperative].map((one) => [one.scenario ?? '', story(one)]),
  );
  const data: ComparisonData = {
    counterpoint: 'comparison',
    version: 1,
    seed,
    quick,
    participants,
    cost,
    doubt,
    verdicts,
    stories,
    cells,
  };
  return { html, data, cells, isEqual: cells.every(({ isEqual }) => isEqual) };
}

const bhgCost = 'Bernstein, Hadzilacos and Goodman 1987, 7.4, with acknowledgements';
const timetable = 'the protocol’s timetable with constant delays';

function costCells(rows: readonly CostRow[]): readonly Cell[] {
  return rows.flatMap(({ participants, messages, forcedWrites, ...claimed }) => [
    cell('cost', `messages, N = ${participants}`, claimed.messagesClaimed, bhgCost, messages),
    cell(
      'cost',
      `forced writes, N = ${participants}`,
      claimed.forcedWritesClaimed,
      bhgCost,
      forcedWrites,
    ),
  ]);
}

function doubtCells(rows: readonly DoubtRow[], seed: Seed): readonly Cell[] {
  const undisturbed = run(twoPhaseCommit, {
    seed,
    scenario: 'fault-free',
    parameters: { participants: sweep.participants },
    trace: true,
  });
  const { inDoubt } = twoPhaseCommit.spans ?? {};
  const spans = inDoubt === undefined ? [] : spansIn(undisturbed.trace, inDoubt);
  const window = (key: 'fromMs' | 'toMs'): number | string | undefined =>
    [...new Set(spans.map((span) => span[key] ?? 'never'))].join(' and ') || undefined;
  return [
    cell('time in doubt', 'it begins at d + w (ms)', doubtFromMs, timetable, window('fromMs')),
    cell('time in doubt', 'it ends at 3d + 2w (ms)', doubtUntilMs, timetable, window('toMs')),
    ...rows.flatMap((row) => [
      cell(
        'time in doubt',
        `crash at ${row.crashAtMs} ms, comes back (ms)`,
        row.returnsClaimedMs,
        timetable,
        row.returnsMs,
      ),
      cell(
        'time in doubt',
        `crash at ${row.crashAtMs} ms, stays down (ms)`,
        row.staysClaimedMs,
        timetable,
        row.staysMs,
      ),
    ]),
  ];
}

function runCells(blocked: Run, cooperative: Run): readonly Cell[] {
  const source = 'Bernstein, Hadzilacos and Goodman 1987, 7.4';
  return [blocked, cooperative].flatMap((one) => [
    cell(
      'runs',
      `${one.scenario}: outcome`,
      one === blocked ? 'blocked' : 'recovered',
      source,
      one.outcome,
    ),
    cell('runs', `${one.scenario}: properties`, 'holds', source, one.verdict),
  ]);
}
