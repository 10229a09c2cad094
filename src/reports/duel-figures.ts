/** Paxos: duelling proposers, and what a value costs, measured, judged and laid out as a page. */
import type { Cell } from './cells.ts';
import { chartSvg } from './charts.ts';
import { costChart, endingsChart, scriptChart, undecidedChart } from './duel-charts.ts';
import { type DuelRow, duelCells, duelPoints, measureDuel } from './duel-measures.ts';
import { backOffs } from './duels.ts';
import type { FigureOptions } from './figure-options.ts';
import { figurePage, rowsTable, type Section } from './figure-page.ts';
import {
  type CostRow,
  costCells,
  measureCosts,
  measureScript,
  type ScriptRow,
  scriptCells,
  scriptPoints,
} from './paxos-costs.ts';

/** What the page shows, as plain data. */
export interface DuelData {
  readonly duels: readonly DuelRow[];
  readonly script: readonly ScriptRow[];
  readonly costs: readonly CostRow[];
}

/** How many parts {@link duelFigures} reports. */
export const duelParts = duelPoints.length + 3;

const words = {
  title: 'Duelling proposers, and what a value costs in Paxos',
  lead: 'Paxos never chooses two values. That it ever chooses one it does not promise: two proposers may pre-empt each other for as long as they like, and a back-off that is drawn at random ends it with probability one. Here is how often that happens, and how soon it ends, in runs of the machines in this package.',
  duels:
    'Three acceptors, and proposers that begin at random moments of the first 100 ms. A message takes 10 ms and a proposal (2a) 40 ms, so that a rival who begins meanwhile pre-empts it. Whoever is refused comes back at once (none), after 5 ms (fixed), or after up to 50, 100, 200 ms and so on (random). Without chance what is undecided after two rounds stays so for ever: with two proposers 45 % of the runs, and 37.5 % with 5 ms, by the closed form.',
  endings:
    'With random back-off every run is decided. The time is that at which the first learner knows a value; ballots are those begun until then.',
  script:
    'The script of the duel: each proposer’s 1a overtakes the other’s 2a. After k rounds, in each of which both have broadcast a 1a, 2nk prepare messages have been sent and nothing is chosen.',
  costs:
    'One proposer, no faults: messages between nodes until the proposer has learnt its value, and where it says so until all have. The formulas of forced writes, 2n, twice a majority where only one is asked, and n for a slot, are compared in the table.',
} as const;

export async function duelFigures(options: FigureOptions): Promise<{
  readonly html: string;
  readonly data: DuelData;
  readonly cells: readonly Cell[];
}> {
  const { quick, seed, progress } = options;
  const runs = options.runs ?? (quick ? 60 : 400);
  const referenceRuns = 25 * runs;
  const duels = duelPoints.map((point) => {
    progress(`duels of ${point.proposers}, back-off ${point.backOff}`, true);
    return measureDuel(point, runs, referenceRuns, seed);
  });
  progress('the script of the duel', true);
  const script = scriptPoints.map(measureScript);
  progress('costs', true);
  const data: DuelData = { duels, script, costs: measureCosts() };
  progress('pictures and page', true);
  const cells = [...duelCells(duels), ...scriptCells(script), ...costCells(data.costs)];
  const sections = await sectionsOf(data, {
    ours: `n = ${runs} runs each, seeds ${seed}/1 to ${seed}/${runs}, with 95 % intervals`,
    model: `a model without machines, a race of arrivals at one acceptor, in ${referenceRuns} runs of its own`,
  });
  const html = figurePage({
    title: words.title,
    lead: words.lead,
    words: `paxos${quick ? ' --quick' : ''}`,
    ...{ quick, sections, cells },
  });
  return { html, data, cells };
}

async function sectionsOf(
  { duels, script, costs }: DuelData,
  { ours, model }: { readonly ours: string; readonly model: string },
): Promise<readonly Section[]> {
  return [
    {
      heading: 'How many runs are undecided',
      text: words.duels,
      charts: await Promise.all(
        backOffs.map((one) =>
          chartSvg(undecidedChart(duels, one), `Undecided runs, back-off ${one}`),
        ),
      ),
      caption: `Filled marks: simulated, ${ours}. Lines: ${model}. Within its 99.9 % interval means as expected.`,
      file: 'duels.json',
      data: duels,
      table: rowsTable(
        ['back-off', 'proposers', 'after (ms)', 'undecided', '95 % interval', 'model', 'allowed'],
        duels.flatMap(({ backOff, proposers, undecided }) =>
          undecided.map(({ afterMs, found, expected, allowed }) => [
            ...[backOff, proposers, afterMs, found.count],
            `${percent(found.low)} to ${percent(found.high)}`,
            ...[percent(expected.share), `${allowed.low} to ${allowed.high} of ${found.of}`],
          ]),
        ),
      ),
    },
    {
      heading: 'How soon a duel ends',
      text: words.endings,
      charts: [
        await chartSvg(endingsChart(duels, 'decidedMs', 'mean time (ms)'), 'Time until decided'),
        await chartSvg(endingsChart(duels, 'ballots', 'mean ballots'), 'Ballots until decided'),
      ],
      caption: `Marks: simulated, back-off random, ${ours.replace('95 %', '99.9 %')}. Lines: ${model}.`,
      file: 'endings.json',
      data: duels.filter(({ decidedMs }) => decidedMs !== undefined),
      table: rowsTable(
        ['proposers', 'time (ms)', 'model (ms)', 'ballots', 'model'],
        duels.flatMap(({ proposers, decidedMs, ballots }) =>
          decidedMs === undefined || ballots === undefined
            ? []
            : [[proposers, ...[decidedMs, ballots].flatMap(meansOf)]],
        ),
      ),
    },
    {
      heading: 'The duel as it stands in the paper',
      text: words.script,
      charts: [await chartSvg(scriptChart(script), 'Prepare messages by rounds')],
      caption: 'Marks: simulated, scenario duel, seed 1, nothing drawn. Lines: 2nk.',
      file: 'script.json',
      data: script,
      table: rowsTable(
        ['n', 'k', '2nk', '1a sent', 'chosen'],
        script.map((row) => [row.n, row.rounds, row.expected, row.prepareMessages, row.chosen]),
      ),
    },
    {
      heading: 'What a value costs',
      text: words.costs,
      charts: [await chartSvg(costChart(costs), 'Messages of Paxos by acceptors')],
      caption: 'Marks: simulated, seed 1, nothing drawn. Lines: the formulas of the papers.',
      file: 'costs.json',
      data: costs,
      table: rowsTable(
        ['case', 'n', 'formula', 'expected', 'messages', 'forces expected', 'forced writes'],
        costs.map((row) => [
          ...[row.case, row.n, row.formula, row.expected, row.messages],
          ...[row.expectedForced, row.forced],
        ]),
      ),
    },
  ];
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

function meansOf({ found, expected }: NonNullable<DuelRow['ballots']>): readonly number[] {
  return [found.mean, expected.mean].map((mean) => Number(mean.toFixed(2)));
}
