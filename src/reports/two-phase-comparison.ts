/** Two-phase commit measured and checked, each number and verdict beside its claim: the first page. */
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

export interface TwoPhaseOptions {
  readonly quick: boolean;
  readonly seed: Seed;
  readonly participants: number;
  readonly maxStates: number | undefined;
  /** Whether the page of the fault matrix is written beside this one. */
  readonly hasMatrix: boolean;
  /** Called before each part, and during checks with the states found so far. */
  readonly progress: (what: string, isNew: boolean) => void;
}

/** What was measured and checked, as plain data. */
export interface TwoPhaseData {
  readonly cost: readonly CostRow[];
  readonly doubt: readonly DoubtRow[];
  readonly verdicts: readonly VerdictRow[];
  /** Stories of the runs shown, by scenario. */
  readonly stories: Readonly<Record<string, string>>;
}

/** How often {@link compareTwoPhase} reports a new part. */
export const twoPhaseParts = 3 + verdictChecks;

/** Measures and checks two-phase commit, and writes its page. */
export async function compareTwoPhase(options: TwoPhaseOptions): Promise<{
  readonly html: string;
  readonly data: TwoPhaseData;
  readonly cells: readonly Cell[];
}> {
  const { quick, seed, participants, progress } = options;
  progress('fault-free runs', true);
  const counts = quick ? [1, 2, 3, 5, 10] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const cost = measureCost(counts, seed);
  progress('crashes of the coordinator', true);
  const step = quick ? 5 : 1;
  const crashTimesMs = Array.from({ length: 60 / step + 1 }, (_, index) => index * step);
  const doubt = measureDoubt(crashTimesMs, seed);
  const shown = (scenario: string): Run => run(twoPhaseCommit, { seed, scenario, trace: true });
  const blocked = shown('coordinator-crash');
  const cooperative = shown('one-informed-cooperative');
  const verdicts = checkVerdicts(participants, options.maxStates, (question, at) => {
    const what = `check ${question + 1} of ${verdictChecks}`;
    if (at === undefined) progress(what, true);
    else progress(`${what}: ${grouped(at.distinct)} states`, false);
  });
  progress('pictures and page', true);
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
    hasMatrix: options.hasMatrix,
  });
  const stories = Object.fromEntries(
    [blocked, cooperative].map((one) => [one.scenario ?? '', story(one)]),
  );
  return { html, data: { cost, doubt, verdicts, stories }, cells };
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
