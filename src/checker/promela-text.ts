/** How Promela files are written: tables of numbers in C, which Spin copies as they stand, and comments. */

/** One row of a table: a number or `{ .. }`, and what it means. */
export interface Row {
  readonly value: string;
  readonly meaning?: string;
}

/**
 * Spin reads at most 64 kilobytes of C at a time, without comments, so that long tables come in pages.
 * Tables in Promela itself would be part of every state, or be filled one assignment an element.
 */
const pageBytes = 40_000;

/**
 * A constant table in C. `NAME(i)`, in capitals, is its element i. Without rows it has one of zeros, since
 * C knows no empty arrays.
 */
export function table(name: string, type: string, rows: readonly Row[]): readonly string[] {
  const all = rows.length === 0 ? [{ value: type.startsWith('struct') ? '{ 0 }' : '0' }] : rows;
  let widest = 1;
  for (const { value } of all) widest = Math.max(widest, value.length + 2);
  const length = Math.floor(pageBytes / widest);
  const pages: string[][] = [];
  for (let from = 0; from < all.length; from += length)
    pages.push(elements(all.slice(from, from + length)));
  const block = (lines: readonly string[]): readonly string[] => ['c_decl {', ...lines, '}'];
  if (pages.length === 1)
    return [
      `#define ${name.toUpperCase()}(i) (${name}_table[i])`,
      ...block([`static const ${type} ${name}_table[] = {`, ...(pages[0] ?? []), '};']),
    ];
  return [
    `#define ${name.toUpperCase()}(i) (${name}_table[(i) / ${length}][(i) % ${length}])`,
    ...pages.flatMap((page, number) =>
      block([`static const ${type} ${name}_table_${number}[] = {`, ...page, '};']),
    ),
    ...block([
      `static const ${type} *const ${name}_table[] = {`,
      ...filled(pages.map((_, number) => `${name}_table_${number}`)),
      '};',
    ]),
  ];
}

/** Elements with a meaning have a line each, others share lines. */
function elements(rows: readonly Row[]): string[] {
  if (rows.every(({ meaning }) => meaning === undefined))
    return filled(rows.map(({ value }) => value));
  return rows.map(({ value, meaning }) =>
    meaning === undefined ? `  ${value},` : `  ${value}, ${comment(meaning)}`,
  );
}

function filled(values: readonly string[]): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const value of values) {
    if (line.length + value.length + 2 > 100) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${value},`;
  }
  return [...lines, line];
}

/** A comment of one line; what would end it, or be taken for something else, is spelt otherwise. */
export function comment(text: string): string {
  return `/* ${plain(text)} */`;
}

/** A comment of several lines. */
export function comments(lines: readonly string[]): readonly string[] {
  return ['/*', ...lines.map((line) => ` * ${plain(line)}`.trimEnd()), ' */'];
}

function plain(text: string): string {
  return text
    .replace(/[\n\r]+/g, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replace(/[\\?]+$/g, '');
}

/** A name that C and Promela take, kept apart from others by its number. */
export function identifier(prefix: string, number: number, name: string): string {
  const rest = name
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  return `${prefix}_${number}${rest === '' ? '' : `_${rest}`}`;
}
