/** The last section of a page of figures: every number beside its claim. */
import type { Cell } from './cells.ts';
import { element, escaped } from './markup.ts';
import { dataLink, details, paragraph, scrolling, table } from './page.ts';

/** What the two columns are called that say what is claimed, and by whom. */
export interface CellHeads {
  readonly claim: string;
  readonly source: string;
}

/** `note`: what to know of these cells, if anything. Those that differ from their claims come first. */
export function cellSection(cells: readonly Cell[], heads: CellHeads, note?: string): string {
  const unequal = cells.filter(({ isEqual }) => !isEqual);
  const rowsOf = (rows: readonly Cell[]): string =>
    scrolling(
      table(
        rows,
        [
          { head: 'in', cell: (row) => escaped(row.figure) },
          { head: 'what', cell: (row) => escaped(row.what) },
          { head: heads.claim, cell: (row) => escaped(row.claim) },
          { head: 'found', cell: (row) => escaped(row.found) },
          { head: 'equal', cell: (row) => answer(row.isEqual) },
          { head: heads.source, cell: (row) => escaped(row.source) },
        ],
        true,
      ),
      'Figures and claims',
    );
  return [
    '<h2>Every number beside its claim</h2>',
    note === undefined ? '' : paragraph(note, 'note'),
    unequal.length === 0 ? '' : `<h3>Different from their claims</h3>${rowsOf(unequal)}`,
    details(`All ${cells.length} cells`, rowsOf(cells)),
    paragraph(`Data: ${dataLink('cells.json', indented(cells))}.`, 'note'),
  ].join('');
}

export const answer = (isEqual: boolean): string =>
  isEqual ? 'yes' : element('b', { class: 'violated' }, 'no');

/** Data as the text of a file. */
export const indented = (data: unknown): string => JSON.stringify(data, undefined, 1);
