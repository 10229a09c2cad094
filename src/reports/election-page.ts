/** The page of Raft's elections and commits: each figure beside the published points, its claims, its command and its data. */
import type { Seed } from '../simulator/random.ts';
import { answer, cellSection, indented } from './cell-section.ts';
import type { Cell } from './cells.ts';
import type { ElectionData } from './election-figures.ts';
import { rounded, type TimesOf } from './election-times.ts';
import { escaped } from './markup.ts';
import { code, dataLink, details, figure, page, paragraph, scrolling, table } from './page.ts';
import { expectedMs } from './region-commits.ts';
import { percent, type SplitRow } from './split-votes.ts';

export interface ElectionPageData extends ElectionData {
  readonly seed: Seed;
  readonly quick: boolean;
  readonly cells: readonly Cell[];
  /** As SVG. */
  readonly charts: Readonly<Record<keyof ElectionData, string>>;
}

/** The words of the page, to be read in one sitting. */
const sentences = {
  lead: 'Raft elects a leader by time-outs drawn at random. How long that takes, and how often two candidates divide the votes, was predicted and measured by its authors; here their points stand beside elections of the machines in this package.',
  splits:
    'A first election is split when so many servers time out before the first request reaches them that the others are no majority. With a fixed latency that has a closed form, in the size of the cluster, the servers that are up and the latency as a fraction of the range from which timeouts are drawn.',
  wideArea:
    'Five servers, 30 to 40 ms one way, timeouts of 300 to 600 ms, heartbeats every 150 ms, no cost of disks; all timers start afresh at 0. The time is that at which the leader took office who then stayed. Where the logs differ, only the servers with the three longest can win.',
  figure16:
    'The leader of five servers dies at a random moment of its heartbeat interval, and two of the other four have logs too short to win. With timeouts almost alike (150 to 155 ms) votes are split again and again; with a range of 50 ms hardly ever. The time ends when somebody hears from a new leader.',
  model16:
    'The paper gives a broadcast time of about 15 ms and not its parts. Here a message takes 1 to 4.5 ms, a forced write 1 to 8 ms, one after the other on each server, and the timers start within 2 ms of each other: a model fitted to the published medians and means. Its fastest elections with timeouts of 12 to 24 ms come some 4 ms later than the published ones, hence a tolerance of 15 %, or of 5 ms where that is more. And at p25 timeouts of 150 to 155 ms come 10 ms after those of 150 to 300 ms in the paper, and some 9 ms before them here. The paper is right about its machines, and no one law of the broadcast is right about all of its rows. With timeouts of 150 to 155 ms a first election succeeds between 93 and 168 ms after the crash, or is split: a quarter at 154 ms says that three in ten succeed, against four in ten here. Messages of up to 6 ms and forces of up to 14 ms make it three in ten, and that row as published (155, 296 and 364 ms for p25, median and mean of 1,000 elections); but then the median with timeouts of 12 to 24 ms is 56 ms, and 30 ms in the paper. The order of the rows is compared where they are more than a broadcast time apart.',
  commits:
    'Servers and a client stand in regions between which round trips were measured; the first server leads. With latencies fixed at the measured means a commit takes the client’s round trip to the leader and the leader’s to the floor(n / 2)-th nearest follower, which completes its majority: farther servers cost nothing, and who leads matters most.',
  reproducible:
    'Virtual time and seeded chance: the same command writes the same bytes again, and nothing on this page was loaded from elsewhere.',
} as const;

/** The page as one HTML document; the same data give the same bytes. */
export function electionPage(data: ElectionPageData): string {
  const title = 'Raft’s elections and commits, as published and as simulated';
  return page(
    `${title}: Counterpoint`,
    [
      `<h1>${title}</h1>`,
      headline(data),
      splits(data),
      wideArea(data),
      figure16(data),
      commits(data),
      claims(data),
      `<footer><p>Written by ${code(commandOf(data))}. ${sentences.reproducible}</p></footer>`,
    ].join('\n'),
  );
}

const commandOf = ({ quick }: Pick<ElectionPageData, 'quick'>): string =>
  `npm run -s counterpoint -- compare raft${quick ? ' --quick' : ''}`;

function headline({ cells }: ElectionPageData): string {
  const unequal = cells.filter(({ isEqual }) => !isEqual);
  return [
    paragraph(escaped(sentences.lead), 'lead'),
    paragraph(
      unequal.length === 0
        ? `All ${cells.length} figures are what was published, within the tolerance that stands beside each.`
        : `${unequal.length} of ${cells.length} figures differ from what was published; they are listed at the end.`,
      unequal.length === 0 ? 'equal' : 'unequal',
    ),
  ].join('');
}

function splits(data: ElectionPageData): string {
  const runs = data.splits[0]?.split.of ?? 0;
  const caption = `Filled marks: simulated, n = ${runs} elections each, seeds ${data.seed}/1 to ${data.seed}/${runs}, with 95 % intervals. Lines: the closed form; circles: its published points. As expected means: with 99.9 %, by the exact binomial interval.`;
  return [
    '<h2>How often votes are split</h2>',
    paragraph(escaped(sentences.splits)),
    figure(
      data.charts.splits,
      `${escaped(caption)} ${madeBy(data)} Data: ${dataLink('split-votes.json', indented(data.splits))}.`,
    ),
    details('The same as a table', scrolling(splitTable(data.splits), 'Split votes')),
  ].join('');
}

function splitTable(rows: readonly SplitRow[]): string {
  return table(rows, [
    { head: 'servers', isNumber: true, cell: ({ servers }) => String(servers) },
    { head: 'up', isNumber: true, cell: ({ live }) => String(live) },
    { head: 'latency', isNumber: true, cell: ({ latencyFraction }) => String(latencyFraction) },
    { head: 'closed form', isNumber: true, cell: ({ expected }) => percent(expected) },
    { head: 'simulated', isNumber: true, cell: ({ split }) => percent(split.share) },
    {
      head: '95 % interval',
      isNumber: true,
      cell: ({ split }) => `${percent(split.low)} to ${percent(split.high)}`,
    },
    { head: 'split', isNumber: true, cell: ({ split }) => String(split.count) },
    {
      head: 'expected (99.9 %)',
      isNumber: true,
      cell: ({ allowed }) => `${allowed.low} to ${allowed.high}`,
    },
  ]);
}

function wideArea(data: ElectionPageData): string {
  return [
    '<h2>How long elections take over a wide area</h2>',
    paragraph(escaped(sentences.wideArea)),
    timesFigure(data, 'wideArea', 'wide-area.json'),
  ].join('');
}

function figure16(data: ElectionPageData): string {
  return [
    '<h2>How long a cluster is without a leader</h2>',
    paragraph(escaped(sentences.figure16)),
    timesFigure(data, 'figure16', 'figure-16.json'),
    paragraph(escaped(sentences.model16), 'note'),
  ].join('');
}

function commits(data: ElectionPageData): string {
  const each = data.commits[0]?.commits ?? 0;
  const caption = `Points: simulated, n = ${each} commits each, seed ${data.seed}; latencies are fixed and disks cost nothing, so there is no interval to state. Bars: the two parts of the formula. Round trips of AWS as published on 2020-06-05, and of Google Cloud of 2019; both ways take half of one.`;
  const rows = table(data.commits, [
    { head: 'servers', cell: ({ says }) => escaped(says) },
    { head: 'led from', cell: ({ servers }) => escaped(servers[0] ?? '') },
    { head: 'client in', cell: ({ client }) => escaped(client) },
    {
      head: 'client (ms)',
      isNumber: true,
      cell: ({ clientRoundTripMs }) => clientRoundTripMs.toFixed(3),
    },
    {
      head: 'majority (ms)',
      isNumber: true,
      cell: ({ quorumRoundTripMs }) => quorumRoundTripMs.toFixed(3),
    },
    { head: 'sum (ms)', isNumber: true, cell: (row) => expectedMs(row).toFixed(3) },
    { head: 'simulated (ms)', isNumber: true, cell: ({ maxMs }) => maxMs.toFixed(3) },
  ]);
  return [
    '<h2>What a commit costs between regions</h2>',
    paragraph(escaped(sentences.commits)),
    figure(
      data.charts.commits,
      `${escaped(caption)} ${madeBy(data)} Data: ${dataLink('commits.json', indented(data.commits))}.`,
    ),
    details('The same as a table', scrolling(rows, 'Commits between regions')),
  ].join('');
}

function timesFigure(data: ElectionPageData, of: 'wideArea' | 'figure16', file: string): string {
  const runs = data[of][0]?.runs ?? 0;
  const caption = `Curves: simulated, n = ${runs} elections each, seeds ${data.seed}/1 to ${data.seed}/${runs}; bars across a curve are 95 % intervals of percentiles. Hollow marks: published percentiles.`;
  return [
    figure(
      data.charts[of],
      `${escaped(caption)} ${madeBy(data)} Data: ${dataLink(file, indented(data[of]))}.`,
    ),
    details('The same as a table', scrolling(timesTable(data[of]), 'Election times')),
  ].join('');
}

function timesTable(of: readonly TimesOf[]): string {
  const rows = of.flatMap(({ says, rows: own }) => own.map((row) => ({ says, ...row })));
  return table(rows, [
    { head: 'elections', cell: ({ says }) => escaped(says) },
    { head: '', cell: ({ name }) => name },
    { head: 'published (ms)', isNumber: true, cell: ({ publishedMs }) => String(publishedMs) },
    { head: 'simulated (ms)', isNumber: true, cell: ({ foundMs }) => String(rounded(foundMs)) },
    {
      head: '95 % interval',
      isNumber: true,
      cell: ({ lowMs, highMs }) => `${rounded(lowMs)} to ${rounded(highMs)}`,
    },
    {
      head: 'within (ms)',
      isNumber: true,
      cell: ({ toleranceMs }) => String(rounded(toleranceMs)),
    },
    { head: 'equal', cell: ({ isWithin }) => answer(isWithin) },
  ]);
}

function claims({ cells, quick }: ElectionPageData): string {
  const heads = { claim: 'published', source: 'published by' };
  return cellSection(
    cells,
    heads,
    quick
      ? 'This page was made with --quick, from few elections: a number counts as equal where the 99.9 % interval of what was found reaches into the tolerance.'
      : undefined,
  );
}

const madeBy = (data: ElectionPageData): string => `Made by ${code(commandOf(data))}.`;
