/** Text on a terminal of any width: tables, wrapped sentences, colours. */
import Table from 'cli-table3';
import type { Verdict } from '../index.ts';
import type { Io } from './io.ts';

const none = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * A table without lines. Columns that would not fit are narrowed, the widest first, and their texts
 * wrapped; a column is never narrower than its longest word where that is possible. A column in which
 * no row says anything is left out.
 */
export function table(
  wholeHead: readonly string[] | undefined,
  wholeRows: readonly (readonly string[])[],
  { width, hasColour }: Pick<Io, 'width' | 'hasColour'>,
): string {
  const isTold = (_: string, column: number): boolean =>
    wholeRows.some((row) => (row[column] ?? '') !== '');
  const head = wholeHead?.filter(isTold);
  const rows = wholeRows.map((row) => row.filter(isTold));
  const all = head === undefined ? rows : [head, ...rows];
  const columns = Math.max(0, ...all.map((row) => row.length));
  if (columns === 0) return '';
  const widths = fitting(all, columns, width);
  const made = new Table({
    ...(head === undefined ? {} : { head: head.map((text) => paint('dim', text, hasColour)) }),
    chars: none,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: widths,
    wordWrap: true,
  });
  for (const row of rows)
    made.push(
      Array.from({ length: columns }, (_, column) => broken(row[column] ?? '', widths[column])),
    );
  return `${made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

const gap = 2;

function fitting(
  rows: readonly (readonly string[])[],
  columns: number,
  width: number,
): readonly number[] & number[] {
  const widest = (measure: (text: string) => number): number[] =>
    Array.from({ length: columns }, (_, column) =>
      Math.max(1, ...rows.map((row) => measure(row[column] ?? ''))),
    );
  const widths = widest((text) => plainLength(text));
  const words = widest((text) => Math.max(...text.split(' ').map(plainLength)));
  const room = Math.max(columns, width - gap * (columns - 1));
  const total = (): number => widths.reduce((sum, one) => sum + one, 0);
  const narrow = (floor: (column: number) => number): void => {
    while (total() > room) {
      const candidates = widths.map((one, column) => (one > floor(column) ? one : 0));
      const most = Math.max(...candidates);
      if (most === 0) return;
      const column = candidates.indexOf(most);
      widths[column] = most - 1;
    }
  };
  narrow((column) => words[column] ?? 1);
  narrow(() => 4);
  return widths;
}

/** Words that are longer than their column are cut, after a sign where there is one: `p1@` `before:1:`. */
function broken(text: string, width: number | undefined): string {
  if (width === undefined || text.includes('\u001b')) return text;
  return text
    .split(' ')
    .map((word) => pieces(word, width).join(' '))
    .join(' ');
}

function pieces(word: string, width: number): readonly string[] {
  if (word.length <= width) return [word];
  const sign = Math.max(...['@', ':', '/', '-'].map((one) => word.lastIndexOf(one, width - 1)));
  const cut = sign > 0 ? sign + 1 : width;
  return [word.slice(0, cut), ...pieces(word.slice(cut), width)];
}

/** A blank at which {@link wrapped} does not break: `crashes <= 1` stays on one line. */
export const joint = '\u00a0';

/** Breaks a text at blanks; the later lines are indented by `hanging` more than the first. */
export function wrapped(text: string, width: number, indent = 0, hanging = 0): string {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && plainLength(line) + 1 + plainLength(word) > width) {
      lines.push(line);
      line = ' '.repeat(indent + hanging);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return `${lines.join('\n').replaceAll(joint, ' ')}\n`;
}

const colours = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

export function paint(colour: keyof typeof colours, text: string, hasColour: boolean): string {
  return hasColour ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
}

/** A verdict in its colour: what holds green, what is violated red, what is unknown yellow. */
export function paintVerdict(verdict: Verdict, text: string, hasColour: boolean): string {
  const colour = { holds: 'green', violated: 'red', unknown: 'yellow' } as const;
  return paint(colour[verdict], text, hasColour);
}

function plainLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room on the screen
  return text.replace(/\u001b\[\d+m/g, '').length;
}
