/** The page of incidents by policies: what each policy does when something goes wrong, and what it costs otherwise. */
import { scenarios } from '../patterns/incidents/scenarios.ts';
import type { Seed } from '../simulator/random.ts';
import type { Estimate } from '../statistics/estimate.ts';
import type { Cell } from './cells.ts';
import type { IncidentRow } from './incident-figures.ts';
import { element, escaped } from './markup.ts';
import { code, dataLink, details, page, paragraph, scrolling, table } from './page.ts';

export interface IncidentPageData {
  readonly rows: readonly IncidentRow[];
  readonly cells: readonly Cell[];
  readonly seed: Seed;
  readonly quick: boolean;
  readonly runs: number;
}

/** The words of the page, to be read in one sitting. */
const sentences = {
  lead: 'A shop calls payments, and something goes wrong. Each row is a list of policies of the shop, the outermost first; each column is an incident; each cell says how many of the requests were answered within a second, and how long the slowest in a hundred of the answers took.',
  colours:
    'Green: more than without policies, red: fewer, by the 95 % interval of the mean difference over the same seeds; the rest cannot be told apart.',
  cost: 'No policy is good for everything. A retry saves what fails for a moment, and makes an overload worse; a breaker gives requests up so that others live; a time-out alone only says sooner that there is no answer, and its orphans go on working.',
  figures:
    'Goodput counts answers within a second, degraded ones too, which a fallback gives in place of a failure. Attempts count the first one and each that a retry made, or users did; amplification counts the calls that were sent to payments for each request. Intervals are of 95 % over the runs; percentiles are of all runs together.',
  reproducible:
    'Virtual time and seeded chance: the same command writes the same bytes again. Each cell leads to a file of its first run, for replay and explore.',
} as const;

/** The page as one HTML document; the same data give the same bytes. */
export function incidentPage(data: IncidentPageData): string {
  const title = 'Incidents by policies';
  const incidents = [...new Set(data.rows.map(({ scenario }) => scenario))];
  return page(
    `${title}: Counterpoint`,
    [
      `<h1>${title}</h1>`,
      paragraph(escaped(sentences.lead), 'lead'),
      headline(data),
      matrix(data, incidents),
      ...incidents.map((scenario) => incident(data, scenario)),
      claims(data),
      `<footer><p>Written by ${code(commandOf(data))}. ${sentences.reproducible}</p></footer>`,
    ].join('\n'),
  );
}

const commandOf = ({ quick }: IncidentPageData): string =>
  `npm run -s counterpoint -- compare incidents${quick ? ' --quick' : ''}`;

const seedsOf = ({ seed, runs }: IncidentPageData): string => `seeds ${seed}/1 to ${seed}/${runs}`;

function headline({ cells, rows }: IncidentPageData): string {
  const unequal = cells.filter(({ isEqual }) => !isEqual);
  const violated = rows.reduce((total, row) => total + row.violated, 0);
  return [
    paragraph(
      unequal.length === 0
        ? `All ${cells.length} claims about policies hold in these runs.`
        : `${unequal.length} of ${cells.length} claims about policies do not hold in these runs; they are listed at the end.`,
      unequal.length === 0 ? 'equal' : 'unequal',
    ),
    violated === 0
      ? ''
      : paragraph(`In ${violated} runs a property was violated: see the files.`, 'unequal'),
  ].join('');
}

function matrix(data: IncidentPageData, incidents: readonly string[]): string {
  const policies = [...new Set(data.rows.map(({ policy }) => policy))];
  const cellOf = (policy: string, scenario: string): string => {
    const row = data.rows.find((one) => one.policy === policy && one.scenario === scenario);
    if (row === undefined) return 'no data';
    const answered = element(
      'a',
      { href: row.file, class: colourOf(row.gain) },
      unbroken(percent(row.good)),
    );
    const degraded = (row.degraded ?? 0) > 0 ? `<br>${share(row.degraded)} degraded` : '';
    return `${answered}${degraded}<br>${element('span', { class: 'note' }, unbroken(`p99 ${ms(row.p99Ms)}`))}`;
  };
  return [
    scrolling(
      table(
        policies,
        [
          { head: 'policies', cell: list },
          ...incidents.map((scenario) => ({
            head: scenario,
            cell: (policy: string) => cellOf(policy, scenario),
          })),
        ],
        true,
      ),
      'Incidents by policies',
    ),
    paragraph(
      `n = ${data.runs} runs each, ${seedsOf(data)}. ${sentences.colours} Data: ${dataLink('incidents.json', JSON.stringify(data.rows, undefined, 1))}.`,
      'note',
    ),
    paragraph(escaped(sentences.cost)),
    paragraph(escaped(sentences.figures), 'note'),
  ].join('');
}

function colourOf(gain: Estimate | undefined): string | undefined {
  if (gain?.low === undefined || gain.low === null || gain.high === null) return undefined;
  if (gain.low > 0) return 'holds';
  return gain.high < 0 ? 'violated' : undefined;
}

function incident(data: IncidentPageData, scenario: string): string {
  const rows = data.rows.filter((row) => row.scenario === scenario);
  const { description } = scenarios[scenario as keyof typeof scenarios];
  return [
    `<h2 id="${scenario}">${escaped(scenario)}</h2>`,
    paragraph(escaped(description)),
    scrolling(
      table(
        rows,
        [
          { head: 'policies', cell: ({ policy }) => list(policy) },
          { head: 'answered within 1 s', isNumber: true, cell: ({ good }) => percent(good) },
          { head: 'degraded', isNumber: true, cell: ({ degraded }) => share(degraded) },
          {
            head: 'goodput a second',
            isNumber: true,
            cell: (row) => mean(row.goodputPerSecond, 1),
          },
          { head: 'mean time (ms)', isNumber: true, cell: ({ meanMs }) => mean(meanMs, 0) },
          { head: 'p50', isNumber: true, cell: ({ p50Ms }) => unbroken(ms(p50Ms)) },
          { head: 'p99', isNumber: true, cell: ({ p99Ms }) => unbroken(ms(p99Ms)) },
          { head: 'attempts a request', isNumber: true, cell: ({ attempts }) => mean(attempts, 2) },
          { head: 'amplification', isNumber: true, cell: (row) => mean(row.amplification, 2) },
          {
            head: 'first run',
            cell: ({ file }) => element('a', { href: file }, escaped(file.replace(/^.*\//, ''))),
          },
        ],
        true,
      ),
      `Policies under the incident ${scenario}`,
    ),
    paragraph(
      `n = ${data.runs} runs each, ${seedsOf(data)}. One of them: ${code(`npm run -s counterpoint -- run incidents --seed ${data.seed}/1 --scenario ${scenario} --set policy=${rows.at(-1)?.policy ?? 'none'}`)}.`,
      'note',
    ),
  ].join('');
}

function claims({ cells }: IncidentPageData): string {
  const rows = [...cells].sort((a, b) => Number(a.isEqual) - Number(b.isEqual));
  const shown = table(
    rows,
    [
      { head: 'what', cell: ({ what }) => escaped(what) },
      { head: 'is claimed to be', cell: ({ claim }) => escaped(claim) },
      { head: 'difference found', isNumber: true, cell: ({ found }) => escaped(found) },
      {
        head: 'so',
        cell: ({ isEqual }) =>
          element('span', { class: isEqual ? 'holds' : 'violated' }, isEqual ? 'yes' : 'no'),
      },
      { head: 'source', cell: ({ source }) => escaped(source) },
    ],
    true,
  );
  return [
    '<h2>What is said of policies, and what was found</h2>',
    details(`All ${cells.length} claims`, scrolling(shown, 'Claims')),
  ].join('');
}

/** `96.2 % ± 0.8`: the half of the interval. */
function percent(estimate: Estimate | undefined): string {
  return estimate === undefined
    ? 'no data'
    : `${(100 * estimate.mean).toFixed(1)} %${spread(estimate, 100, 1)}`;
}

function share(value: number | undefined): string {
  return value === undefined ? 'no data' : `${(100 * value).toFixed(1)} %`;
}

function mean(estimate: Estimate | undefined, digits: number): string {
  return estimate === undefined
    ? 'no data'
    : `${estimate.mean.toFixed(digits)}${spread(estimate, 1, digits)}`;
}

function spread({ mean, high }: Estimate, scale: number, digits: number): string {
  return high === null ? '' : ` ± ${(scale * (high - mean)).toFixed(digits)}`;
}

function ms(value: number | undefined): string {
  return value === undefined ? 'no data' : `${Math.round(value)} ms`;
}

/** A number stays with its unit and its interval. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** The policies, the outermost first; a line ends after a comma and nowhere else. */
function list(policy: string): string {
  const whole = { style: 'white-space:nowrap' };
  return policy
    .split(',')
    .map((name) => element('code', whole, escaped(name)))
    .join(', ');
}
