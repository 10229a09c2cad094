/** Lessons are Markdown in which every `ts` fence is a cell: run in the order of their needs, not of the page. */

/** One cell of a notebook. */
export interface Cell {
  readonly id: number;
  readonly mode: 'md' | 'ts';
  readonly value: string;
  /** Whether the page shows the source below what it gives. */
  readonly pinned: boolean;
  /** The line of the Markdown file on which the value begins, from 1. */
  readonly line: number;
}

/**
 * The cells of a lesson. A fence ` ```ts ` is run and shown, ` ```ts hide ` is run only, ` ```ts static `
 * and every other language are shown only. Throws where a fence is not closed.
 */
export function cellsOf(markdown: string): readonly Cell[] {
  const cells: Omit<Cell, 'id'>[] = [];
  let prose: string[] = [];
  let proseLine = 1;
  let fence: Fence | undefined;

  const endProse = (): void => {
    const value = prose.join('\n').trim();
    if (value !== '') cells.push({ mode: 'md', value, pinned: false, line: proseLine });
    prose = [];
  };

  for (const [index, text] of markdown.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (fence !== undefined) {
      const ends = text.trim() === fence.mark;
      if (!fence.isCell) prose.push(text);
      else if (!ends) fence.body.push(text);
      else {
        cells.push({
          mode: 'ts',
          value: fence.body.join('\n'),
          pinned: !fence.isHidden,
          line: fence.line + 1,
        });
        proseLine = line + 1;
      }
      if (ends) fence = undefined;
      continue;
    }
    fence = fenceIn(text, line);
    if (fence?.isCell === true) endProse();
    else prose.push(text);
  }
  if (fence !== undefined) throw new Error(`the fence of line ${fence.line} is not closed`);
  endProse();
  return cells.map((cell, index) => ({ id: index + 1, ...cell }));
}

interface Fence {
  readonly mark: string;
  readonly line: number;
  readonly isCell: boolean;
  readonly isHidden: boolean;
  readonly body: string[];
}

function fenceIn(text: string, line: number): Fence | undefined {
  const match = /^(`{3,})(\w*)\s*(.*)$/.exec(text);
  if (match === null) return undefined;
  const [, mark = '', language, flags = ''] = match;
  const flag = flags.trim();
  if (language === 'ts' && !['', 'hide', 'static'].includes(flag))
    throw new Error(`line ${line}: a ts fence may say hide or static, not "${flag}"`);
  return {
    mark,
    line,
    isCell: language === 'ts' && flag !== 'static',
    isHidden: flag === 'hide',
    body: [],
  };
}

/** The first heading. Throws where there is none. */
export function titleOf(markdown: string): string {
  const title = /^#\s+(.+)$/m.exec(markdown)?.[1];
  if (title === undefined) throw new Error('a lesson begins with a heading: "# What it teaches"');
  return title;
}

/**
 * The cells as one module with the line numbers of the Markdown file, so that the compiler checks them as a
 * whole and its messages point into the lesson.
 */
export function moduleOf(markdown: string): string {
  const lines: string[] = [];
  for (const { mode, value, line } of cellsOf(markdown)) {
    if (mode !== 'ts') continue;
    while (lines.length < line - 1) lines.push('');
    lines.push(...value.split('\n'));
  }
  return `${lines.join('\n')}\nexport {};\n`;
}
