/** Retries, overload and tails beside what is published: measured, judged and laid out as a page. */
import { type BackoffRow, backoffCells, backoffChart, measureBackoff } from './backoff-trials.ts';
import type { Cell } from './cells.ts';
import { chartSvg } from './charts.ts';
import { algorithmNames } from './contended-row.ts';
import type { FigureOptions } from './figure-options.ts';
import { figurePage, rowsTable, type Section } from './figure-page.ts';
import {
  type CureRow,
  cureCases,
  cureCells,
  cureChart,
  type MetastableRow,
  measureCure,
  measureMetastable,
  metastableCells,
  metastableChart,
  windowSeconds,
} from './overload-measures.ts';
import { metastableRows } from './published-resilience.ts';
import {
  type FanOutRow,
  fanOutCells,
  fanOutChart,
  type HedgeLoad,
  type HedgeRow,
  hedgeAfterMs,
  hedgeCells,
  hedgeChart,
  measureFanOut,
  measureHedge,
} from './tails.ts';

/** What the page shows, as plain data. */
export interface ResilienceData {
  readonly backoff: readonly BackoffRow[];
  readonly metastable: readonly MetastableRow[];
  readonly overload: readonly CureRow[];
  readonly fanOut: readonly FanOutRow[];
  readonly hedging: { readonly tails: readonly HedgeRow[]; readonly load: HedgeLoad };
}

/** How much is measured: trials by clients, runs, the scale and length of overloads, calls. */
export interface ResilienceSizes {
  readonly trials: Readonly<Record<number, number>>;
  readonly modelRuns: number;
  readonly overload: { readonly scale: number; readonly seconds: number };
  readonly fanOuts: Readonly<Record<number, number>>;
  readonly calls: number;
}

const sizes = {
  full: {
    trials: { 10: 100, 20: 40, 40: 20, 100: 15 },
    modelRuns: 300,
    overload: { scale: 10, seconds: 400 },
    fanOuts: { 1: 2000, 10: 1000, 100: 300, 2000: 60 },
    calls: 4000,
  },
  quick: {
    trials: { 10: 10, 20: 3, 40: 1, 100: 1 },
    modelRuns: 20,
    overload: { scale: 10, seconds: 300 },
    fanOuts: { 1: 300, 10: 100, 100: 30, 2000: 4 },
    calls: 500,
  },
} as const satisfies Record<string, ResilienceSizes>;

/** How many parts {@link resilienceFigures} reports. */
export const resilienceParts = 4 + metastableRows.length + cureCases.length + 4 + 2;

const words = {
  title: 'Retries, overload and tails, as published and as simulated',
  lead: 'Retries mend what fails by chance, and can keep alive what they should mend. What back-off and jitter, a time-out, a retry budget, a breaker and a second request do was simulated and published by others; here their points stand beside runs of the policies in this package.',
  backoff:
    'Clients contend for one row: each reads its version and writes with it, and whoever comes too late backs off and reads again. Each of four messages takes about 10 ms. Exponential back-off alone keeps the losers together, which takes by far the longest; jitter parts them and saves half the calls.',
  metastable:
    'One server, 300 calls a second, in order; a call that is not answered within 3 s is sent again, and its first copy still takes its service. At 60 s the server stands still for 10 s. With 280 new calls a second and one resend it never answers in time again, since 560 are more than 300; without resends, or with half the load, it recovers by itself.',
  overload:
    'Here the policies retry and timeout stand before a service, with the published rates scaled down. A budget of one retry for a hundred calls keeps the load below what the server can do, and a breaker that sees each attempt fails calls at once until the queue is served.',
  fanOut:
    'A request that waits for all of its leaves is as slow as the slowest. Where each of a hundred is slow once in a hundred times, 63 % of the requests are.',
  hedging: `Calls of a service whose times have a long tail (Pareto), with and without a second request after ${hedgeAfterMs} ms, which one call in twenty exceeds. With F for the law of one call, Pr(X > t) is 1 - F(t) until then, and (1 - F(t))(1 - F(t - h)) from then on; so many more requests are made as calls that take longer than h.`,
  leafNote:
    'Left out: the table of leaf latencies and the tied requests of the paper, whose laws are not published. Its own figures say that leaves are not independent: were they, the time until 95 % of many leaves have answered would be near the 95th percentile of one, 5 ms, and it is 12 ms at the median.',
} as const;

export async function resilienceFigures(
  options: FigureOptions & { readonly sizes?: ResilienceSizes },
): Promise<{
  readonly html: string;
  readonly data: ResilienceData;
  readonly cells: readonly Cell[];
}> {
  const { quick, seed, progress } = options;
  const size = options.sizes ?? (quick ? sizes.quick : sizes.full);
  const data = measureResilience(size, seed, (what) => progress(what, true));
  progress('pictures and page', true);
  const cells = resilienceCells(data);
  const sections = await sectionsOf(data, size, seed);
  const html = figurePage({
    ...{ title: words.title, lead: words.lead, quick, sections, cells },
    words: `resilience${quick ? ' --quick' : ''}`,
  });
  return { html, data, cells };
}

export function measureResilience(
  size: ResilienceSizes,
  seed: FigureOptions['seed'],
  told: (what: string) => void,
): ResilienceData {
  const numbered = (of: Readonly<Record<number, number>>) =>
    Object.entries(of).map(([key, value]) => [Number(key), value] as const);
  return {
    backoff: numbered(size.trials).flatMap(([clients, trials]) => {
      told(`${clients} clients contend for a row`);
      return algorithmNames.map((one) => measureBackoff(one, clients, trials, seed));
    }),
    metastable: metastableRows.map((row) => {
      told(`overload: ${row.arrivalRate} calls a second, ${row.resends} resends`);
      return measureMetastable(row, size.modelRuns, seed);
    }),
    overload: cureCases.map((one) => {
      told(`overload: ${one.name}`);
      return measureCure(one, size.overload.scale, size.overload.seconds, seed);
    }),
    fanOut: numbered(size.fanOuts).flatMap(([n, runs]) => {
      told(`requests to ${n} leaves`);
      return measureFanOut(n, runs, seed);
    }),
    hedging: (() => {
      told('second requests');
      return measureHedge(size.calls, seed);
    })(),
  };
}

export function resilienceCells(data: ResilienceData): readonly Cell[] {
  return [
    ...backoffCells(data.backoff),
    ...metastableCells(data.metastable),
    ...cureCells(data.overload),
    ...fanOutCells(data.fanOut),
    ...hedgeCells(data.hedging.tails, data.hedging.load),
  ];
}

async function sectionsOf(
  { backoff, metastable, overload, fanOut, hedging }: ResilienceData,
  size: ResilienceSizes,
  seed: FigureOptions['seed'],
): Promise<readonly Section[]> {
  const counted = (of: Readonly<Record<number, number>>, what: string): string =>
    Object.entries(of)
      .map(([key, value]) => `${value} for ${key} ${what}`)
      .join(', ');
  return [
    {
      heading: 'Back-off on a contended row',
      text: words.backoff,
      charts: [
        await chartSvg(backoffChart(backoff, 'completionMs'), 'Time until all have written'),
        await chartSvg(backoffChart(backoff, 'writeCalls'), 'Writes that were tried'),
      ],
      caption: `Filled marks: simulated, means of n trials (${counted(size.trials, 'clients')}) of seeds ${seed}/1 and so on, with 95 % intervals. Circles: the published simulator.`,
      file: 'backoff.json',
      data: backoff,
      table: rowsTable(
        ['clients', 'algorithm', 'trials', 'time (ms)', 'published', 'writes', 'published'],
        backoff.map((row) => [
          ...[row.clients, row.algorithm, row.trials, tenth(row.completionMs.mean)],
          ...[row.published?.completionMs.mean ?? '', tenth(row.writeCalls.mean)],
          row.published?.writeCalls.mean ?? '',
        ]),
      ),
    },
    {
      heading: 'An overload that outlives its cause',
      text: words.metastable,
      charts: [await chartSvg(metastableChart(metastable), 'Goodput before and after the freeze')],
      caption: `Filled marks: the model without machines, n = ${size.modelRuns} runs, seeds ${seed}/1 to ${seed}/${size.modelRuns}, with 95 % intervals. Circles: published, of 300 runs.`,
      file: 'metastable.json',
      data: metastable,
      table: rowsTable(
        ['calls a second', 'resends', 'from (s)', 'to (s)', 'goodput', 'published'],
        metastable.flatMap(({ arrivalRate, resends, windows }) =>
          windows.map(({ from, to, found, published }) => [
            ...[arrivalRate, resends, from, to, tenth(found.mean), published.mean],
          ]),
        ),
      ),
    },
    {
      heading: 'What cures it',
      text: words.overload,
      charts: [await chartSvg(cureChart(overload), 'Goodput over time by policies')],
      caption: `Simulated, one run each, seed ${seed}, n = ${size.overload.seconds} s at a ${size.overload.scale}th of the rates; marks are means of ${windowSeconds} s. The band is the time in which the server stands still. Where the model without machines says when calls are answered, the runs say the same to the microsecond.`,
      file: 'overload.json',
      data: overload,
      table: rowsTable(
        ['policies', 'arrivals a second', 'service rate', 'recovers', 'as expected'],
        overload.map(({ name, overload: given, recovers, expected }) => [
          ...[name, tenth(given.arrivalRate), tenth(given.serviceRate)],
          ...[recovers ? 'yes' : 'no', recovers === expected ? 'yes' : 'no'],
        ]),
      ),
    },
    {
      heading: 'The slowest of many',
      text: words.fanOut,
      charts: [await chartSvg(fanOutChart(fanOut), 'Slow requests by leaves')],
      caption: `Filled marks: simulated, n requests (${counted(size.fanOuts, 'leaves')}), with 95 % intervals; leaves take exponential times, so that what one of them exceeds with a probability is known. Lines: 1 - (1 - q)^n. Circles: published.`,
      file: 'fan-out.json',
      data: fanOut,
      table: rowsTable(
        ['leaves', 'q', 'requests', 'slow', 'closed form', '95 % interval'],
        fanOut.map(({ n, q, found, expected }) => [
          ...[n, q, found.of, found.count, percent(expected)],
          `${percent(found.low)} to ${percent(found.high)}`,
        ]),
      ),
      note: words.leafNote,
    },
    {
      heading: 'A second request',
      text: words.hedging,
      charts: [await chartSvg(hedgeChart(hedging.tails), 'Calls that take long, by time')],
      caption: `Marks: simulated, n = ${size.calls} calls each, seed ${seed}, with 95 % intervals. Lines: the closed form. ${hedging.load.found.count} second requests were made, ${percent(hedging.load.found.share)}; the closed form has ${percent(hedging.load.expected)}.`,
      file: 'hedging.json',
      data: hedging,
      table: rowsTable(
        ['second request', 'over (ms)', 'calls', 'closed form', '95 % interval'],
        hedging.tails.map(({ hedged, overMs, found, expected }) => [
          ...[hedged ? 'yes' : 'no', overMs, found.count, percent(expected)],
          `${percent(found.low)} to ${percent(found.high)}`,
        ]),
      ),
    },
  ];
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
