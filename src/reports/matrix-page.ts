/**
 * The matrix page: commit protocols by faults, each cell beside the literature's claim and with a run that can
 * be replayed, and under it what the checker proves and finds of each protocol's own claims.
 */
import { type MatrixFault, matrixFaults } from '../protocols/atomic-commitment/contract.ts';
import type { Run } from '../simulator/options.ts';
import { runFileOf } from '../simulator/run-file.ts';
import { grouped } from './cells.ts';
import { answerWords, type ShownClaim } from './claim-table.ts';
import { claimWords, foundWords, type ShownCell } from './fault-matrix.ts';
import { element, escaped } from './markup.ts';
import {
  code,
  dataLink,
  details,
  figure,
  page,
  paragraph,
  scrolling,
  storyMarkup,
  table,
} from './page.ts';
import { commitmentHues } from './palette.ts';
import { spaceTimeSvg } from './space-time.ts';

export interface MatrixPageData {
  readonly cells: readonly ShownCell[];
  /** Empty where the checker was not asked. */
  readonly claims: readonly ShownClaim[];
  /** Seeds of each scenario. */
  readonly seeds: number;
  readonly command: string;
}

/** The words of the page, to be read in one sitting. */
const sentences = {
  lead: 'Two-phase commit blocks when its coordinator dies. Three-phase commit does not, and breaks when the network splits. Each cell below is a fault that was injected into a protocol, and what came of it.',
  words:
    'ok: safe, and whoever is up decides. abort: the same, and the decision is abort. blocks: safe, but somebody who is up cannot decide until a failure is repaired. violates: two processes decide differently, or a decision is lost.',
  claims:
    'A run shows what can happen; that something cannot happen is for the checker, which tries every order of messages, time-outs and crashes within the scope. Each protocol says where it holds and where it does not, and both are asked.',
  notAsked:
    'The checker was not asked for this page: it was made with --quick. Without it, each claim is asked.',
} as const;

const command = (rest: string): string => code(`npm run -s counterpoint -- ${rest}`);

/** The page as one HTML document; the same data give the same bytes. */
export function matrixPage(data: MatrixPageData): string {
  const title = 'Commit protocols by faults';
  return page(
    `${title}: Counterpoint`,
    [
      `<h1>${title}</h1>`,
      paragraph(sentences.lead, 'lead'),
      matrix(data),
      claims(data),
      ...(Object.keys(matrixFaults) as MatrixFault[]).map((fault) => faultPart(fault, data)),
      `<footer><p>Written by ${code(data.command)}. Virtual time and seeded chance: the same command writes the same bytes again.</p></footer>`,
    ].join('\n'),
  );
}

const anchorOf = ({ fault, protocol }: ShownCell): string =>
  `${fault}-${protocol.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;

/** The colour of an outcome; an abort is safe and no failure. */
const classOf: Readonly<Record<string, string>> = {
  ok: 'holds',
  abort: 'holds',
  blocks: 'unknown',
  violates: 'violated',
  stuck: 'violated',
};

const coloured = (words: string): string =>
  words
    .split(' or ')
    .map((word) => element('span', { class: classOf[word] }, escaped(word)))
    .join(' or ');

function matrix({ cells, seeds }: MatrixPageData): string {
  const protocols = [...new Set(cells.map(({ protocol }) => protocol))];
  const cellOf = (fault: MatrixFault, protocol: string): string => {
    const one = cells.find((cell) => cell.fault === fault && cell.protocol === protocol);
    if (one === undefined || one.claimed.length === 0) return '–';
    const found = `<a href="#${anchorOf(one)}">${coloured(foundWords(one))}</a>`;
    return one.isEqual ? found : `${found} <b class="violated">(claimed: ${claimWords(one)})</b>`;
  };
  const faults = Object.keys(matrixFaults) as MatrixFault[];
  const different = cells.filter(({ isEqual }) => !isEqual);
  return [
    paragraph(
      different.length === 0
        ? `All ${cells.filter(({ claimed }) => claimed.length > 0).length} cells are as claimed, which is what the literature says where it says something. Each was run under seeds 1 to ${seeds}; a cell leads to its runs.`
        : `${different.length} of ${cells.length} cells differ from what is claimed; they say so.`,
      different.length === 0 ? 'equal' : 'unequal',
    ),
    scrolling(
      table(
        protocols,
        [
          { head: 'protocol', cell: escaped },
          ...faults.map((fault) => ({
            head: matrixFaults[fault].says,
            cell: (protocol: string) => cellOf(fault, protocol),
          })),
        ],
        true,
      ),
      'Commit protocols by faults',
    ),
    paragraph(sentences.words, 'note'),
    paragraph(
      `Data: ${dataLink('fault-matrix.json', JSON.stringify(cells.map(plain), undefined, 1))}.`,
      'note',
    ),
  ].join('');
}

function plain({ shown: _, ...cell }: ShownCell): Omit<ShownCell, 'shown'> {
  return cell;
}

function claims({ claims: rows }: MatrixPageData): string {
  const heading = '<h2>What each protocol claims, and what the checker says</h2>';
  if (rows.length === 0) return heading + paragraph(sentences.notAsked, 'note');
  const shown = table(
    rows,
    [
      { head: 'protocol', cell: ({ protocol }) => escaped(protocol) },
      { head: 'claims to be', cell: ({ says }) => escaped(says) },
      {
        head: 'the checker says',
        cell: ({ violated, isEqual, claimed }) =>
          `<span class="${violated.length === 0 ? 'holds' : 'violated'}">${escaped(answerWords(violated))}</span>${isEqual ? '' : ` <b>(claimed: ${escaped(answerWords(claimed))})</b>`}`,
      },
      { head: 'parameters', cell: ({ parameters }) => escaped(parameterWords(parameters)) },
      { head: 'timing', cell: ({ timing }) => timing ?? 'none' },
      { head: 'scope', cell: ({ scope }) => escaped(scope) },
      {
        head: 'states',
        isNumber: true,
        cell: ({ distinct, complete }) => `${grouped(distinct)}${complete ? '' : ' (not all)'}`,
      },
    ],
    true,
  );
  const stories = rows.flatMap(({ told, protocol, says, violated, counterexample }) =>
    told === undefined
      ? []
      : [
          details(
            `${protocol}, ${says}: the shortest way to ${violated[0]}`,
            [
              scrolling(spaceTimeSvg(told, { hues: commitmentHues }), `${protocol}: ${says}`),
              storyMarkup(told),
              paragraph(
                `To replay: ${dataLink('counterexample.json', JSON.stringify(counterexample))}.`,
                'note',
              ),
            ].join(''),
          ),
        ],
  );
  return [heading, paragraph(sentences.claims), scrolling(shown, 'Claims'), ...stories].join('');
}

function parameterWords(parameters: ShownClaim['parameters']): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function faultPart(fault: MatrixFault, { cells }: MatrixPageData): string {
  const { says } = matrixFaults[fault];
  const own = cells.filter((cell) => cell.fault === fault && cell.claimed.length > 0);
  return [`<h2>${escaped(says)}</h2>`, ...own.map(cellPart)].join('\n');
}

function cellPart(cell: ShownCell): string {
  const counts = Object.entries(cell.found).map(([outcome, runs]) => `${outcome} in ${runs}`);
  const doubt =
    cell.longestDoubtMs === 0
      ? 'Nobody was in doubt.'
      : `The longest time in doubt was ${grouped(Math.round(cell.longestDoubtMs))} ms${cell.endsInDoubt ? ', and it had not ended when the run did' : ''}.`;
  const body = [
    paragraph(
      `Claimed: ${coloured(claimWords(cell))}. Found: ${escaped(counts.join(', '))} runs. ${doubt}`,
    ),
    ...cell.shown.map((run) => runPart(run, cell)),
  ].join('');
  const summary = `${cell.protocol}: ${foundWords(cell)}`;
  return `<details id="${anchorOf(cell)}"><summary>${escaped(summary)}</summary>${body}</details>`;
}

function runPart(run: Run, { system, protocol }: ShownCell): string {
  const scenario = run.scenario ?? '';
  const settings = Object.entries(run.parameters)
    .filter(([name]) => name === 'cooperative' || name === 'votes')
    .map(([name, value]) => ` --set ${name}=${value}`)
    .join('');
  const file = dataLink(`${scenario}.json`, JSON.stringify(runFileOf(run)));
  const until = run.reason === undefined ? '' : ` Until that is repaired: ${escaped(run.reason)}.`;
  return [
    figure(
      scrolling(
        spaceTimeSvg(run, { hues: commitmentHues }),
        `Space-time diagram: ${protocol}, ${scenario}`,
      ),
      `n = 1 run, seed 1, scenario ${code(scenario)}.${until} Made by ${command(`run ${system} --seed 1 --scenario ${scenario}${settings} --story`)}. To replay: ${file}.`,
    ),
    details('The same as a story', storyMarkup(run)),
  ].join('');
}
