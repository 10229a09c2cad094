/** `history`: whether a recorded history is linearizable, and if not, how far an order comes. */
import {
  checkHistory,
  describeOperation,
  type Explanation,
  type History,
  type HistoryResult,
  isPending,
  type Operation,
  readHistory,
} from '../histories/index.ts';
import { UserMistake } from '../index.ts';
import { shellCommand } from './arguments.ts';
import { readText } from './files.ts';
import type { ExitCode, Io } from './io.ts';
import { paint, paintVerdict, table, wrapped } from './layout.ts';
import { namedModel } from './model-argument.ts';
import { asMistakeOf } from './system-argument.ts';
import { exitOf, grouped } from './words.ts';

export interface HistoryArguments {
  readonly model?: string;
  readonly maxSteps?: number;
  readonly json?: boolean;
}

export async function historyCommand(
  path: string,
  given: HistoryArguments,
  io: Io,
): Promise<ExitCode> {
  const { model: typed, maxSteps, json = false } = given;
  if (typed === undefined)
    throw new UserMistake(
      'a history is checked against a model; add --model register, --model kv or --model MODULE',
    );
  const named = await namedModel(typed, io.cwd);
  const source = path === '-' ? 'standard input' : path;
  const history = readHistory(await readText(path, io), source);
  const { operations, lines } = history;
  try {
    const result = checkHistory(operations, named.model, {
      ...(maxSteps === undefined ? {} : { maxSteps }),
      where: (index) => `${source} line ${lines[index]}`,
    });
    if (json) io.out(`${JSON.stringify(historyJson(result))}\n`);
    else io.out(historyText(result, history, path, given, io));
    return exitOf[result.verdict];
  } catch (error) {
    throw asMistakeOf(named, error);
  }
}

/** The contract of `history --json`, and beside it `steps` and, if violated, `explanation`. */
function historyJson({ model, operations, verdict, steps, explanation }: HistoryResult) {
  return {
    model,
    operations,
    verdict,
    steps,
    ...(explanation === undefined ? {} : { explanation }),
  };
}

function historyText(
  result: HistoryResult,
  { operations, lines }: History,
  path: string,
  given: HistoryArguments,
  io: Io,
): string {
  const { width, hasColour, calledAs } = io;
  const words = ['history', path, '--model', given.model as string];
  if (given.maxSteps !== undefined) words.push('--max-steps', String(given.maxSteps));
  const numbers = new Map(operations.map((operation, index) => [operation, lines[index]]));
  const lineOf = (operation: Operation): string => String(numbers.get(operation) ?? '');
  return [
    `${paint('dim', `${calledAs} ${shellCommand(words)}`, hasColour)}\n\n`,
    wrapped(countsWords(result, operations), width, 0, 2),
    wrapped(paintVerdict(result.verdict, verdictWords(result), hasColour), width, 0, 2),
    result.explanation === undefined ? '' : explanationText(result.explanation, lineOf, io),
  ].join('');
}

function countsWords(
  { model, partitions, steps }: HistoryResult,
  all: readonly Operation[],
): string {
  const open = all.filter(isPending).length;
  const parts = [`${model}: ${all.length} operations`];
  if (open > 0) parts.push(`${open} of them never answered`);
  if (partitions.length > 1) parts.push(`${partitions.length} keys`);
  parts.push(`${grouped(steps)} steps tried`);
  return parts.join(', ');
}

function verdictWords({ verdict, explanation, partitions }: HistoryResult): string {
  switch (verdict) {
    case 'holds':
      return 'holds: linearizable, one order in keeping with real time explains every answer';
    case 'violated':
      return `violated: not linearizable, no order explains every answer${ofKey(explanation)}`;
    case 'unknown': {
      const open = partitions.filter((one) => one.verdict === 'unknown').length;
      const where = partitions.length > 1 ? ` with ${open} of ${partitions.length} keys open` : '';
      return `unknown: the steps were spent${where}, and nothing was violated in what was tried; raise --max-steps`;
    }
  }
}

function ofKey(explanation: Explanation | undefined): string {
  return explanation?.key === undefined ? '' : ` of key ${JSON.stringify(explanation.key)}`;
}

/** So many of the last places are shown: what went wrong is near the end. */
const lastPlaces = 12;

function explanationText(
  { linearization, blocked, open, sentence }: Explanation,
  lineOf: (operation: Operation) => string,
  io: Io,
): string {
  const rowOf = (operation: Operation): readonly string[] => [
    lineOf(operation),
    String(operation.process),
    describeOperation(operation),
  ];
  const shown = linearization.slice(-lastPlaces);
  const left = linearization.length - shown.length;
  const rows = [
    ...shown.map(({ operation, state }, index) => [
      String(left + index + 1),
      ...rowOf(operation),
      leaves(JSON.stringify(state)),
    ]),
    ['', ...rowOf(blocked), paint('red', 'has no place', io.hasColour)],
    ...open.map((operation) => ['', ...rowOf(operation), 'was open too']),
  ];
  return [
    '\n',
    wrapped(sentence, io.width),
    '\n',
    table(['place', 'line', 'process', 'operation', 'leaves'], rows, io),
    '\n',
    wrapped('--json has the whole order', io.width),
  ].join('');
}

/** The end of a long state, where what was appended last stands. */
function leaves(state: string): string {
  return state.length > 40 ? `...${state.slice(-37)}` : state;
}
