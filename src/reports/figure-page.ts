/** A page of figures: each with its words, its command, its data and a table, and all numbers beside their claims. */
import { cellSection, indented } from './cell-section.ts';
import type { Cell } from './cells.ts';
import { element, escaped } from './markup.ts';
import {
  type Column,
  code,
  dataLink,
  details,
  figure,
  page,
  paragraph,
  scrolling,
  table,
} from './page.ts';

/** One figure of the page. Texts are plain and are escaped here. */
export interface Section {
  readonly heading: string;
  /** What is shown, and how to read it. */
  readonly text: string;
  /** Each as SVG, side by side where there is room. */
  readonly charts: readonly string[];
  /** Which mark is what, with runs, seeds and intervals. */
  readonly caption: string;
  /** Names the file of its data. */
  readonly file: string;
  readonly data: unknown;
  /** The same as a table, as markup; see {@link rowsTable}. */
  readonly table: string;
  /** What stands below it. */
  readonly note?: string;
}

export interface FigurePageData {
  readonly title: string;
  readonly lead: string;
  /** After `compare`: `paxos --quick`. */
  readonly words: string;
  readonly quick: boolean;
  readonly sections: readonly Section[];
  readonly cells: readonly Cell[];
}

const sentences = {
  reproducible:
    'Virtual time and seeded chance: the same command writes the same bytes again, and nothing on this page was loaded from elsewhere.',
  quick: 'This page was made with --quick, from few runs, so that intervals are wide.',
} as const;

/** The page as one HTML document; the same data give the same bytes. */
export function figurePage(data: FigurePageData): string {
  const command = code(`npm run -s counterpoint -- compare ${data.words}`);
  return page(
    `${data.title}: Counterpoint`,
    [
      `<h1>${escaped(data.title)}</h1>`,
      paragraph(escaped(data.lead), 'lead'),
      headline(data.cells),
      ...data.sections.map((section) => sectionMarkup(section, command)),
      claims(data),
      `<footer><p>Written by ${command}. ${sentences.reproducible}</p></footer>`,
    ].join('\n'),
  );
}

function headline(cells: readonly Cell[]): string {
  const unequal = cells.filter(({ isEqual }) => !isEqual);
  return paragraph(
    unequal.length === 0
      ? `All ${cells.length} figures are what was published or follows from it, within the tolerance that stands beside each.`
      : `${unequal.length} of ${cells.length} figures differ from what was published or follows from it; they are listed at the end.`,
    unequal.length === 0 ? 'equal' : 'unequal',
  );
}

function sectionMarkup(section: Section, command: string): string {
  const link = dataLink(section.file, indented(section.data));
  const [first = '', ...others] = section.charts;
  const drawing =
    others.length === 0 ? first : element('div', { class: 'panels' }, section.charts.join(''));
  return [
    `<h2>${escaped(section.heading)}</h2>`,
    paragraph(escaped(section.text)),
    figure(drawing, `${escaped(section.caption)} Made by ${command}. Data: ${link}.`),
    details('The same as a table', scrolling(section.table, section.heading)),
    section.note === undefined ? '' : paragraph(escaped(section.note), 'note'),
  ].join('');
}

/** A table of plain texts: heads, and rows of as many cells. Cells that are numbers stand to the right. */
export function rowsTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const columns = heads.map((head, index): Column<readonly (string | number)[]> => {
    return {
      head,
      isNumber: typeof rows[0]?.[index] === 'number',
      cell: (row) => escaped(String(row[index] ?? '')),
    };
  });
  return table(rows, columns);
}

function claims({ cells, quick }: FigurePageData): string {
  const heads = { claim: 'claim', source: 'source' };
  return cellSection(cells, heads, quick ? sentences.quick : undefined);
}
