/** What `run --runs` prints: verdict and outcomes, violations with their seeds, figures with intervals. */
import type { Durations } from '../index.ts';
import { faultClause } from '../reports/index.ts';
import type { Estimate, ManyRuns, Share } from '../statistics/index.ts';
import type { Io } from './io.ts';
import { paint, paintVerdict, table, wrapped } from './layout.ts';
import type { Against } from './many.ts';
import { propertyTable } from './property-table.ts';
import { counted, grouped, milliseconds, percent, settings } from './words.ts';

/** `{system, scenario, parameters, seed, runs, verdict, outcomes, properties, violations, figures, ..}`. */
export function manyJson(many: ManyRuns, against: Against | undefined, file: string | undefined) {
  return {
    ...fields(many),
    file: file ?? null,
    ...(against === undefined
      ? {}
      : { against: fields(against.many), differences: against.differences }),
  };
}

function fields({ scenario, preset, ...rest }: ManyRuns) {
  return { ...rest, scenario: scenario ?? null, preset: preset ?? null };
}

interface Telling {
  /** The command that repeats it all, and the one that shows the run of a seed. */
  readonly command: string;
  readonly repeat: (seed: string) => string;
  /** The file that was asked for, and the one that was written because a run violated something. */
  readonly trace: string | undefined;
  readonly file: string | undefined;
}

export function manyText(
  many: ManyRuns,
  against: Against | undefined,
  { command, repeat, trace, file }: Telling,
  io: Io,
): string {
  const { width, hasColour } = io;
  return [
    `${paint('dim', command, hasColour)}\n\n`,
    ...opening(many, io),
    ...many.violations.flatMap(({ property, runs, seeds }) => [
      wrapped(
        `${property}: violated in ${shareWords(runs)}; seeds ${seeds.join(', ')}${runs.count > seeds.length ? ', ...' : ''}`,
        width,
        0,
        2,
      ),
      `  ${repeat(seeds[0] ?? '')}\n`,
    ]),
    trace === undefined ? '' : fileWords(trace, file, width),
    '\n',
    propertyTable(many.properties, io),
    '\n',
    outcomeTable(many, io),
    '\n',
    figureTable(many.figures, io),
    '\n',
    distributionTable(many.distributions, io),
    ...(against === undefined ? [] : againstText(many, against, io)),
    '\n',
    wrapped(`Intervals are of 95 %. Digest of all runs: ${many.digest}`, width),
  ].join('');
}

function opening(many: ManyRuns, { width, hasColour }: Io): readonly string[] {
  const { system, scenario, parameters, seed, preset, faults } = many;
  const where = scenario === undefined ? '' : `, scenario ${scenario}`;
  const drawn = preset === undefined ? '' : `, faults ${preset}`;
  const set = settings(parameters);
  return [
    wrapped(
      `${system}${where}, seeds ${seed}/1 to ${seed}/${many.asked}${drawn}${set === '' ? '' : `, ${set}`}`,
      width,
      0,
      2,
    ),
    ...faults.map((fault) => wrapped(`- ${faultClause(fault)}`, width, 2, 2)),
    '\n',
    wrapped(paintVerdict(many.verdict, verdictWords(many), hasColour), width),
  ];
}

function verdictWords({ verdict, runs, asked, violations }: ManyRuns): string {
  const stopped = runs < asked ? `; stopped, ${grouped(asked)} were asked for` : '';
  switch (verdict) {
    case 'holds':
      return `holds: not violated in these ${counted(runs, 'run')}, which says nothing about others`;
    case 'violated':
      return `violated in these ${counted(runs, 'run')}: ${violations.map(({ property }) => property).join(', ')}${stopped}`;
    case 'unknown':
      return runs < asked
        ? `unknown: stopped after ${grouped(runs)} of ${counted(asked, 'run')}, none of which violated a property`
        : 'unknown: the budget for judging a history was spent, and nothing was violated';
  }
}

function fileWords(trace: string, file: string | undefined, width: number): string {
  return wrapped(
    file === undefined
      ? `Nothing was written to ${trace}: no run violated a property.`
      : `The first run that violates one is in ${file}.`,
    width,
  );
}

function outcomeTable({ outcomes, reasons, unreached, runs }: ManyRuns, io: Io): string {
  const rows = Object.entries(outcomes)
    .filter(([, { count }]) => count > 0)
    .map(([outcome, share]) => [outcome, ...shareCells(share)]);
  const known = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const shown = known.slice(0, mostReasons).map(([reason, count]) => `- ${count}: ${reason}`);
  const more = known.length - shown.length;
  return [
    table(['outcome', 'runs', 'share', 'interval'], rows, io),
    ...shown.map((line) => wrapped(line, io.width, 2, 2)),
    more > 0 ? `  - and for ${counted(more, 'more reason')} (--json has all)\n` : '',
    unreached > 0
      ? wrapped(`In ${unreached} of ${counted(runs, 'run')} a crash point never came.`, io.width)
      : '',
  ].join('');
}

const mostReasons = 5;

function shareCells({ count, share, low, high }: Share): readonly string[] {
  return [grouped(count), percent(share), `${percent(low)} to ${percent(high)}`];
}

function shareWords({ count, of, share, low, high }: Share): string {
  return `${grouped(count)} of ${counted(of, 'run')} (${percent(share)}, ${percent(low)} to ${percent(high)})`;
}

/** Figures of single nodes are many; `--json` has them. What is the same in all runs needs no interval. */
function figureTable(figures: ManyRuns['figures'], io: Io): string {
  const rows = Object.entries(figures)
    .filter(([name, { min, max }]) => !name.startsWith('nodes.') && (min !== 0 || max !== 0))
    .map(([name, one]) => [
      name,
      figure(one.mean),
      interval(one),
      one.min === one.max ? '' : `${figure(one.min)} to ${figure(one.max)}`,
      grouped(one.n),
    ]);
  return table(['figure of a run', 'mean', 'interval', 'range', 'runs'], rows, io);
}

function interval({ low, high, min, max }: Estimate): string {
  if (low === null || high === null) return 'no data';
  return min === max ? 'always' : `${figure(low)} to ${figure(high)}`;
}

/** Four significant digits, and no more than three behind the point. */
function figure(value: number): string {
  const digits = Math.max(0, Math.min(3, 3 - Math.floor(Math.log10(Math.abs(value) || 1))));
  const rounded = Number(value.toFixed(digits));
  return rounded === 0 ? '0' : String(rounded);
}

function distributionTable(distributions: Readonly<Record<string, Durations>>, io: Io): string {
  const rows = Object.entries(distributions)
    .filter(([name, { count }]) => count > 0 && !name.startsWith('latency at '))
    .map(([name, { count, meanMs, percentilesMs, maxMs }]) => [
      name,
      grouped(count),
      ...[meanMs, ...Object.values(percentilesMs ?? {}), maxMs].map((value) =>
        value === null ? '' : milliseconds(value),
      ),
    ]);
  return table(['all runs together', '', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max'], rows, io);
}

function againstText(one: ManyRuns, { many, differences }: Against, io: Io): readonly string[] {
  const rows = Object.entries(differences)
    .filter(([name, { min, max }]) => !name.startsWith('nodes.') && (min !== 0 || max !== 0))
    .map(([name, difference]) => [
      name,
      figure(one.figures[name]?.mean ?? 0),
      figure(many.figures[name]?.mean ?? 0),
      signed(difference.mean),
      interval(difference),
      grouped(difference.n),
    ]);
  return [
    '\n',
    wrapped(
      `Against ${many.system}${many.scenario === undefined ? '' : `, scenario ${many.scenario}`} on the same seeds: ${verdictWords(many)}.`,
      io.width,
    ),
    '\n',
    outcomeTable(many, io),
    '\n',
    rows.length === 0
      ? 'No figure differs in any pair of runs.\n'
      : table(
          ['figure of a run', one.system, many.system, 'difference', 'interval', 'pairs'],
          rows,
          io,
        ),
  ];
}

function signed(value: number): string {
  return value > 0 ? `+${figure(value)}` : figure(value);
}
