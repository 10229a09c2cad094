/** Raft's elections and commits beside what is published of them: measured, judged and laid out as a page. */
import type { Cell } from './cells.ts';
import { chartSvg } from './charts.ts';
import { electionPage } from './election-page.ts';
import { timesChart } from './election-time-chart.ts';
import {
  fullRuns,
  measureCrash,
  measureWideArea,
  orderCells,
  type TimesOf,
  timeCells,
} from './election-times.ts';
import type { FigureOptions } from './figure-options.ts';
import { figure16, wideArea } from './published-elections.ts';
import {
  type CommitRow,
  commitCells,
  commitChart,
  measureCommits,
  placements,
} from './region-commits.ts';
import {
  measureSplits,
  type SplitRow,
  splitCells,
  splitChart,
  splitPoints,
} from './split-votes.ts';

/** What the page shows, as plain data. */
export interface ElectionData {
  readonly splits: readonly SplitRow[];
  readonly wideArea: readonly TimesOf[];
  readonly figure16: readonly TimesOf[];
  readonly commits: readonly CommitRow[];
}

/** How many parts {@link electionFigures} reports. */
export const electionParts =
  splitPoints.length + wideArea.length + figure16.length + placements.length + 1;

/** Latencies are fixed, so all take the same time; more than one shows it. */
const commitsEach = 5;

const dissertation = 'Ongaro 2014, chapter 9';
const paper = 'Ongaro and Ousterhout 2014, figure 16';

/** Elections of each point: {@link fullRuns}, 4,000 where votes are counted, and few with `quick`. */
export async function electionFigures(options: FigureOptions): Promise<{
  readonly html: string;
  readonly data: ElectionData;
  readonly cells: readonly Cell[];
}> {
  const { quick, seed, progress } = options;
  const runs = options.runs ?? (quick ? 300 : fullRuns);
  const splitRuns = options.runs ?? (quick ? 200 : 4000);
  const measured = <T, R>(points: readonly T[], says: (point: T) => string, of: (point: T) => R) =>
    points.map((point) => {
      progress(says(point), true);
      return of(point);
    });
  const data: ElectionData = {
    splits: measured(
      splitPoints,
      ({ servers, live, latencyFraction }) =>
        `split votes, ${live} of ${servers} servers, latency ${latencyFraction}`,
      (point) => measureSplits(point, splitRuns, seed),
    ),
    wideArea: measured(
      wideArea,
      ({ says }) => `elections over a wide area, ${says}`,
      (one) => measureWideArea(one, runs, seed),
    ),
    figure16: measured(
      figure16,
      ({ minTimeoutMs, maxTimeoutMs }) => `figure 16, ${minTimeoutMs} to ${maxTimeoutMs} ms`,
      (one) => measureCrash(one, runs, seed),
    ),
    commits: measured(
      placements,
      ({ says }) => `commits between regions, ${says}`,
      (one) => measureCommits(one, commitsEach, seed),
    ),
  };
  progress('pictures and page', true);
  const cells = [
    ...splitCells(data.splits),
    ...timeCells('wide area', dissertation, data.wideArea),
    ...timeCells('figure 16', paper, data.figure16),
    ...orderCells(paper, data.figure16),
    ...commitCells(data.commits),
  ];
  const html = electionPage({
    ...data,
    cells,
    seed,
    quick,
    charts: {
      splits: await chartSvg(splitChart(data.splits), 'Split first elections by latency'),
      wideArea: await chartSvg(
        timesChart(data.wideArea, { title: 'election time (ms)', isLogarithmic: false }),
        'Election times over a wide area',
      ),
      figure16: await chartSvg(
        timesChart(data.figure16, {
          title: 'time without a leader (ms, logarithmic)',
          isLogarithmic: true,
        }),
        'Time without a leader after a crash',
      ),
      commits: await chartSvg(commitChart(data.commits), 'Latency of a commit between regions'),
    },
  });
  return { html, data, cells };
}
