/** What `check` prints: the verdict with its question in words, the properties, the counterexample. */
import type { CheckedProperty, CheckResult, StatePath } from '../index.ts';
import { type Confirmation, confirmationWords } from './confirm.ts';
import { otherCounterexamples } from './counterexamples.ts';
import type { Io } from './io.ts';
import { paint, paintVerdict, table, wrapped } from './layout.ts';
import { propertyTable } from './property-table.ts';
import type { Answer } from './question.ts';
import { checkVerdictWords, counted, countsWords, grouped, settings, stopWords } from './words.ts';

/**
 * The contract of `check --json`, beside it `reduced`, `notAsked` and, where they matter, `symmetry`, `order`,
 * `outside`, `merged`, `omission`, `fairness`, `confirmation`.
 */
export function checkJson({ result, seconds }: Answer, confirmation?: Confirmation) {
  const { system, parameters, timing, scope, verdict, complete, distinct, generated } = result;
  const { depth, properties, reduced, order, notAsked, fairness, outside, merged, omission } =
    result;
  const { symmetry } = result;
  return {
    system,
    parameters,
    timing: timing ?? null,
    scope: scope ?? null,
    verdict,
    complete,
    distinct,
    generated,
    depth,
    properties,
    seconds,
    reduced,
    notAsked,
    ...(symmetry === undefined ? {} : { symmetry }),
    ...(outside === 0 ? {} : { outside }),
    ...(merged ? { merged } : {}),
    ...(order === 'breadth-first' ? {} : { order }),
    ...(omission === undefined ? {} : { omission }),
    ...(fairness === undefined ? {} : { fairness }),
    ...(confirmation === undefined ? {} : { confirmation }),
  };
}

type Counterexample = NonNullable<CheckedProperty['counterexample']>;

export interface CheckDetails {
  readonly command: string;
  /** The counterexample told. */
  readonly story: string | undefined;
  /** Print the story whole. */
  readonly isWhole: boolean;
  /** Where a counterexample was written, if there was one. */
  readonly trace: string | undefined;
  /** What another tool says of the same. */
  readonly confirmation: Confirmation | undefined;
  readonly io: Io;
}

export function checkText({ result, seconds, stop }: Answer, details: CheckDetails): string {
  const { command, io } = details;
  const { width, hasColour } = io;
  const verdict = checkVerdictWords(result, stop === undefined ? undefined : stopWords[stop]);
  const set = settings(result.parameters);
  return [
    `${paint('dim', command, hasColour)}\n\n`,
    wrapped(`${result.system}${set === '' ? '' : `, ${set}`}`, width, 0, 2),
    wrapped(paintVerdict(result.verdict, verdict, hasColour), width),
    wrapped(
      `${countsWords(result)}, ${seconds} s${symmetryWords(result)}${reducedWords(result)}${outsideWords(result)}${omissionWords(result)}`,
      width,
    ),
    '\n',
    propertyTable(result.properties, io),
    ...mergedNote(result, width),
    ...notAsked(result, width),
    ...confirmationNote(details),
    ...counterexample(result, details),
    ...otherCounterexamples(result, details),
  ].join('');
}

function symmetryWords({ symmetry }: CheckResult): string {
  if (symmetry === undefined) return '';
  if (symmetry.length === 0) return '; there are no two nodes to exchange';
  const sets = symmetry.map((names) => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);
  return `; states were counted up to exchanges of ${sets.join(', and of ')}`;
}

function reducedWords({ reduced }: CheckResult): string {
  return reduced ? '; steps that others dominate were left out' : '';
}

function outsideWords({ outside }: CheckResult): string {
  if (outside === 0) return '';
  const steps = outside === 1 ? '1 step' : `${grouped(outside)} steps`;
  return `; ${steps} led out of its bounds, and nothing was asked beyond`;
}

function omissionWords({ omission }: CheckResult): string {
  if (omission === undefined) return '';
  const odds = omission.toExponential(0);
  return `; states were told apart by 64 bits: the odds that one was taken for another and left out are ${odds}`;
}

function mergedNote({ merged, scope }: CheckResult, width: number): readonly string[] {
  if (!merged || scope === undefined) return [];
  const { copies } = scope;
  return [
    '\n',
    wrapped(
      `Messages equal to ${copies} on the way were left out, since copies <= ${copies} is part of the question; if it matters how many arrive, ask with --scope copies=${copies + 1}.`,
      width,
    ),
  ];
}

function notAsked({ notAsked: names }: CheckResult, width: number): readonly string[] {
  if (names.length === 0) return [];
  return [
    '\n',
    wrapped(
      `Not asked, being claimed only under another timing or without faults: ${names.join(', ')}.`,
      width,
    ),
  ];
}

function confirmationNote({ confirmation, io }: CheckDetails): readonly string[] {
  if (confirmation === undefined) return [];
  return ['\n', wrapped(confirmationWords(confirmation), io.width)];
}

/** The longest counterexample that is printed unasked, in lines. */
const shortStory = 22;

function counterexample(result: CheckResult, details: CheckDetails): readonly string[] {
  const { io, isWhole, trace, command } = details;
  const property = result.properties.find(
    ({ verdict, counterexample: path }) => verdict === 'violated' && path !== undefined,
  );
  if (property?.counterexample === undefined)
    return trace === undefined
      ? []
      : [
          '\n',
          wrapped(`There is no counterexample, so nothing was written to ${trace}.`, io.width),
        ];
  const lines = linesOf(property, details.story, io.width);
  const steps =
    'header' in property.counterexample
      ? property.counterexample.decisions.length
      : property.counterexample.steps.length;
  const shown = isWhole || lines.length <= shortStory ? lines : shortened(lines);
  const parts = [
    '\n',
    wrapped(
      `${result.order === 'depth-first' ? 'A way' : 'A shortest way'} to violate ${property.name} (${counted(steps, 'step')}):`,
      io.width,
    ),
    `${shown.join('\n')}\n`,
    ...loop(property.counterexample, steps, io.width),
  ];
  if (trace !== undefined)
    parts.push(
      '\n',
      `Written to ${trace}; it is told by\n  ${io.calledAs} replay ${trace} --story\n`,
    );
  else if ('header' in property.counterexample)
    parts.push(
      '\n',
      wrapped(`To keep it as a file, to be replayed and drawn: add --trace FILE.`, io.width),
    );
  if (shown !== lines) parts.push(wrapped(`Told whole: ${command} --story`, io.width, 0, 2));
  return parts;
}

/** An execution that violates by never ending is a way and a cycle. */
function loop(path: Counterexample, steps: number, width: number): readonly string[] {
  const from = 'header' in path ? path.header.loopsFrom : path.loopsFrom;
  // One that stops, or in which only time goes on, repeats no step.
  if (from === undefined || from >= steps) return [];
  const cycle =
    from + 1 === steps ? `step ${steps} repeats` : `steps ${from + 1} to ${steps} repeat`;
  return [wrapped(`From here on ${cycle} for ever.`, width)];
}

/** The first lines and the last, where a story says how it ends. */
function shortened(lines: readonly string[]): readonly string[] {
  const ending = 6;
  const left = lines.length - shortStory + 1;
  return [
    ...lines.slice(0, shortStory - ending - 1),
    `  ... ${left} more lines ...`,
    ...lines.slice(-ending),
  ];
}

function linesOf(
  { counterexample: path }: CheckedProperty,
  told: string | undefined,
  width: number,
): readonly string[] {
  if (told !== undefined) return told.trimEnd().split('\n');
  if (path === undefined || 'header' in path) return [];
  return statePathLines(path, width);
}

function statePathLines({ initial, steps }: StatePath, width: number): readonly string[] {
  const rows = [
    ['', 'at first', JSON.stringify(initial)],
    ...steps.map(({ label, state }, index) => [`${index + 1}.`, label, JSON.stringify(state)]),
  ];
  return table(undefined, rows, { width, hasColour: false }).trimEnd().split('\n');
}
