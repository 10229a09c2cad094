/**
 * The first page that a newcomer sees: two-phase commit is safe, it blocks, and what that costs. Each
 * number stands beside the claim it is compared with, the command that made it and its data.
 */
import { twoPhaseCommit } from '../protocols/two-phase-commit/system.ts';
import type { Run } from '../simulator/options.ts';
import type { Seed } from '../simulator/random.ts';
import { type Cell, grouped } from './cells.ts';
import type { CostRow } from './commit-cost.ts';
import { commitSentMs, type DoubtRow, doubtFromMs, doubtUntilMs, sweep } from './doubt-sweep.ts';
import { escaped } from './markup.ts';
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
import { story } from './story.ts';
import { blockingPath, type VerdictRow } from './verdict-table.ts';

/** What the page shows; all of it was measured or checked by the caller. */
export interface FirstPageData {
  readonly seed: Seed;
  readonly quick: boolean;
  readonly participants: number;
  readonly cost: readonly CostRow[];
  readonly costChart: string;
  readonly doubt: readonly DoubtRow[];
  readonly doubtChart: string;
  readonly blocked: Run;
  readonly cooperative: Run;
  readonly verdicts: readonly VerdictRow[];
  readonly cells: readonly Cell[];
  /** Whether the page of the fault matrix is written beside this one. */
  readonly hasMatrix: boolean;
}

const command = (rest: string): string => code(`npm run -s counterpoint -- ${rest}`);

/** The page as one HTML document; the same data give the same bytes. */
export function firstPage(data: FirstPageData): string {
  const title = 'Two-phase commit never disagrees, and sometimes never decides';
  return page(
    `${title}: Counterpoint`,
    [
      `<h1>${title}</h1>`,
      headline(data),
      runs(data),
      doubt(data),
      cost(data),
      verdicts(data),
      comparison(data),
      `<footer><p>Written by ${code(data.quick ? 'npm start -- --quick' : 'npm start')}. ${sentences.reproducible}</p></footer>`,
    ].join('\n'),
  );
}

/** The words of the page, to be read in one sitting. */
const sentences = {
  safe: 'Whatever is lost, duplicated or crashes, no two processes decide differently.',
  blocks:
    'But a participant that has voted yes has promised to commit, and while its coordinator is down it can neither keep nor break that promise: it waits, with its locks held.',
  price:
    'How long it waits is decided by when the coordinator returns, and no time-out of its own can shorten that.',
  reproducible:
    'Virtual time and seeded chance: the same command writes the same bytes again, and nothing on this page was loaded from elsewhere.',
  others:
    'Other protocols do not block, and pay in other ways; what each does under each fault is on the next page:',
  blockedRun:
    'The coordinator writes its decision to commit and dies before it has told anyone. All three participants are in doubt; they ask, and nobody answers.',
  cooperativeRun:
    'Here one COMMIT got out before the crash, and participants in doubt ask each other too. The one that knows tells the others. Had none known, asking would not have helped.',
  doubt:
    'A crash of the coordinator at any moment after its first PREPARE and before COMMIT is sent leaves every participant in doubt. A moment later the same crash costs nothing: messages on their way survive their sender.',
  cost: 'Without failures a commit takes four messages per participant and two forced writes per participant, and one more of the coordinator.',
  verdicts:
    'The checker tries every order of deliveries, losses, duplications, time-outs and crashes within the scope. A verdict of “holds” is about that scope, which stands beside it.',
} as const;

function headline({ cells, hasMatrix }: FirstPageData): string {
  const unequal = cells.filter(({ isEqual }) => !isEqual);
  const said =
    unequal.length === 0
      ? `All ${cells.length} numbers and verdicts on this page equal the claims they are compared with.`
      : `${unequal.length} of ${cells.length} numbers and verdicts on this page differ from their claims; they are listed at the end.`;
  return [
    paragraph(escaped(`${sentences.safe} ${sentences.blocks} ${sentences.price}`), 'lead'),
    paragraph(said, unequal.length === 0 ? 'equal' : 'unequal'),
    hasMatrix
      ? paragraph(
          `${escaped(sentences.others)} <a href="fault-matrix.html">Commit protocols by faults</a>.`,
        )
      : '',
  ].join('');
}

function runs({ blocked, cooperative, seed }: FirstPageData): string {
  const part = (run: Run, heading: string, words: string): string => {
    const scenario = run.scenario ?? '';
    const svg = spaceTimeSvg(run, { hues: commitmentHues });
    const made = `run ${twoPhaseCommit.name} --seed ${seed} --scenario ${scenario} --story`;
    const text = dataLink(`${scenario}.txt`, story(run), 'text/plain;charset=utf-8');
    return [
      '<div>',
      `<h3>${escaped(heading)}</h3>`,
      paragraph(escaped(words)),
      figure(
        scrolling(svg, `Space-time diagram: ${heading}`),
        `n = 1 run, seed ${seed}, ${sweep.delayMs} ms a message, ${sweep.writeMs} ms a forced write. Made by ${command(made)}. The story as text: ${text}.`,
      ),
      storyMarkup(run),
      '</div>',
    ].join('');
  };
  return [
    '<h2>One run that blocks, and one that asks its peers</h2>',
    '<div class="pair">',
    part(blocked, 'The coordinator dies before its first COMMIT', sentences.blockedRun),
    part(cooperative, 'It dies after one COMMIT, and peers are asked', sentences.cooperativeRun),
    '</div>',
  ].join('');
}

function doubt({ doubt: rows, doubtChart, seed, quick }: FirstPageData): string {
  const data = dataLink('time-in-doubt.json', JSON.stringify(rows, undefined, 1));
  const window = `Shaded: the window of uncertainty of a fault-free run, from d + w = ${doubtFromMs} ms to 3d + 2w = ${doubtUntilMs} ms, with d = ${sweep.delayMs} ms a message and w = ${sweep.writeMs} ms a forced write.`;
  const shown = `Points are measured, lines are the protocol’s timetable. Dashed: COMMIT is sent at 2d + 2w = ${commitSentMs} ms.`;
  const circumstances = `n = ${2 * rows.length} runs, one for each point, ${sweep.participants} participants, seed ${seed}; delays are constant, so there is no interval to state.`;
  return [
    '<h2>How long participants wait, by the moment of the crash</h2>',
    paragraph(escaped(sentences.doubt)),
    figure(
      doubtChart,
      `${escaped(`${window} ${shown} ${circumstances}`)} Made by ${command(`compare --out report${quick ? ' --quick' : ''}`)}. Data: ${data}.`,
    ),
    details(
      'The same as a table',
      scrolling(
        table(rows, [
          { head: 'crash at (ms)', isNumber: true, cell: (row) => String(row.crashAtMs) },
          {
            head: 'comes back: in doubt (ms)',
            isNumber: true,
            cell: (row) => String(row.returnsMs),
          },
          { head: 'claimed', isNumber: true, cell: (row) => String(row.returnsClaimedMs) },
          { head: 'stays down: in doubt (ms)', isNumber: true, cell: (row) => String(row.staysMs) },
          { head: 'claimed', isNumber: true, cell: (row) => String(row.staysClaimedMs) },
          { head: 'outcome', cell: (row) => (row.blocked ? 'blocked' : 'recovered') },
        ]),
        'Time in doubt by moment of the crash',
      ),
    ),
  ].join('');
}

function cost({ cost: rows, costChart, seed }: FirstPageData): string {
  const data = dataLink('cost.json', JSON.stringify(rows, undefined, 1));
  const made = `run ${twoPhaseCommit.name} --seed ${seed} --scenario fault-free --set participants=3 --json`;
  return [
    '<h2>What a commit costs when nothing fails</h2>',
    paragraph(escaped(sentences.cost)),
    '<div class="pair"><div>',
    figure(
      costChart,
      `Points are measured, lines are the formulas. n = ${rows.length} runs, one for each N, seed ${seed}; the counts do not depend on chance. One point is made by ${command(made)}. Data: ${data}.`,
    ),
    '</div><div>',
    scrolling(
      table(rows, [
        { head: 'N', isNumber: true, cell: (row) => String(row.participants) },
        { head: 'messages', isNumber: true, cell: (row) => String(row.messages) },
        { head: '4N', isNumber: true, cell: (row) => String(row.messagesClaimed) },
        { head: 'forced writes', isNumber: true, cell: (row) => String(row.forcedWrites) },
        { head: '2N + 1', isNumber: true, cell: (row) => String(row.forcedWritesClaimed) },
      ]),
      'Messages and forced writes by participants',
    ),
    '</div></div>',
  ].join('');
}

function verdicts({ verdicts: rows, participants }: FirstPageData): string {
  const path = blockingPath(rows);
  const question = rows.find(({ property }) => property === 'non-blocking');
  const data = dataLink('verdicts.json', JSON.stringify(rows, undefined, 1));
  const commands = [...new Set(rows.map((row) => row.command))].map((one) => command(one));
  return [
    '<h2>What the checker says</h2>',
    paragraph(escaped(sentences.verdicts)),
    scrolling(
      table(
        rows,
        [
          { head: 'property', cell: (row) => escaped(row.property) },
          {
            head: 'verdict',
            cell: (row) =>
              `<span class="${row.verdict}">${row.verdict}</span>${row.exercised ? '' : ' (never exercised)'}`,
          },
          { head: 'claimed', cell: (row) => row.claim },
          { head: 'says', cell: (row) => escaped(row.description) },
          { head: 'by', cell: (row) => escaped(row.source) },
          { head: 'timing', cell: (row) => row.timing ?? 'none' },
          { head: 'scope', cell: (row) => escaped(row.scope) },
          {
            head: 'distinct states',
            isNumber: true,
            cell: (row) => `${grouped(row.distinct)}${row.complete ? '' : ' (not all)'}`,
          },
        ],
        true,
      ),
      'Verdicts of the checker',
    ),
    paragraph(
      `${participants} participants. Made by ${commands.join(', ')}. Data: ${data}.`,
      'note',
    ),
    path === undefined
      ? paragraph('The counterexample to “non-blocking”: no data.', 'note')
      : [
          '<h3>The shortest way into doubt</h3>',
          paragraph(
            `This is the counterexample to “non-blocking”. It has steps and no times: the checker asks what can happen, not when.`,
          ),
          storyMarkup(path),
          paragraph(escaped(`The question was: “${question?.description ?? ''}”`)),
        ].join(''),
  ].join('');
}

function comparison({ cells }: FirstPageData): string {
  const unequal = cells.filter(({ isEqual }) => !isEqual);
  const rowsOf = (rows: readonly Cell[]): string =>
    scrolling(
      table(rows, [
        { head: 'in', cell: (row) => escaped(row.figure) },
        { head: 'what', cell: (row) => escaped(row.what) },
        { head: 'claimed', cell: (row) => escaped(row.claim) },
        { head: 'found', cell: (row) => escaped(row.found) },
        { head: 'equal', cell: (row) => (row.isEqual ? 'yes' : '<b class="violated">no</b>') },
        { head: 'claimed by', cell: (row) => escaped(row.source) },
      ]),
      'Cells and claims',
    );
  const data = dataLink('cells.json', JSON.stringify(cells, undefined, 1));
  return [
    '<h2>Every number beside its claim</h2>',
    unequal.length === 0 ? '' : `<h3>Different from their claims</h3>${rowsOf(unequal)}`,
    details(`All ${cells.length} cells`, rowsOf(cells)),
    paragraph(`Data: ${data}.`, 'note'),
  ].join('');
}
